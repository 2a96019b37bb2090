"""How a call ends, in one word; and what an assertion says."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


def outcome(call, **parameters):
    """Return the code of the error that a call raises, or "success"."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "success"


def said(assertion, *args, **kwargs):
    """Return the lines of the AssertionError that an assertion raises."""
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **kwargs)
    return str(caught.value).splitlines()
