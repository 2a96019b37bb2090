"""The mock together with moto's or that of responses, one inside the other."""

import contextlib

import responses
from moto import mock_aws

from amplify_mock import mock_amplify


@contextlib.contextmanager
def moto_around():
    with mock_aws(), mock_amplify() as amplify:
        yield amplify


@contextlib.contextmanager
def moto_inside():
    with mock_amplify() as amplify, mock_aws():
        yield amplify


@contextlib.contextmanager
def responses_around():
    with responses.RequestsMock() as other, mock_amplify() as amplify:
        yield amplify, other


@contextlib.contextmanager
def responses_inside():
    with mock_amplify() as amplify, responses.RequestsMock() as other:
        yield amplify, other
