"""Credentials: real ones are left alone while a mock is active and used again afterwards, and none are needed."""

import datetime

import boto3
import botocore.session
import pytest
from botocore.credentials import (
    CredentialProvider,
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError, PartialCredentialsError

from amplify_mock import mock_amplify
from support.botocore_clients import respond

REAL_KEY = "AKIAIOSFODNN7EXAMPLE"
REAL = {"aws_access_key_id": REAL_KEY, "aws_secret_access_key": "real-secret"}

pytestmark = pytest.mark.usefixtures("no_default_session")


class RecordingProvider(CredentialProvider):
    """Provides real credentials, and keeps count."""

    METHOD = "recorded"
    CANONICAL_NAME = "recorded"

    def __init__(self):
        super().__init__()
        self.loads = 0

    def load(self):
        self.loads += 1
        return Credentials(REAL_KEY, "real-secret")


class GuardedCredentials(Credentials):
    """Real credentials that keep count of who asks for them."""

    def __init__(self):
        self.reads = 0
        super().__init__(REAL_KEY, "real-secret")

    @property
    def access_key(self):
        self.reads += 1
        return REAL_KEY

    @access_key.setter
    def access_key(self, value):
        pass

    def get_frozen_credentials(self):
        self.reads += 1
        return super().get_frozen_credentials()


@pytest.fixture
def recorded():
    """A session whose credentials come from a provider that keeps count."""
    session = botocore.session.Session()
    provider = RecordingProvider()
    session.get_component("credential_provider").providers.insert(0, provider)
    return session, provider


def signed_with(client):
    """Return the Authorization header of a call, which a hook answers."""
    headers = []

    def answer(request, **_):
        headers.append(request.headers.get("Authorization"))
        return respond(body=b'{"apps": []}')

    client.meta.events.register_first("before-send", answer, unique_id="answer")
    client.list_apps()
    client.meta.events.unregister("before-send", answer, unique_id="answer")
    return headers[0].decode() if isinstance(headers[0], bytes) else headers[0]


# Real credentials are neither looked for, nor read, nor refreshed, nor sent


def test_providers_are_not_asked_by_a_client_made_inside_the_mock(recorded):
    session, provider = recorded
    with mock_amplify():
        session.create_client("amplify", region_name="us-east-1").list_apps()
    assert provider.loads == 0


def test_providers_are_not_asked_by_a_client_that_boto3_makes_inside_the_mock(recorded):
    session, provider = recorded
    with mock_amplify():
        boto3.Session(botocore_session=session, region_name="us-east-1").client("amplify").list_apps()
    assert provider.loads == 0


def test_a_session_whose_credentials_were_found_before_the_mock_does_not_have_them_read():
    session = botocore.session.Session()
    session._credentials = credentials = GuardedCredentials()
    before = session.create_client("amplify", region_name="us-east-1")
    reads = credentials.reads
    with mock_amplify():
        before.list_apps()
        session.create_client("amplify", region_name="us-east-1").list_apps()
    assert credentials.reads == reads


def expired_credentials(refreshed):
    def refresh():
        refreshed.append("refreshed")
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        return {"access_key": REAL_KEY, "secret_key": "s", "token": "t", "expiry_time": later.isoformat()}

    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    yield RefreshableCredentials("AKIAOLD", "s", "t", past, refresh, "sts")
    yield DeferredRefreshableCredentials(refresh, "sts")


@pytest.mark.parametrize("index", [0, 1], ids=["refreshable", "deferred"])
@pytest.mark.parametrize("made", ["before", "inside"])
def test_expired_credentials_are_not_refreshed(index, made):
    refreshed = []
    session = botocore.session.Session()
    session._credentials = list(expired_credentials(refreshed))[index]
    client = session.create_client("amplify", region_name="us-east-1") if made == "before" else None
    with mock_amplify():
        client = client or session.create_client("amplify", region_name="us-east-1")
        client.list_apps()
        assert refreshed == []
    assert REAL_KEY in signed_with(client)
    assert refreshed == ["refreshed"]


def test_a_hook_that_chooses_the_signature_does_not_bring_the_real_key_back():
    session = botocore.session.Session()
    session._credentials = credentials = GuardedCredentials()
    client = session.create_client("amplify", region_name="us-east-1")
    client.meta.events.register_first("choose-signer.amplify", lambda **_: "v4")
    reads = credentials.reads
    headers = []
    client.meta.events.register("before-send", lambda request, **_: headers.append(str(dict(request.headers))))
    with mock_amplify():
        client.list_apps()
    assert REAL_KEY not in headers[0]
    assert credentials.reads == reads


@pytest.mark.parametrize("made", ["before", "inside"])
def test_no_header_that_a_hook_sees_has_the_real_key(made):
    client = boto3.client("amplify", "us-east-1", aws_session_token="real-token", **REAL) if made == "before" else None
    seen = []
    with mock_amplify():
        client = client or boto3.client("amplify", "us-east-1", aws_session_token="real-token", **REAL)
        for event in ("before-call", "before-sign", "request-created", "before-send"):
            client.meta.events.register_last(event, lambda event_name, **given: seen.append((event_name, given)))
        client.create_app(name="shop")
    text = []
    for _, given in seen:
        request = given.get("request")
        text.append(str(dict(request.headers)) + request.url if request is not None else str(given["params"]))
    assert len(text) == 4
    assert not any(secret in each for each in text for secret in (REAL_KEY, "real-secret", "real-token"))


def test_a_url_that_is_presigned_inside_the_mock_has_not_the_real_key(recorded):
    session, provider = recorded
    with mock_amplify():
        url = session.create_client("amplify", region_name="us-east-1").generate_presigned_url("list_apps")
    assert REAL_KEY not in url
    assert provider.loads == 0


def test_who_signs_by_hand_with_a_client_made_inside_the_mock_gets_made_up_credentials(recorded):
    session, provider = recorded
    with mock_amplify():
        client = session.create_client("amplify", region_name="us-east-1")
        credentials = client._request_signer._credentials.get_frozen_credentials()
    assert (credentials.access_key, provider.loads) == ("testing", 0)


def test_no_log_of_a_call_has_the_real_key(caplog):
    client = boto3.client("amplify", "us-east-1", aws_session_token="real-token", **REAL)
    with mock_amplify(), caplog.at_level("DEBUG"):
        client.create_app(name="shop")
    assert "CreateApp" in caplog.text
    assert not any(secret in caplog.text for secret in (REAL_KEY, "real-secret", "real-token"))


def test_a_profile_that_runs_a_program_does_not_run_it(configure, tmp_path):
    ran = tmp_path / "ran"
    configure(f"[profile program]\nregion = eu-west-1\ncredential_process = touch {ran}\n")
    with mock_amplify():
        boto3.Session(profile_name="program").client("amplify").list_apps()
    assert not ran.exists()


@pytest.mark.parametrize(
    "settings",
    [
        "role_arn = arn:aws:iam::111122223333:role/deploy\nsource_profile = base",
        "role_arn = arn:aws:iam::111122223333:role/deploy\ncredential_source = Ec2InstanceMetadata",
        "sso_start_url = https://example.com/start\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = x",
    ],
)
def test_a_profile_that_needs_the_network_does_not_reach_it(configure, network, settings):
    configure(f"[profile deploy]\n{settings}\n", "[base]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
    with mock_amplify():
        boto3.Session(profile_name="deploy").client("amplify", region_name="us-east-1").list_apps()
    assert network == []


def test_half_of_a_key_is_still_refused():
    with mock_amplify(), pytest.raises(PartialCredentialsError):
        boto3.client("amplify", "us-east-1", aws_access_key_id="AKIA")


def test_the_sessions_own_credentials_can_still_be_had(recorded):
    session, _ = recorded
    with mock_amplify():
        session.create_client("amplify")
        assert session.get_credentials().access_key == REAL_KEY


# After the mock


def test_a_client_made_inside_the_mock_uses_its_sessions_credentials_afterwards(recorded):
    session, provider = recorded
    with mock_amplify():
        client = session.create_client("amplify", region_name="us-east-1")
        client.list_apps()
        assert provider.loads == 0
    assert f"Credential={REAL_KEY}/" in signed_with(client)
    assert provider.loads == 1


def test_a_client_made_inside_the_mock_finds_the_credentials_of_the_environment_afterwards(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    with mock_amplify():
        client = boto3.client("amplify", "us-east-1")
    assert f"Credential={REAL_KEY}/" in signed_with(client)


def test_a_client_made_inside_the_mock_with_keys_keeps_them_afterwards():
    with mock_amplify():
        client = boto3.client("amplify", "us-east-1", **REAL)
    assert f"Credential={REAL_KEY}/" in signed_with(client)


def test_a_client_made_inside_the_mock_has_no_made_up_credentials_afterwards():
    with mock_amplify():
        client = boto3.client("amplify", "us-east-1")
    with pytest.raises(NoCredentialsError):
        client.list_apps()


def test_a_client_made_before_the_mock_uses_its_own_credentials_afterwards():
    client = boto3.client("amplify", "us-east-1", **REAL)
    with mock_amplify():
        client.list_apps()
    assert f"Credential={REAL_KEY}/" in signed_with(client)


def test_the_session_has_the_same_attributes_afterwards(recorded):
    session, _ = recorded
    before = dict(vars(session))
    with mock_amplify():
        session.create_client("amplify", region_name="us-east-1").list_apps()
        assert dict(vars(session)) == before
    assert dict(vars(session)) == before
