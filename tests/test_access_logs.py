"""Access logs are CSV with the recorded columns, in whole hours, without secrets, and never without an end."""

from __future__ import annotations

import copy
import csv
import datetime
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amplify_mock.resources import access_logs
from amplify_mock.resources.access_logs import AccessLog, Entry

UTC = datetime.timezone.utc
HOUR = datetime.timedelta(hours=1)
NOON = datetime.datetime(2024, 9, 19, 12, tzinfo=UTC)
HOST = "main.d2jvwbzkj7re2a.amplifyapp.com"
HEADER = (
    r"date,time,x-edge-location,sc-bytes,c-ip,cs-method,cs\(Host),cs-uri-stem,sc-status,cs\(Referer),cs\(User-Agent),"
    r"cs-uri-query,cs\(Cookie),x-edge-result-type,x-edge-request-id,x-host-header,cs-protocol,cs-bytes,time-taken,"
    r"x-forwarded-for,ssl-protocol,ssl-cipher,x-edge-response-result-type,cs-protocol-version,fle-status,"
    r"fle-encrypted-fields,c-port,time-to-first-byte,x-edge-detailed-result-type,sc-content-type,sc-content-len,"
    r"sc-range-start,sc-range-end"
)
AGENT = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"


def entry(**members):
    usual = {"host": HOST, "method": "GET", "path": "/.env", "query": "", "status": 404, "size": 329}
    return Entry(**{"time": NOON + datetime.timedelta(minutes=46, seconds=56), **usual, **members})


def rows(log, host=HOST, start=NOON, end=NOON + HOUR):
    header, *lines = log.csv(host, start, end).splitlines()
    assert header == HEADER
    return [dict(zip(header.split(","), line.split(","), strict=True)) for line in lines]


def test_a_log_without_requests_is_its_header():
    assert AccessLog().csv(HOST, NOON, NOON + HOUR) == f"{HEADER}\n"


def test_a_row_has_the_recorded_form():
    log = AccessLog([entry(user_agent=AGENT)])
    row = log.csv(HOST, NOON, NOON + HOUR).splitlines()[1]
    assert row.startswith(f"2024-09-19,12:46:56,IAD89-P1,329,127.0.0.1,GET,{HOST},/.env,404,-,")
    assert r",Mozilla/5.0%20\(Macintosh;%20Intel%20Mac%20OS%20X%2010_15_7)%20AppleWebKit" in row
    assert len(row.split(",")) == 33


def test_where_there_is_nothing_to_tell_a_row_says_what_is_usual():
    assert AccessLog([entry()]).csv(HOST, NOON, NOON + HOUR).splitlines()[1] == (
        f"2024-09-19,12:46:56,IAD89-P1,329,127.0.0.1,GET,{HOST},/.env,404,-,-,-,-,Miss,-,{HOST},https,-,0.001,-,"
        "TLSv1.3,TLS_AES_128_GCM_SHA256,Miss,HTTP/1.1,-,-,-,0.001,Miss,-,329,-,-"
    )


def test_a_row_tells_what_was_asked_and_answered():
    made = entry(
        path="/a%20b",
        query="x=1&y=%2F",
        status=200,
        referer="https://example.com/",
        content_type="text/html; charset=utf-8",
        result="Hit",
    )
    (row,) = rows(AccessLog([made]))
    assert (row["cs-uri-stem"], row["cs-uri-query"], row["sc-status"]) == ("/a%20b", "x=1&y=%2F", "200")
    assert (row[r"cs\(Referer)"], row["sc-content-type"]) == ("https://example.com/", "text/html;%20charset=utf-8")
    assert {row[name] for name in HEADER.split(",") if "result-type" in name} == {"Hit"}
    assert (row["x-host-header"], row["sc-content-len"], row["cs-protocol"]) == (HOST, "329", "https")


def test_there_is_no_column_for_secrets():
    (row,) = rows(AccessLog([entry()]))
    assert row[r"cs\(Cookie)"] == "-"
    assert not {"cookie", "authorization"} & set(Entry._fields)


def test_what_no_text_can_hold_is_written_all_the_same():
    (row,) = rows(AccessLog([entry(user_agent="gr\udcfcn")]))
    assert row[r"cs\(User-Agent)"] == "gr%ED%B3%BCn"


def test_times_are_those_of_utc():
    elsewhere = datetime.timezone(datetime.timedelta(hours=-7))
    (row,) = rows(AccessLog([entry(time=NOON.astimezone(elsewhere))]))
    assert (row["date"], row["time"]) == ("2024-09-19", "12:00:00")


def test_the_log_is_that_of_one_host_in_whatever_case():
    log = AccessLog([entry(path="/1"), entry(path="/2", host="other.example"), entry(path="/3", host=HOST.upper())])
    assert [row["cs-uri-stem"] for row in rows(log)] == ["/1", "/3"]
    assert len(rows(log, host="Other.Example")) == 1


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (0, 60, [12]),
        (59, 60, [12]),
        (59, 61, [12, 13]),
        (1, 59, [12]),
        (-1, 0, [11]),
        (0, 0, []),
        (30, 30, [12]),
        (60, 0, []),
        (-60, 120, [11, 12, 13]),
    ],
)
def test_a_log_has_all_hours_that_a_part_was_asked_of(start, end, hours):
    log = AccessLog(entry(time=NOON + minute * HOUR / 60) for minute in range(-60, 120))
    window = (NOON + start * HOUR / 60, NOON + end * HOUR / 60)
    assert [row["time"] for row in rows(log, HOST, *window)] == [
        f"{hour}:{minute:02}:00" for hour in hours for minute in range(60)
    ]


def test_requests_are_in_the_order_they_came_in():
    log = AccessLog()
    for number in range(3):
        log.add(entry(path=f"/{number}"))
    assert [row["cs-uri-stem"] for row in rows(log)] == ["/0", "/1", "/2"]


def test_the_oldest_requests_go_first(monkeypatch):
    monkeypatch.setattr(access_logs, "MOST_ENTRIES", 2)
    log = AccessLog()
    for number in range(4):
        log.add(entry(path=f"/{number}"))
    assert [row["cs-uri-stem"] for row in rows(log)] == ["/2", "/3"]


def test_a_copy_goes_its_own_way():
    log = AccessLog([entry()])
    copied = copy.deepcopy(log)
    copied.add(entry())
    assert (len(rows(log)), len(rows(copied))) == (1, 2)


ANY = st.text(max_size=20)


@given(ANY, ANY, ANY, ANY, ANY, ANY)
def test_nothing_that_is_sent_makes_another_row_or_column(method, path, query, referer, user_agent, content_type):
    made = entry(
        method=method, path=path, query=query, referer=referer, user_agent=user_agent, content_type=content_type
    )
    text = AccessLog([made]).csv(HOST, NOON, NOON + HOUR)
    assert text.isascii()
    assert [len(row) for row in csv.reader(io.StringIO(text))] == [33, 33]
    assert text.count("\n") == 2
