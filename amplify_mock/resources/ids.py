"""Make the identifiers that Amplify gives out, in the recorded forms."""

from __future__ import annotations

import datetime
import hashlib
import string
from random import Random
from urllib.parse import quote, urlencode

_BASE_36 = string.ascii_lowercase + string.digits

# The service model allows 1,000 characters for a whole URL, and names may be long and full of what has to be escaped.
_LONGEST_PATH = 450


class Entropy(Random):
    """The random numbers of one mock. Copies of the state draw from the same source, so that ids stay unique."""

    def __init__(self, seed: int | str | None = None) -> None:
        # As text, because to Python's generator -1 is the same seed as 1.
        super().__init__(None if seed is None else repr(seed))
        self.secret = self.randbytes(32)

    def __deepcopy__(self, memo: object) -> Entropy:
        return self


def app_id(random: Random) -> str:
    """Return a new app id: the letter d and 13 letters or digits, as in ``d2jvwbzkj7re2a``."""
    return "d" + "".join(random.choices(_BASE_36, k=13))


def padded(job_number: int) -> str:
    """Return a job number as ARNs, object names and ``activeJobId`` write it: with ten digits."""
    return f"{job_number:010}"


def distribution(random: Random) -> str:
    """Return the name of a new CloudFront distribution: ``d1w4tf1s8kz5ts.cloudfront.net``."""
    return f"{app_id(random)}.cloudfront.net"


def certificate_validation(domain_name: str, random: Random) -> str:
    """Return the DNS record that proves a domain to the certificate authority."""
    name, value = (f"_{random.getrandbits(128):032x}" for _ in range(2))
    zone = "".join(random.choices(string.ascii_lowercase, k=10))
    return f"{name}.{domain_name}. CNAME {value}.{zone}.acm-validations.aws."


def storage_host(region: str) -> str:
    """Return the host of the bucket where Amplify keeps what is uploaded and built in a region."""
    return f"aws-amplify-prod-{region}-artifacts.s3.{region}.amazonaws.com"


def presigned_url(region: str, key: str, *, now: datetime.datetime, expires: datetime.timedelta, secret: bytes) -> str:
    """Return a URL in the form of a presigned S3 URL, for the object ``key`` of the artifacts bucket.

    What looks random in it follows from the object, the time and the mock's secret. So it cannot be made up, and no
    random number is drawn: with a seed, ids do not depend on how often somebody looked.
    """
    path = quote(key, errors="replace")
    if len(path) > _LONGEST_PATH:
        path = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    day = f"{now:%Y%m%d}"
    date = f"{day}T{now:%H%M%S}Z"

    def derived(purpose: str) -> str:
        text = f"{purpose}\0{region}\0{key}\0{date}".encode(errors="replace")
        return hashlib.blake2b(text, key=secret, digest_size=32).hexdigest()

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
