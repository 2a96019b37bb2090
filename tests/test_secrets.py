"""Tokens and credentials that are given to the mock are never answered, named, kept, shown or logged."""

from __future__ import annotations

import dataclasses
import datetime
import logging
from collections.abc import Iterable, Mapping

import pytest
import requests
from botocore.exceptions import ClientError

from amplify_mock import mock_amplify
from support.clients import client_of
from support.jobs import new_branch

SECRETS = ("secret-access-token", "secret-oauth-token")
ACCESS, OAUTH = SECRETS


def texts(value, seen):
    """Yield every string that can be reached from an object of the mock."""
    if id(value) in seen or isinstance(value, (int, float, datetime.datetime, datetime.timedelta, type(None))):
        return
    seen.add(id(value))
    if isinstance(value, (str, bytes)):
        yield value if isinstance(value, str) else value.decode("latin-1")
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts(key, seen)
            yield from texts(each, seen)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            yield from texts(getattr(value, each.name, None), seen)
    elif isinstance(value, Iterable):
        for each in value:
            yield from texts(each, seen)


def spend_tokens(client):
    """Use the tokens in every place that takes them, rightly and wrongly; return answers and errors."""
    said = []

    def call(operation, **parameters):
        try:
            said.append(operation(**parameters))
        except ClientError as error:
            said.append((str(error), error.response))
        return said[-1]

    github = {"repository": "https://github.com/example/shop"}
    app_id = call(client.create_app, name="a", **github, accessToken=ACCESS)["app"]["appId"]
    call(client.create_app, name="b", **github, oauthToken=OAUTH)
    call(client.create_app, name="c", accessToken=ACCESS, oauthToken=OAUTH)
    for token in (ACCESS, ACCESS * 500):
        call(client.create_app, name="d", repository="nonsense", accessToken=token)
        call(client.create_app, name="d", **github, oauthToken=token, platform="X")
        call(client.update_app, appId=app_id, **github, accessToken=token, oauthToken=OAUTH)
        call(client.update_app, appId=app_id, **github, accessToken=token, environmentVariables={"AWS_X": "1"})
    call(client.get_app, appId=app_id)
    call(client.list_apps)
    for wrong_body in (
        {"name": "x", "accessToken": {"token": ACCESS}, "oauthToken": [OAUTH]},
        {"accessToken": ACCESS, "oauthToken": OAUTH},
        [ACCESS],
        ACCESS,
    ):
        answer = requests.post("https://amplify.us-east-1.amazonaws.com/apps", json=wrong_body)
        assert answer.status_code == 400
        said.append((answer.text, dict(answer.headers)))
    answer = requests.post("https://amplify.us-east-1.amazonaws.com/apps", data=f'{{"accessToken": "{ACCESS}", ')
    said.append((answer.text, dict(answer.headers)))
    said.append(call(client.delete_app, appId=app_id))
    return said


@pytest.mark.parametrize("fidelity", ["model", "recorded"])
def test_tokens_are_never_answered_or_named_in_an_error(fidelity):
    with mock_amplify(fidelity=fidelity):
        said = repr(spend_tokens(client_of()))
    assert "BadRequestException" in said
    assert not any(secret in said for secret in SECRETS)


def test_tokens_are_not_kept():
    with mock_amplify() as amplify:
        spend_tokens(client_of())
        client_of().create_app(name="kept", repository="https://github.com/me/x", accessToken=ACCESS, oauthToken=OAUTH)
        kept = list(texts(amplify._service.backends, set()))
        shown = repr([amplify, vars(amplify), amplify.backend(), *amplify.backend().apps.values()])
    assert "kept" in kept
    assert "name='kept'" in shown
    assert not any(secret in text for secret in SECRETS for text in [*kept, shown])


def test_credentials_and_webhook_tokens_do_not_show():
    with mock_amplify() as amplify:
        client = client_of()
        secret = {"basicAuthCredentials": "c2VjcmV0"}
        branch = new_branch(client, app={**secret, "autoBranchCreationConfig": secret}, **secret)
        token = client.create_webhook(**branch)["webhook"]["webhookUrl"].partition("token=")[2]
        app = amplify.backend().apps[branch["appId"]]
        shown = repr([amplify.backend(), app, app.branches, app.webhooks])
    assert "c2VjcmV0" not in shown
    assert token not in shown


def test_tokens_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with mock_amplify():
        spend_tokens(client_of())
    ours = [record.getMessage() for record in caplog.records if record.name.partition(".")[0] == "amplify_mock"]
    assert not any(secret in text for secret in SECRETS for text in ours)
