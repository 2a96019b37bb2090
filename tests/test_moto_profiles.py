"""Clients of profiles and sessions whose role moto lets assume: they work in the account of the role."""

from __future__ import annotations

import datetime

import boto3
import botocore.session
import pytest
from botocore.credentials import RefreshableCredentials
from moto import mock_aws

from amplify_mock import mock_amplify
from support.other_mocks import moto_around, moto_inside

ROLE = "arn:aws:iam::111122223333:role/deploy"
OTHER, OWN = "111122223333", "123456789012"


@pytest.fixture(autouse=True)
def profiles(tmp_path, monkeypatch):
    (tmp_path / "config").write_text(
        f"[profile deploy]\nrole_arn = {ROLE}\nsource_profile = base\nregion = eu-west-1\n"
        "[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def account(client):
    return client.create_app(name="shop")["app"]["appArn"].split(":")[4]


@pytest.mark.parametrize("around", [moto_around, moto_inside])
def test_a_profile_with_a_role_works_in_the_account_of_the_role(around):
    with around():
        assert account(boto3.Session(profile_name="deploy").client("amplify")) == OTHER


@pytest.mark.parametrize("around", [moto_around, moto_inside])
def test_so_does_a_client_that_was_made_before(around):
    client = boto3.Session(profile_name="deploy").client("amplify")
    with around():
        assert account(client) == OTHER


def test_without_moto_nobody_assumes_a_role():
    client = boto3.Session(profile_name="deploy").client("amplify")
    with mock_amplify():
        assert account(client) == OWN
        assert account(boto3.Session(profile_name="deploy").client("amplify")) == OWN


@pytest.mark.parametrize("around", [moto_around, moto_inside])
def test_a_session_that_renews_its_credentials_by_itself_works_in_the_account_of_its_role(around):
    with around():
        sts = boto3.client("sts", region_name="us-east-1")

        def refresh():
            given = sts.assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        session = botocore.session.Session()
        session._credentials = RefreshableCredentials.create_from_metadata(refresh(), refresh, "sts-assume-role")
        assert account(boto3.Session(botocore_session=session, region_name="us-east-1").client("amplify")) == OTHER


def test_credentials_that_moto_does_not_know_are_never_renewed():
    def refuse():
        raise AssertionError

    session = botocore.session.Session()
    expired = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    metadata = {"access_key": "a", "secret_key": "b", "token": "c", "expiry_time": expired.isoformat()}
    session._credentials = RefreshableCredentials.create_from_metadata(metadata, refuse, "custom")
    with mock_aws(), mock_amplify():
        assert account(boto3.Session(botocore_session=session, region_name="us-east-1").client("amplify")) == OWN
