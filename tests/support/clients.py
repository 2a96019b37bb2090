"""Clients that are made once for all tests, because to make one takes longer than a test, and what they answer."""

from __future__ import annotations

import functools

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


@functools.cache
def client_of(region="us-east-1", key="testing"):
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key="testing", region_name=region)
    return session.client("amplify", config=Config(retries={"total_max_attempts": 1}))


def body(answer):
    """Return what an operation has answered, without what botocore adds."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def refusal(call, **parameters):
    """Return the code, the status and the message of the error that a call raises."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    assert caught.type.__name__ == answer["Error"]["Code"]
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def bad_request(text):
    return "BadRequestException", 400, text


def not_found(text):
    return "NotFoundException", 404, text
