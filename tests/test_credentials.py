"""Credentials, regions and accounts: real ones are left alone, and none are needed."""

import datetime
import os
import textwrap

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import (
    CredentialProvider,
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError, PartialCredentialsError
from botocore.httpsession import URLLib3Session

from amplify_mock import mock_amplify

REAL_KEY = "AKIAIOSFODNN7EXAMPLE"
REAL = {"aws_access_key_id": REAL_KEY, "aws_secret_access_key": "real-secret"}
ACCOUNT = "111122223333"
DEFAULT_ACCOUNT = "123456789012"


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


def respond(request, body):
    response = AWSResponse(request.url, 200, {}, None)
    response._content = body
    return response


@pytest.fixture(autouse=True)
def _no_default_session(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def network(monkeypatch):
    """Every request that botocore would have sent, the real credentials' own included."""
    requests = []

    def send(_self, request):
        requests.append(request)
        return respond(request, b"{}")

    monkeypatch.setattr(URLLib3Session, "send", send)
    return requests


@pytest.fixture
def recorded():
    """A session whose credentials come from a provider that keeps count."""
    session = botocore.session.Session()
    provider = RecordingProvider()
    session.get_component("credential_provider").providers.insert(0, provider)
    return session, provider


@pytest.fixture
def configure(monkeypatch, tmp_path):
    """Write ``~/.aws/config`` and ``~/.aws/credentials``."""

    def write(config="", credentials=""):
        for name, text in (("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", credentials)):
            path = tmp_path / name
            path.write_text(textwrap.dedent(text))
            monkeypatch.setenv(name, str(path))

    return write


def account_of(client):
    return client.create_app(name="shop")["app"]["appArn"].split(":")[4]


def signed_with(client):
    """Return the Authorization header of a call, which a hook answers."""
    headers = []

    def answer(request, **_):
        headers.append(request.headers.get("Authorization"))
        return respond(request, b'{"apps": []}')

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


# Clients made inside the mock


def test_a_client_needs_no_credentials_and_no_region(monkeypatch, network):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    with mock_amplify():
        client = boto3.client("amplify")
        assert client.meta.region_name == "us-east-1"
        assert client.create_app(name="shop")["app"]["appArn"].startswith("arn:aws:amplify:us-east-1:")
        assert botocore.session.Session().create_client("amplify").meta.region_name == "us-east-1"
    assert network == []


def test_a_client_with_smart_defaults_does_not_ask_the_machine_for_its_region(monkeypatch, network):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "auto")
    with mock_amplify():
        assert boto3.client("amplify").meta.region_name == "us-east-1"
    assert network == []


def test_the_region_of_the_environment_stays(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_amplify():
        assert boto3.client("amplify").meta.region_name == "eu-west-1"
        assert botocore.session.Session().create_client("amplify").meta.region_name == "eu-west-1"


def test_the_region_of_the_configuration_file_stays(configure):
    configure("[default]\nregion = eu-west-1\n[profile asia]\nregion = ap-south-1\n")
    with mock_amplify():
        assert boto3.client("amplify").meta.region_name == "eu-west-1"
        assert boto3.Session(profile_name="asia").client("amplify").meta.region_name == "ap-south-1"


def test_the_region_of_the_session_stays():
    with mock_amplify():
        assert boto3.Session(region_name="eu-west-1").client("amplify").meta.region_name == "eu-west-1"
        boto3.setup_default_session(region_name="ap-south-1")
        assert boto3.client("amplify").meta.region_name == "ap-south-1"


def test_the_region_of_the_clients_configuration_stays():
    config = Config(region_name="eu-west-1")
    with mock_amplify():
        assert boto3.client("amplify", config=config).meta.region_name == "eu-west-1"
        assert boto3.client("amplify", config=Config(retries={"mode": "standard"})).meta.region_name == "us-east-1"


def test_the_region_of_the_sessions_default_configuration_stays():
    session = botocore.session.Session()
    session.set_default_client_config(Config(region_name="eu-west-1"))
    with mock_amplify():
        assert session.create_client("amplify").meta.region_name == "eu-west-1"
        assert session.create_client("amplify", config=Config(read_timeout=1)).meta.region_name == "eu-west-1"


def test_the_region_given_to_the_client_stays(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    session = botocore.session.Session()
    with mock_amplify():
        assert boto3.client("amplify", "eu-west-1").meta.region_name == "eu-west-1"
        assert boto3.client("amplify", region_name="eu-west-1").meta.region_name == "eu-west-1"
        assert session.create_client("amplify", "eu-west-1").meta.region_name == "eu-west-1"
        assert session.create_client(service_name="amplify", region_name="eu-west-1").meta.region_name == "eu-west-1"


def test_half_of_a_key_is_still_refused():
    with mock_amplify(), pytest.raises(PartialCredentialsError):
        boto3.client("amplify", "us-east-1", aws_access_key_id="AKIA")


def test_other_services_get_no_region_from_the_mock():
    with mock_amplify():
        boto3.client("amplify")
        with pytest.raises(botocore.exceptions.NoRegionError):
            boto3.client("sqs")


def test_the_sessions_own_credentials_can_still_be_had(recorded):
    session, _ = recorded
    with mock_amplify():
        session.create_client("amplify")
        assert session.get_credentials().access_key == REAL_KEY


# Accounts


def test_the_account_is_the_default_one():
    with mock_amplify():
        assert account_of(boto3.client("amplify")) == DEFAULT_ACCOUNT
        assert account_of(boto3.client("amplify", **REAL)) == DEFAULT_ACCOUNT


def test_the_account_is_the_setting():
    before = boto3.client("amplify", "us-east-1", **REAL)
    with mock_amplify(account_id=ACCOUNT) as amplify:
        assert account_of(before) == ACCOUNT
        assert account_of(boto3.client("amplify")) == ACCOUNT
        assert len(amplify.backend().apps) == 2
        assert amplify.backend().account_id == ACCOUNT


@pytest.mark.parametrize("made", ["before", "inside"])
def test_the_account_is_the_clients_own_access_key_id(made):
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "s"}
    client = boto3.client("amplify", "us-east-1", **keys) if made == "before" else None
    with mock_amplify(account_id="999999999999") as amplify:
        client = client or boto3.client("amplify", "us-east-1", **keys)
        assert account_of(client) == ACCOUNT
        assert len(amplify.backend(account_id=ACCOUNT).apps) == 1
        assert amplify.backend().apps == {}


@pytest.mark.parametrize("made", ["before", "inside"])
def test_the_account_is_the_sessions_access_key_id(made):
    session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="s", region_name="us-east-1")
    client = session.client("amplify") if made == "before" else None
    with mock_amplify():
        assert account_of(client or session.client("amplify")) == ACCOUNT


@pytest.mark.parametrize("made", ["before", "inside"])
def test_the_account_is_the_access_key_id_of_the_environment(monkeypatch, made):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    client = boto3.client("amplify", "us-east-1") if made == "before" else None
    with mock_amplify():
        assert account_of(client or boto3.client("amplify", "us-east-1")) == ACCOUNT


@pytest.mark.parametrize("made", ["before", "inside"])
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_the_account_is_the_access_key_id_of_the_profile(configure, monkeypatch, made, file):
    section = {"config": "profile shop", "credentials": "shop"}[file]
    configure(**{file: f"[{section}]\naws_access_key_id = {ACCOUNT}\naws_secret_access_key = s\n"})
    # A profile that is asked for by name goes before the environment.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "444455556666")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    session = boto3.Session(profile_name="shop", region_name="us-east-1")
    client = session.client("amplify") if made == "before" else None
    with mock_amplify():
        assert account_of(client or session.client("amplify")) == ACCOUNT


def test_the_account_is_the_access_key_id_of_the_profile_that_the_environment_names(configure, monkeypatch):
    configure(credentials=f"[shop]\naws_access_key_id = {ACCOUNT}\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_PROFILE", "shop")
    with mock_amplify():
        assert account_of(boto3.client("amplify")) == ACCOUNT


@pytest.mark.parametrize("key", ["1111222233334", "11112222333", "11112222333a", "١١١١٢٢٢٢٣٣٣٣"])
def test_an_access_key_id_that_is_not_12_digits_is_no_account(key):
    with mock_amplify():
        client = boto3.client("amplify", aws_access_key_id=key, aws_secret_access_key="s")
        assert account_of(client) == DEFAULT_ACCOUNT


def test_a_client_whose_signer_was_taken_off_has_the_default_account():
    client = boto3.client("amplify", "us-east-1", aws_access_key_id=ACCOUNT, aws_secret_access_key="s")
    client.meta.events.unregister("request-created.amplify", client._request_signer.handler)
    with mock_amplify():
        assert account_of(client) == DEFAULT_ACCOUNT


def test_accounts_do_not_see_each_others_apps():
    with mock_amplify():
        ours = boto3.client("amplify", aws_access_key_id=ACCOUNT, aws_secret_access_key="s")
        app_id = ours.create_app(name="shop")["app"]["appId"]
        theirs = boto3.client("amplify")
        assert theirs.list_apps()["apps"] == []
        with pytest.raises(theirs.exceptions.NotFoundException):
            theirs.get_app(appId=app_id)


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


def test_the_environment_is_exactly_as_before():
    before = dict(os.environ)
    with mock_amplify():
        boto3.client("amplify").list_apps()
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_what_a_test_does_to_the_environment_is_its_own(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", REAL_KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_amplify():
        boto3.client("amplify").list_apps()
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        expected = dict(os.environ)
    assert dict(os.environ) == expected


def test_there_is_no_default_session_afterwards_if_there_was_none():
    with mock_amplify():
        boto3.client("amplify").list_apps()
        assert boto3.DEFAULT_SESSION is not None
    assert boto3.DEFAULT_SESSION is None


def test_the_default_session_is_the_same_afterwards():
    boto3.setup_default_session(region_name="eu-west-1", **REAL)
    before = boto3.DEFAULT_SESSION
    with mock_amplify():
        assert boto3.client("amplify").meta.region_name == "eu-west-1"
        boto3.setup_default_session(region_name="us-west-2")
        with mock_amplify():
            boto3.DEFAULT_SESSION = None
    assert boto3.DEFAULT_SESSION is before
    assert before.get_credentials().access_key == REAL_KEY


def test_the_default_session_is_the_same_after_an_error():
    @mock_amplify
    def fail():
        boto3.setup_default_session(region_name="us-west-2")
        raise ZeroDivisionError

    boto3.setup_default_session(region_name="eu-west-1")
    before = boto3.DEFAULT_SESSION
    with pytest.raises(ZeroDivisionError):
        fail()
    assert boto3.DEFAULT_SESSION is before


def test_the_default_session_is_the_same_after_start_and_stop():
    boto3.setup_default_session(region_name="eu-west-1")
    before = boto3.DEFAULT_SESSION
    mock = mock_amplify()
    mock.start()
    boto3.setup_default_session(region_name="us-west-2")
    mock.stop()
    assert boto3.DEFAULT_SESSION is before


def test_a_default_session_made_between_two_stops_is_left_alone():
    mock = mock_amplify()
    mock.start()
    mock.stop()
    boto3.setup_default_session(region_name="eu-west-1")
    made = boto3.DEFAULT_SESSION
    mock.stop()
    assert boto3.DEFAULT_SESSION is made
