"""Make the identifiers that Amplify gives out, in the recorded forms."""

from __future__ import annotations

import string
from random import Random

_BASE_36 = string.ascii_lowercase + string.digits


class Entropy(Random):
    """The random numbers of one mock. Copies of the state draw from the same source, so that ids stay unique."""

    def __init__(self, seed: int | str | None = None) -> None:
        # As text, because to Python's generator -1 is the same seed as 1.
        super().__init__(None if seed is None else repr(seed))

    def __deepcopy__(self, memo: object) -> Entropy:
        return self


def app_id(random: Random) -> str:
    """Return a new app id, such as ``d2jvwbzkj7re2a``."""
    return _d_and_base_36(random)


def padded(job_number: int) -> str:
    """Return a job number as ARNs, object names and ``activeJobId`` write it: with ten digits."""
    return f"{job_number:010}"


def distribution(random: Random) -> str:
    """Return the name of a new CloudFront distribution: ``d1w4tf1s8kz5ts.cloudfront.net``."""
    return f"{_d_and_base_36(random)}.cloudfront.net"


def _d_and_base_36(random: Random) -> str:
    return "d" + "".join(random.choices(_BASE_36, k=13))


def certificate_validation(domain_name: str, random: Random) -> str:
    """Return the DNS record that proves a domain to the certificate authority."""
    name, value = (f"_{random.getrandbits(128):032x}" for _ in range(2))
    zone = "".join(random.choices(string.ascii_lowercase, k=10))
    return f"{name}.{domain_name}. CNAME {value}.{zone}.acm-validations.aws."
