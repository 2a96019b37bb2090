"""The log of a site's requests, as CSV with the recorded columns."""

from __future__ import annotations

import datetime
import math
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

#: A test that asks more often than this wants no log of it; the oldest requests go first.
MOST_ENTRIES = 100_000

# Recorded, with the backslashes.
_HEADER = (
    r"date,time,x-edge-location,sc-bytes,c-ip,cs-method,cs\(Host),cs-uri-stem,sc-status,cs\(Referer),cs\(User-Agent),"
    r"cs-uri-query,cs\(Cookie),x-edge-result-type,x-edge-request-id,x-host-header,cs-protocol,cs-bytes,time-taken,"
    r"x-forwarded-for,ssl-protocol,ssl-cipher,x-edge-response-result-type,cs-protocol-version,fle-status,"
    r"fle-encrypted-fields,c-port,time-to-first-byte,x-edge-detailed-result-type,sc-content-type,sc-content-len,"
    r"sc-range-start,sc-range-end"
)
_NOTHING = "-"
# All that stands for itself; a comma, a quote or the end of a line would make other columns of a row.
_PLAIN = "%/:?#[]@!$&()*+;=<>{}|^~`'"


class Entry(NamedTuple):
    """One request to a site, and how it was answered.

    ``path`` and ``query`` are raw, that is, still percent-encoded; ``size`` counts the bytes of the answer; ``result``
    is CloudFront's word for it: Hit, Miss, Redirect or Error. There is no room for cookies and credentials.
    """

    time: datetime.datetime
    host: str
    method: str
    path: str
    query: str
    status: int
    size: int
    referer: str = ""
    user_agent: str = ""
    content_type: str = ""
    result: str = "Miss"


class AccessLog:
    """The requests to all sites of an app, the last :data:`MOST_ENTRIES` of them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = deque(entries, MOST_ENTRIES)

    def __deepcopy__(self, memo: object) -> AccessLog:
        # The entries themselves never change.
        return AccessLog(self._entries)

    def add(self, entry: Entry) -> None:
        """Keep a request."""
        self._entries.append(entry)

    def csv(self, host: str, start: datetime.datetime, end: datetime.datetime) -> str:
        """Return the requests to a host, as GenerateAccessLogs gives them out.

        Logs come in whole hours (recorded): every hour of which any part lies between ``start`` and ``end``.
        """
        first, last = math.floor(_hours(start)), math.ceil(_hours(end))
        name = host.lower()
        rows = [_row(each) for each in self._entries if each.host.lower() == name and first <= _hours(each.time) < last]
        return "".join(f"{row}\n" for row in (_HEADER, *rows))


def _hours(time: datetime.datetime) -> float:
    return time.timestamp() / 3600


def _row(entry: Entry) -> str:
    time = entry.time.astimezone(datetime.timezone.utc)
    # Where a mock has nothing to tell, the column holds what is usual (chosen).
    values = {
        "date": f"{time:%Y-%m-%d}",
        "time": f"{time:%H:%M:%S}",
        "x-edge-location": "IAD89-P1",
        "sc-bytes": str(entry.size),
        "c-ip": "127.0.0.1",
        "cs-method": entry.method,
        r"cs\(Host)": entry.host,
        "cs-uri-stem": entry.path,
        "sc-status": str(entry.status),
        r"cs\(Referer)": entry.referer,
        r"cs\(User-Agent)": entry.user_agent,
        "cs-uri-query": entry.query,
        "x-edge-result-type": entry.result,
        "x-host-header": entry.host,
        "cs-protocol": "https",
        "time-taken": "0.001",
        "ssl-protocol": "TLSv1.3",
        "ssl-cipher": "TLS_AES_128_GCM_SHA256",
        "x-edge-response-result-type": entry.result,
        "cs-protocol-version": "HTTP/1.1",
        "time-to-first-byte": "0.001",
        "x-edge-detailed-result-type": entry.result,
        "sc-content-type": entry.content_type,
        "sc-content-len": str(entry.size),
    }
    return ",".join(_escaped(values.get(column, "")) for column in _HEADER.split(","))


def _escaped(value: str) -> str:
    """Write a value as in the recorded rows: blanks as %20, and a backslash before an opening parenthesis."""
    return quote(value, safe=_PLAIN, errors="surrogatepass").replace("(", r"\(") or _NOTHING
