"""Whose state a client works on, when moto's STS or IAM has made its access key."""

from __future__ import annotations

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto import mock_aws

from amplify_mock import mock_amplify
from amplify_mock.integrations.accounts import account_of
from support.other_mocks import moto_around, moto_inside
from support.sites import zipped

pytestmark = pytest.mark.usefixtures("no_default_session")

OTHER = "111122223333"
OWN = "123456789012"


@pytest.fixture(params=[moto_around, moto_inside])
def amplify(request):
    with request.param() as amplify:
        yield amplify


def session_of(keys):
    """Return a session with what STS has answered."""
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("SessionToken"),
        region_name="us-east-1",
    )


def assumed(account_id=OTHER, session=boto3):
    sts = session.client("sts", region_name="us-east-1")
    role = f"arn:aws:iam::{account_id}:role/deploy"
    return sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]


def own_key(session=boto3):
    """Return an access key of a new user in the account of a session."""
    iam = session.client("iam", region_name="us-east-1")
    iam.create_user(UserName="deployer")
    return iam.create_access_key(UserName="deployer")["AccessKey"]


def account_in(answer):
    return answer["app"]["appArn"].split(":")[4]


# What moto knows


@pytest.mark.usefixtures("amplify")
def test_the_key_of_an_assumed_role_belongs_to_the_account_of_the_role():
    assert account_of(assumed()["AccessKeyId"]) == OTHER


@pytest.mark.usefixtures("amplify")
def test_the_key_of_a_user_belongs_to_the_account_of_the_user():
    assert account_of(own_key()["AccessKeyId"]) == OWN
    assert account_of(own_key(session_of(assumed()))["AccessKeyId"]) == OTHER


@pytest.mark.usefixtures("amplify")
def test_other_keys_belong_to_nobody():
    assumed()
    assert account_of("AKIAIOSFODNN7EXAMPLE") is None


def test_a_key_belongs_to_nobody_once_moto_has_ended():
    with mock_aws():
        key = assumed()["AccessKeyId"]
    assert account_of(key) is None


# Which state a client works on


def test_an_assumed_role_decides_the_account(amplify):
    assert account_in(session_of(assumed()).client("amplify").create_app(name="theirs")) == OTHER
    assert account_in(boto3.client("amplify", region_name="us-east-1").create_app(name="ours")) == OWN
    assert [each.name for each in amplify.backend(account_id=OTHER).apps.values()] == ["theirs"]
    assert [each.name for each in amplify.backend(account_id=OWN).apps.values()] == ["ours"]


@pytest.mark.usefixtures("amplify")
def test_a_role_that_a_role_assumes_decides_the_account():
    keys = assumed("444455556666", session_of(assumed()))
    assert account_in(session_of(keys).client("amplify").create_app(name="shop")) == "444455556666"


@pytest.mark.usefixtures("amplify")
def test_the_key_of_a_user_decides_the_account():
    keys = own_key(session_of(assumed()))
    assert account_in(session_of(keys).client("amplify").create_app(name="shop")) == OTHER


@pytest.mark.usefixtures("amplify")
def test_both_mocks_agree_about_an_assumed_role():
    session = session_of(assumed())
    identity = session.client("sts").get_caller_identity()
    assert identity["Account"] == account_in(session.client("amplify").create_app(name="shop"))


@pytest.mark.usefixtures("amplify")
def test_a_client_that_is_older_than_the_mock_works_in_the_account_of_its_key():
    session = session_of(assumed())
    client = session.client("amplify")
    with mock_amplify(isolated=True):
        assert account_in(client.create_app(name="shop")) == OTHER


def test_accounts_do_not_see_each_other(amplify):
    app_id = amplify.add_app("ours").app_id
    client = session_of(assumed()).client("amplify")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_app(appId=app_id)


@pytest.mark.usefixtures("amplify")
def test_a_request_that_is_signed_by_hand_works_in_the_account_of_its_key():
    keys = assumed()
    request = AWSRequest("GET", "https://amplify.us-east-1.amazonaws.com/apps")
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    SigV4Auth(credentials, "amplify", "us-east-1").add_auth(request)
    session_of(keys).client("amplify").create_app(name="shop")
    answer = requests.get(request.url, headers=dict(request.headers), timeout=5).json()
    assert [each["name"] for each in answer["apps"]] == ["shop"]


@pytest.mark.usefixtures("amplify")
def test_a_presigned_url_works_in_the_account_of_its_key():
    client = session_of(assumed()).client("amplify")
    client.create_app(name="shop")
    answer = requests.get(client.generate_presigned_url("list_apps"), timeout=5).json()
    assert [each["name"] for each in answer["apps"]] == ["shop"]


def test_a_role_deploys_from_its_own_bucket(amplify):
    session = session_of(assumed())
    s3, client = session.client("s3"), session.client("amplify")
    s3.create_bucket(Bucket="builds")
    s3.put_object(Bucket="builds", Key="site.zip", Body=zipped({"index.html": b"Hats"}))
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://builds/site.zip")
    amplify.job(app_id, "main").succeed()
    assert requests.get(f"https://main.{app_id}.amplifyapp.com", timeout=5).text == "Hats"


def test_once_moto_has_ended_the_account_is_the_mocks_own():
    with mock_amplify():
        with mock_aws():
            client = session_of(assumed()).client("amplify")
        assert account_in(client.create_app(name="shop")) == OWN
