"""Which calls reach the mock: those of all clients of Amplify, whoever made them and when, and of no others."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.session
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from amplify_mock import mock_amplify
from support.botocore_clients import KEYS, app_names, new_client


@pytest.fixture
def client():
    """A client that was made while no mock was active."""
    return new_client()


def test_a_client_made_before_the_mock_reaches_it(client, network):
    with mock_amplify() as amplify:
        app_id = client.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_inside_the_mock_reaches_it(network):
    with mock_amplify() as amplify:
        app_id = new_client().create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_inside_one_mock_reaches_the_next(network):
    with mock_amplify():
        made_inside = new_client()
    with mock_amplify() as amplify:
        app_id = made_inside.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
    assert network == []


def test_a_client_made_before_the_import_reaches_the_mock():
    script = textwrap.dedent(f"""
        import boto3
        client = boto3.client("amplify", region_name="us-east-1", **{KEYS!r})
        bound = client.create_app
        from amplify_mock import mock_amplify
        with mock_amplify() as amplify:
            app_id = bound(name="shop")["app"]["appId"]
            assert list(amplify.backend().apps) == [app_id]
        print("reached")
    """)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (run.stdout, run.stderr) == ("reached\n", "")


def test_a_client_made_before_the_mock_without_credentials_reaches_it(monkeypatch, tmp_path, network):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    client = boto3.Session().client("amplify", region_name="us-east-1")
    with mock_amplify():
        assert client.list_apps()["apps"] == []
    assert network == []


@pytest.mark.parametrize(
    "endpoint_url",
    [
        "http://localhost:4566",
        "https://proxy.example.com/",
        "https://proxy.example.com/aws/amplify",
        "https://proxy.example.com/aws/amplify/",
        "https://proxy.example.com/apps",
        "http://[::1]:4566/a%20b",
        "https://amplify.eu-west-1.amazonaws.com",
    ],
)
@pytest.mark.parametrize("made", ["before", "inside"])
def test_a_client_with_a_custom_endpoint_reaches_the_mock(endpoint_url, made, network):
    client = new_client(endpoint_url=endpoint_url) if made == "before" else None
    with mock_amplify() as amplify:
        client = client or new_client(endpoint_url=endpoint_url)
        app_id = client.create_app(name="shop")["app"]["appId"]
        client.create_branch(appId=app_id, branchName="feature/x")
        assert client.get_branch(appId=app_id, branchName="feature/x")["branch"]["branchName"] == "feature/x"
        assert list(amplify.backend("us-east-1").apps) == [app_id]
    assert network == []


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_AMPLIFY"])
def test_a_client_with_an_endpoint_from_the_environment_reaches_the_mock(monkeypatch, variable, network):
    monkeypatch.setenv(variable, "http://localhost:4566/aws")
    client = new_client()
    with mock_amplify():
        client.create_app(name="shop")
        assert app_names(client) == ["shop"]
        assert app_names(new_client()) == ["shop"]
    assert network == []


@pytest.mark.parametrize(
    "config",
    [
        Config(use_fips_endpoint=True),
        Config(use_dualstack_endpoint=True),
        Config(signature_version=botocore.UNSIGNED),
        Config(signature_version="v4"),
        Config(parameter_validation=False),
        Config(defaults_mode="standard"),
        Config(client_cert="/nowhere/cert.pem", proxies={"https": "http://localhost:9"}),
    ],
)
def test_a_client_with_any_configuration_reaches_the_mock(config, network):
    client = new_client(config=config)
    with mock_amplify():
        assert client.list_apps()["apps"] == []
        assert new_client(config=config).list_apps()["apps"] == []
    assert network == []


def test_clients_of_botocore_sessions_reach_the_mock(network):
    before = botocore.session.get_session().create_client("amplify", region_name="us-east-1", **KEYS)
    with mock_amplify():
        before.create_app(name="shop")
        inside = botocore.session.Session().create_client(service_name="amplify", region_name="us-east-1")
        assert app_names(inside) == ["shop"]
    assert network == []


def test_sessions_made_before_the_mock_make_clients_that_reach_it(network):
    ours, botocores = boto3.Session(**KEYS), botocore.session.Session()
    with mock_amplify():
        ours.client("amplify", "us-east-1").create_app(name="shop")
        assert app_names(botocores.create_client("amplify", "us-east-1")) == ["shop"]
    assert network == []


def test_calls_from_many_threads_reach_one_mock(client, network):
    with mock_amplify() as amplify:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: client.create_app(name=f"app-{number}"), range(40)))
        assert {app.name for app in amplify.backend().apps.values()} == {f"app-{number}" for number in range(40)}
    assert network == []


def test_each_region_has_its_own_state(client):
    with mock_amplify() as amplify:
        arn = new_client(region_name="eu-west-1").create_app(name="shop")["app"]["appArn"]
        assert arn.startswith("arn:aws:amplify:eu-west-1:")
        assert app_names(client) == []
        assert [app.app_arn for app in amplify.backend("eu-west-1").apps.values()] == [arn]


def test_a_request_signed_by_hand_reaches_the_mock():
    request = AWSRequest("POST", "https://amplify.eu-west-1.amazonaws.com/apps", data=b'{"name": "shop"}')
    SigV4Auth(Credentials("111122223333", "secret"), "amplify", "eu-west-1").add_auth(request)
    with mock_amplify() as amplify:
        answer = requests.post(request.url, request.data, headers=dict(request.headers), timeout=5)
        (app,) = amplify.backend("eu-west-1", "111122223333").apps.values()
    assert answer.status_code == 200
    assert answer.json()["app"]["appId"] == app.app_id


def test_after_the_mock_calls_go_where_they_went_before(client, network):
    with mock_amplify():
        inside = new_client(endpoint_url="https://proxy.example.com/aws")
        client.list_apps()
    client.list_apps()
    inside.list_apps()
    assert network == ["https://amplify.us-east-1.amazonaws.com/apps", "https://proxy.example.com/aws/apps"]


# What is not Amplify's


def test_other_services_reach_the_network_with_their_credentials(network):
    s3 = new_client("s3")
    signed = []
    s3.meta.events.register("before-send", lambda request, **_: signed.append(request.headers["Authorization"]))
    with mock_amplify():
        s3.list_buckets()
        new_client("s3").list_buckets()
    assert len(network) == 2
    assert KEYS["aws_access_key_id"].encode() in signed[0]


@pytest.mark.parametrize("service", ["amplifybackend", "amplifyuibuilder"])
def test_services_with_a_similar_name_are_not_amplify(network, service):
    client = new_client(service)
    operation = {"amplifybackend": "list_s3_buckets", "amplifyuibuilder": "list_codegen_jobs"}[service]
    arguments = {"amplifybackend": {}, "amplifyuibuilder": {"appId": "d123", "environmentName": "dev"}}[service]
    with mock_amplify():
        # An empty answer is none that botocore understands for all of them.
        getattr(client, operation)(**arguments)
    assert len(network) == 1
