"""mock_amplify together with moto's mock_aws, one inside the other."""

import boto3
import pytest
import requests
from moto import mock_aws

from amplify_mock import mock_amplify
from support.botocore_clients import respond
from support.other_mocks import moto_around, moto_inside

pytestmark = pytest.mark.usefixtures("no_default_session")


@pytest.fixture(params=[moto_around, moto_inside])
def both(request):
    return request.param


def client_for(service):
    return boto3.client(service, region_name="us-east-1")


def put_and_get():
    s3 = client_for("s3")
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="index.html", Body=b"hello")
    return s3.get_object(Bucket="site", Key="index.html")["Body"].read()


def test_amplify_reaches_our_mock_and_s3_reaches_moto(both):
    with both() as amplify:
        app_id = client_for("amplify").create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
        assert put_and_get() == b"hello"


def test_a_client_made_before_both_reaches_our_mock(both):
    client = boto3.client("amplify", "us-east-1", aws_access_key_id="AKIA", aws_secret_access_key="s")
    with both() as amplify:
        app_id = client.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]


@pytest.mark.parametrize(
    "endpoint_url", ["https://vpce-0a1b.amplify.us-east-1.vpce.amazonaws.com", "http://localhost:5000/aws"]
)
def test_a_client_with_a_custom_endpoint_reaches_our_mock(both, endpoint_url):
    client = boto3.client(
        "amplify", "us-east-1", endpoint_url=endpoint_url, aws_access_key_id="AKIA", aws_secret_access_key="s"
    )
    with both() as amplify:
        app_id = client.create_app(name="shop")["app"]["appId"]
        assert list(amplify.backend().apps) == [app_id]
        assert client_for("s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("first", [mock_aws, mock_amplify])
def test_both_decorators_work_in_either_order(first):
    second = mock_amplify if first is mock_aws else mock_aws

    @first()
    @second()
    def deploy():
        client_for("amplify").create_app(name="shop")
        return put_and_get(), [app["name"] for app in client_for("amplify").list_apps()["apps"]]

    assert deploy() == (b"hello", ["shop"])
    assert deploy() == (b"hello", ["shop"])


def test_errors_are_ours_and_are_not_retried_by_moto(both):
    with both():
        client = client_for("amplify")
        with pytest.raises(client.exceptions.NotFoundException, match=r"App d123 not found\."):
            client.get_app(appId="d123")


def test_both_agree_about_the_account(both):
    with both():
        account = client_for("sts").get_caller_identity()["Account"]
        arn = client_for("amplify").create_app(name="shop")["app"]["appArn"]
    assert arn.split(":")[4] == account


def test_a_hook_that_answers_still_wins(both):
    with both() as amplify:
        client = client_for("amplify")
        client.meta.events.register_last("before-send", lambda **_: respond(body=b'{"app": {"name": "from the hook"}}'))
        assert client.create_app(name="shop")["app"] == {"name": "from the hook"}
        assert amplify.backend().apps == {}


def test_moto_may_begin_and_end_while_ours_runs():
    with mock_amplify() as amplify:
        client = client_for("amplify")
        client.create_app(name="before")
        with mock_aws():
            client.create_app(name="meanwhile")
        client.create_app(name="after")
        names = [app.name for app in amplify.backend().apps.values()]
    assert names == ["before", "meanwhile", "after"]


def test_moto_goes_on_when_ours_ends():
    with mock_aws():
        s3 = client_for("s3")
        with mock_amplify():
            s3.create_bucket(Bucket="site")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["site"]


def test_mocks_that_end_in_the_order_they_began_leave_nothing_behind():
    boto3.setup_default_session(region_name="eu-west-1", aws_access_key_id="AKIA", aws_secret_access_key="s")
    session = boto3.DEFAULT_SESSION
    moto, ours = mock_aws(), mock_amplify()
    ours.start()
    moto.start()
    ours.stop()
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    moto.stop()
    assert boto3.DEFAULT_SESSION is session


def test_the_default_session_is_the_same_afterwards(both):
    boto3.setup_default_session(region_name="eu-west-1", aws_access_key_id="AKIA", aws_secret_access_key="s")
    session = boto3.DEFAULT_SESSION
    with both():
        client_for("amplify").list_apps()
        client_for("s3").list_buckets()
    assert boto3.DEFAULT_SESSION is session
    assert session.get_credentials().access_key == "AKIA"


def test_an_upload_stays_out_of_motos_s3(both):
    with both() as amplify:
        client = client_for("amplify")
        app_id = client.create_app(name="shop")["app"]["appId"]
        client.create_branch(appId=app_id, branchName="main")
        url = client.create_deployment(appId=app_id, branchName="main")["zipUploadUrl"]
        assert requests.put(url, data=b"zip", timeout=5).status_code == 200
        assert amplify.backend().apps[app_id].branches["main"].jobs["1"].uploads == {"artifacts.zip": b"zip"}
        assert client_for("s3").list_buckets()["Buckets"] == []


def test_presigned_urls_of_s3_still_reach_moto(both):
    with both():
        put_and_get()
        url = client_for("s3").generate_presigned_url("get_object", {"Bucket": "site", "Key": "index.html"})
        assert requests.get(url, timeout=5).text == "hello"


def test_an_account_that_was_set_holds_beside_moto():
    with mock_aws(), mock_amplify(account_id="111122223333"):
        assert client_for("amplify").create_app(name="shop")["app"]["appArn"].split(":")[4] == "111122223333"
        assert client_for("sts").get_caller_identity()["Account"] == "123456789012"
