"""Which region and which account a call belongs to: the client's own, and defaults where it has none."""

import boto3
import botocore.session
import pytest
from botocore.config import Config

from amplify_mock import mock_amplify
from support.botocore_clients import KEYS

ACCOUNT = "111122223333"
DEFAULT_ACCOUNT = "123456789012"

pytestmark = pytest.mark.usefixtures("no_default_session")


def account_of(client):
    return client.create_app(name="shop")["app"]["appArn"].split(":")[4]


# Regions


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


def test_other_services_get_no_region_from_the_mock():
    with mock_amplify():
        boto3.client("amplify")
        with pytest.raises(botocore.exceptions.NoRegionError):
            boto3.client("sqs")


# Accounts


def test_the_account_is_the_default_one():
    with mock_amplify():
        assert account_of(boto3.client("amplify")) == DEFAULT_ACCOUNT
        assert account_of(boto3.client("amplify", **KEYS)) == DEFAULT_ACCOUNT


def test_the_account_is_the_setting():
    before = boto3.client("amplify", "us-east-1", **KEYS)
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
