"""Without moto nothing of it is imported, and while no mock is active moto is as it was."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from moto import mock_aws
from moto.cloudformation import parsing

from amplify_mock import mock_amplify
from support.other_mocks import moto_around, moto_inside
from support.stacks import APP, Stack, template

pytestmark = pytest.mark.usefixtures("no_default_session")

TYPE = "AWS::Amplify::App"
USE = """
import sys, boto3
from amplify_mock import mock_amplify
with mock_amplify() as amplify:
    amplify.on_event(print)
    client = boto3.client("amplify", "us-east-1", aws_access_key_id="AKIA", aws_secret_access_key="s")
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="s3://bucket/site.zip")
    amplify.job(app_id, "main").succeed()
assert [each["detail"]["jobStatus"] for each in amplify.events] == ["STARTED", "SUCCEED"]
"""


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_mock_imports_nothing_of_moto():
    run(f"{USE}\nassert not [name for name in sys.modules if name.partition('.')[0] == 'moto']")


def test_a_mock_works_where_moto_is_not_installed():
    run(f"import sys; sys.modules['moto'] = None\n{USE}")


def test_moto_may_be_imported_while_the_mock_runs():
    run(f"""
import json, boto3
from amplify_mock import mock_amplify
with mock_amplify() as amplify:
    from moto import mock_aws
    with mock_aws():
        client = boto3.client("cloudformation", "us-east-1")
        client.create_stack(StackName="site", TemplateBody=json.dumps({template(App=APP)!r}))
    assert [app.name for app in amplify.backend().apps.values()] == ["shop"]
from moto.cloudformation import parsing
assert parsing.resource_class_from_type("AWS::Amplify::App") is None
""")


def test_moto_that_answers_for_some_services_only_is_loaded_no_further():
    run("""
import sys, boto3
from amplify_mock import mock_amplify
from moto import mock_aws
with mock_aws(), mock_amplify() as amplify:
    client = boto3.client("amplify", "us-east-1")
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    client.start_deployment(appId=app_id, branchName="main", sourceUrl="https://example.com/site.zip")
    amplify.clock.advance(minutes=5)
assert not {"moto.events", "moto.cloudformation", "moto.sqs"} & set(sys.modules)
""")


@pytest.mark.parametrize("both", [moto_around, moto_inside])
def test_motos_cloudformation_is_as_before(both):
    before = parsing.resource_class_from_type
    known = set(parsing.get_model_map())
    with both():
        Stack(template(App=APP))
        assert TYPE not in parsing.get_model_map()
    assert parsing.resource_class_from_type is before
    assert set(parsing.get_model_map()) == known


def test_motos_cloudformation_is_as_before_when_something_fails():
    before = parsing.resource_class_from_type
    with contextlib.suppress(ZeroDivisionError), mock_aws(), mock_amplify():
        raise ZeroDivisionError
    assert parsing.resource_class_from_type is before


def test_without_the_mock_moto_says_that_it_does_not_know_the_types():
    with mock_aws():
        with mock_amplify():
            pass
        with pytest.warns(UserWarning, match=f"Tried to parse {TYPE}"):
            Stack(template(App=APP))


def test_other_types_are_motos():
    with mock_amplify():
        assert parsing.resource_class_from_type("AWS::SQS::Queue").__module__ == "moto.sqs.models"
        assert parsing.resource_class_from_type(resource_type="AWS::SQS::Queue").__module__ == "moto.sqs.models"
