"""Hand out URLs in the form of presigned S3 URLs."""

from __future__ import annotations

import datetime
import hashlib
from urllib.parse import quote, urlencode

from amplify_mock.clock import Clock

from .ids import Entropy

# The service model allows 1,000 characters for a whole URL, and names may be long and full of what has to be escaped.
_LONGEST_PATH = 450

_SAME_DATE = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def storage_host(region: str) -> str:
    """Return the host of the bucket where Amplify keeps what is uploaded and built in a region."""
    return f"aws-amplify-prod-{region}-artifacts.s3.{region}.amazonaws.com"


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

    def __deepcopy__(self, memo: object) -> Presigner:
        return self

    def url(self, region: str, key: str, expires: datetime.timedelta) -> str:
        """Return a URL of the object ``key`` in a region's bucket."""
        path = quote(key, errors="replace")
        if len(path) > _LONGEST_PATH:
            path = hashlib.sha256(key.encode(errors="replace")).hexdigest()
        now = _SAME_DATE if self._repeats else self._clock.now()
        day = f"{now:%Y%m%d}"
        date = f"{day}T{now:%H%M%S}Z"

        def derived(purpose: str) -> str:
            text = f"{purpose}\0{region}\0{key}\0{date}".encode(errors="replace")
            return hashlib.blake2b(text, key=self._secret, digest_size=32).hexdigest()

        query = {
            "X-Amz-Security-Token": derived("token"),
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": date,
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Expires": str(int(expires.total_seconds())),
            "X-Amz-Credential": f"ASIA{derived('credential')[:16].upper()}/{day}/{region}/s3/aws4_request",
            "X-Amz-Signature": derived("signature"),
        }
        return f"https://{storage_host(region)}/{path}?{urlencode(query)}"
