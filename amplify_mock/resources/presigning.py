"""Hand out URLs in the form of presigned S3 URLs."""

from __future__ import annotations

import datetime
import functools
import hashlib
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote

from amplify_mock.clock import Clock

from .ids import Entropy

# The service model allows 1,000 characters for a whole URL, and names may be long and full of what has to be escaped.
_LONGEST_PATH = 450

_DOT_SEGMENT = re.compile(r"(?:^|/)\.\.?(?:/|$)")

# As many as somebody polls at a time, and not so many that they would be more than all jobs take.
_MOST_KEPT = 128

_SAME_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def storage_host(region: str) -> str:
    """Return the host of the bucket where Amplify keeps what is uploaded and built in a region."""
    return f"aws-amplify-prod-{region}-artifacts.s3.{region}.amazonaws.com"


class PresigningError(Exception):
    """A presigned URL is not good for what was asked; ``code`` and the text are S3's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Presigner:
    """Makes presigned URLs of objects in the artifacts buckets.

    What looks random in a URL follows from the object, its date and the mock's secret. So it cannot be made up, and no
    random number is drawn: ids do not depend on how often somebody looked.

    Args:
        random: where the secret comes from.
        clock: the mock's clock.
        repeats: give every URL the same date, so that with a seed whole URLs repeat from run to run.
    """

    def __init__(self, random: Entropy, clock: Clock, *, repeats: bool) -> None:
        self._secret = random.randbytes(32)
        self._clock = clock
        self._repeats = repeats
        self._long: dict[str, str] = {}
        # Who polls asks for the same ones again within a second, which is how fine they tell time.
        self._query = functools.lru_cache(maxsize=_MOST_KEPT)(self._new_query)

    def __deepcopy__(self, memo: object) -> Presigner:
        return self

    def signing(self, region: str, expires: datetime.timedelta, method: str = "GET") -> Callable[[str], str]:
        """Return what makes URLs of objects in a region's bucket, all of them of this moment."""
        now = _SAME_DATE if self._repeats else self._clock.now()
        date, seconds = f"{now:%Y%m%dT%H%M%SZ}", str(int(expires.total_seconds()))
        bucket = f"https://{storage_host(region)}/"
        return lambda key: f"{bucket}{self._path(key)}?{self._query(region, key, date, seconds, method)}"

    def _path(self, key: str) -> str:
        path = quote(key, errors="replace")
        # Clients take away dot segments before they ask; and what is no text, such as half a surrogate pair, is lost.
        if len(path) > _LONGEST_PATH or _DOT_SEGMENT.search(path) or unquote(path) != key:
            path = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
            self._long[path] = key
        return path

    def key(self, path: str) -> str:
        """Return the object that the path of a URL means."""
        name = path.removeprefix("/")
        return self._long.get(name) or unquote(name)

    def check(self, region: str, key: str, query: str, method: str) -> None:
        """Refuse what was not signed here, was signed for another method, or is too old.

        Raises:
            PresigningError: with S3's code and text.
        """
        given = dict(parse_qsl(query))
        date, seconds = given.get("X-Amz-Date", ""), given.get("X-Amz-Expires", "")
        if not given.get("X-Amz-Signature"):
            raise PresigningError("AccessDenied", "Access Denied")
        # Clients may write the same query in another way.
        if given != dict(parse_qsl(self._query(region, key, date, seconds, method))):
            raise PresigningError(
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. "
                "Check your key and signing method.",
            )
        if self._repeats:
            # The date says nothing about when the URL was given out.
            return
        signed = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if self._clock.now() > signed + datetime.timedelta(seconds=int(seconds)):
            raise PresigningError("AccessDenied", "Request has expired")

    def _new_query(self, region: str, key: str, date: str, seconds: str, method: str) -> str:
        def derived(purpose: str) -> str:
            text = f"{purpose}\0{region}\0{key}\0{date}\0{seconds}\0{method}".encode(errors="surrogatepass")
            return hashlib.blake2b(text, key=self._secret, digest_size=32).hexdigest()

        credential = f"ASIA{derived('credential')[:16].upper()}%2F{date[:8]}%2F{region}%2Fs3%2Faws4_request"
        return (
            f"X-Amz-Security-Token={derived('token')}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={quote(date)}"
            f"&X-Amz-SignedHeaders=host&X-Amz-Expires={quote(seconds)}&X-Amz-Credential={credential}"
            f"&X-Amz-Signature={derived('signature')}"
        )
