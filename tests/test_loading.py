"""What the AWS CLI and boto3 print is read, in every form, and put in place."""

from __future__ import annotations

import copy
import datetime
import json

import pytest

from amplify_mock import mock_amplify
from support.clients import client_of
from support.documents import ARN, BRANCH, app_document, branch_document, domain_document, job_document, loaded
from support.jobs import HOUR


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of("eu-west-2", "111122223333")


# Forms of documents


@pytest.mark.parametrize("form", ["dict", "text", "path"])
def test_a_document_may_be_a_dict_or_text_or_a_file(amplify_mock, tmp_path, form):
    document = app_document()
    if form == "text":
        document = json.dumps(document)
    elif form == "path":
        path = tmp_path / "app.json"
        path.write_text(json.dumps(document), "utf-8")
        document = path
    (app,) = amplify_mock.load(document)
    assert (app.app_id, app.name) == ("dloaded", "shop")
    assert app == amplify_mock.apps["dloaded"]


@pytest.mark.parametrize(
    "time",
    [
        "2024-02-08T21:54:42.398000+00:00",
        "2024-02-08T21:54:42.398Z",
        "2024-02-09 06:54:42.398+09:00",
        1707429282.398,
        datetime.datetime(2024, 2, 8, 16, 54, 42, 398000, datetime.timezone(-5 * HOUR)),
    ],
)
def test_times_may_have_any_form_that_names_a_moment(amplify_mock, time):
    (app,) = amplify_mock.load(app_document(createTime=time))
    moment = datetime.datetime(2024, 2, 8, 21, 54, 42, 398000, datetime.timezone.utc)
    assert app.create_time == app.update_time == moment


@pytest.mark.parametrize("time", ["2024-02-08T21:54:42", "yesterday", datetime.datetime(2024, 2, 8), True])
def test_other_times_are_refused(amplify_mock, time):
    with pytest.raises(ValueError, match=r"app\.createTime.*timestamp"):
        amplify_mock.load(app_document(createTime=time))


def test_an_answer_of_boto3_is_loaded_as_it_is(amplify_mock, amplify_client):
    made = amplify_client.create_app(name="blog", description="new")
    (app,) = amplify_mock.load(made)
    assert app.description == "new"


def test_a_page_of_a_list_is_loaded_without_its_token(amplify_mock):
    assert len(amplify_mock.load({"apps": [app_document()["app"]], "nextToken": "abc"})) == 1


def test_one_document_may_have_parents_and_children(amplify_mock):
    document = {"jobSummaries": [job_document()], **branch_document(), **app_document()}
    app, branch, job = amplify_mock.load(document)
    assert (app.branches["main"], branch.jobs["7"]) == (branch, job)
    assert list(amplify_mock.apps["dloaded"].branches["main"].jobs) == ["7"]


@pytest.mark.parametrize("document", [{"application": {}}, {"app": {}, "Apps": []}, {"nextToken": "a"}, {}])
def test_unknown_answers_are_refused_with_the_known_ones(amplify_mock, document):
    with pytest.raises(ValueError, match=r"app, apps, branch, .*backendEnvironments"):
        amplify_mock.load(document)


@pytest.mark.parametrize("document", [[app_document()], "[1]", 5, None])
def test_what_is_no_object_is_refused(amplify_mock, document):
    with pytest.raises(TypeError, match=r"JSON text.*pathlib\.Path"):
        amplify_mock.load(document)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ({"app": []}, "'app' .*structure"),
        ({"apps": app_document()["app"]}, "'apps' .*list"),
        (app_document(platform="MARS"), r"'app\.platform' .*WEB_COMPUTE"),
        ({"apps": [app_document()["app"], {"name": 5}]}, r"'apps\.2\.member\.name' .*string"),
        ({"app": {"name": "shop"}}, "app has no appArn"),
        ({"app": {"appArn": ARN}}, "app has no name"),
        (app_document(appArn="arn:aws:amplify:here"), r"app\.appArn is not the ARN"),
        (app_document(appArn=f"{ARN}/branches/main"), r"app\.appArn is not the ARN"),
        ({"branches": [{"branchArn": ARN, "branchName": "main"}]}, r"branches\.1\.member\.branchArn is not the ARN"),
        (branch_document(activeJobId="first"), r"branch\.activeJobId is not the number"),
        ({"job": {"steps": []}}, "job has no summary"),
        ({"job": {"summary": {"jobId": "1", "status": "SUCCEED"}}}, r"job\.summary has no jobArn"),
        ({"job": {"summary": job_document(), "steps": [{}]}}, r"job\.steps\.1\.member has no stepName"),
        (domain_document(subDomains=[{}]), r"domainAssociation\.subDomains\.1\.member has no subDomainSetting"),
        (domain_document(subDomains=[{"subDomainSetting": {"prefix": "www"}}]),
         r"domainAssociation\.subDomains\.1\.member\.subDomainSetting has no branchName"),
        ({"jobSummaries": [job_document(status="DONE")]}, r"'jobSummaries\.1\.member\.status' .*SUCCEED"),
    ],
)  # fmt: skip
def test_what_breaks_the_service_model_is_refused_with_its_place(amplify_mock, document, where):
    with pytest.raises(ValueError, match=where):
        amplify_mock.load(document)
    assert not amplify_mock.apps


def test_a_name_that_reads_like_a_time_stays_a_name(amplify_mock):
    (app,) = amplify_mock.load(app_document(name="2024-02-03T04:05:06Z"))
    assert app.name == "2024-02-03T04:05:06Z"


def test_members_that_this_botocore_does_not_know_are_passed_over(amplify_mock):
    (app,) = amplify_mock.load(app_document(newSince2030={"a": 1}))
    assert app.name == "shop"


@pytest.mark.parametrize(
    "document",
    [
        branch_document(),
        {"jobSummaries": [job_document()]},
        domain_document(),
        {"webhooks": [{"webhookArn": f"{ARN}/webhooks/w", "webhookId": "w", "branchName": "main"}]},
        {"backendEnvironment": {"backendEnvironmentArn": f"{ARN}/backendenvironments/dev", "environmentName": "dev"}},
    ],
)
def test_children_need_their_app(amplify_mock, document):
    with pytest.raises(LookupError, match=r"no app dloaded in eu-west-2 of the account 111122223333: load .*get-app"):
        amplify_mock.load(document)


def test_jobs_need_their_branch(amplify_mock):
    amplify_mock.load(app_document())
    with pytest.raises(LookupError, match=r"no branch 'main': load .*get-branch"):
        amplify_mock.load({"jobSummaries": [job_document()]})


# What becomes of what is there


def test_resources_belong_where_their_arns_say(amplify_mock, amplify_client):
    loaded(amplify_mock, {"job": {"summary": job_document(), "steps": []}})
    assert list(amplify_mock.backend("eu-west-2", "111122223333").apps) == ["dloaded"]
    assert not amplify_mock.backend().apps
    assert amplify_client.get_job(**BRANCH, jobId="7")["job"]["summary"]["status"] == "SUCCEED"


def test_loading_again_replaces_what_is_there_and_keeps_what_it_owns(amplify_mock, amplify_client):
    loaded(amplify_mock, {"jobSummaries": [job_document()]})
    amplify_client.update_app(appId="dloaded", name="renamed", description="changed", enableBasicAuth=True)
    amplify_client.update_branch(**BRANCH, ttl="60", description="changed")
    amplify_mock.load(app_document(platform="WEB_COMPUTE"))
    amplify_mock.load(branch_document(ttl="10"))
    (app,) = amplify_client.list_apps()["apps"]
    assert (app["name"], app["description"], app["enableBasicAuth"]) == ("shop", "", False)
    assert app["platform"] == "WEB_COMPUTE"
    branch = amplify_client.get_branch(**BRANCH)["branch"]
    assert (branch["ttl"], branch["description"], branch["displayName"]) == ("10", "", "main")
    assert [job["jobId"] for job in amplify_client.list_jobs(**BRANCH)["jobSummaries"]] == ["7"]


def test_what_was_loaded_can_be_changed(amplify_mock, amplify_client):
    loaded(amplify_mock)
    assert amplify_client.update_app(appId="dloaded", name="new")["app"]["name"] == "new"
    branch = {"appId": "dloaded", "branchName": "dev"}
    amplify_client.create_branch(**branch)
    assert [each["branchName"] for each in amplify_client.list_branches(appId="dloaded")["branches"]] == ["main", "dev"]
    amplify_client.delete_app(appId="dloaded")
    assert not amplify_mock.apps


def test_what_is_made_after_loading_again_is_counted_on(amplify_mock, amplify_client):
    loaded(amplify_mock)
    amplify_client.create_branch(appId="dloaded", branchName="dev")
    amplify_client.start_deployment(**BRANCH, sourceUrl="s3://bucket/site.zip")
    amplify_client.stop_job(**BRANCH, jobId="1")
    loaded(amplify_mock)
    amplify_client.create_branch(appId="dloaded", branchName="a")
    branches = amplify_client.list_branches(appId="dloaded")["branches"]
    assert [each["branchName"] for each in branches] == ["main", "dev", "a"]
    assert amplify_client.create_deployment(**BRANCH)["jobId"] == "2"


def test_a_loaded_app_without_a_repository_is_deployed_by_hand(amplify_mock, amplify_client):
    loaded(amplify_mock)
    amplify_client.start_deployment(**BRANCH, sourceUrl="s3://bucket/site.zip")
    amplify_mock.load(app_document(repository=""))
    amplify_client.create_branch(appId="dloaded", branchName="dev")
    amplify_client.create_deployment(appId="dloaded", branchName="dev")


def test_webhooks_and_environments_are_loaded(amplify_mock, amplify_client):
    webhook = {"webhookArn": f"{ARN}/webhooks/w-1", "webhookId": "w-1", "branchName": "main", "webhookUrl": "https://x"}
    environment = {"backendEnvironmentArn": f"{ARN}/backendenvironments/dev", "environmentName": "dev"}
    loaded(amplify_mock, {"webhooks": [webhook]}, {"backendEnvironments": [environment]})
    amplify_client.update_webhook(webhookId="w-1", description="changed")
    amplify_mock.load({"webhook": webhook})
    shown = amplify_client.get_webhook(webhookId="w-1")["webhook"]
    assert shown.items() >= {**webhook, "description": ""}.items()
    (shown,) = amplify_client.list_backend_environments(appId="dloaded")["backendEnvironments"]
    assert shown.keys() == {"backendEnvironmentArn", "environmentName", "createTime", "updateTime"}
    amplify_mock.load({"backendEnvironment": {**environment, "stackName": "stack"}})
    assert amplify_mock.apps["dloaded"].backend_environments["dev"].stack_name == "stack"


def test_what_a_later_document_does_not_say_is_no_longer_so(amplify_mock):
    (app,) = amplify_mock.load(app_document(createTime=1707429282, updateTime=1707429999))
    assert app.update_time > app.create_time
    amplify_mock.load(app_document(createTime=1707429282))
    assert app.update_time == app.create_time
    before = app.create_time
    amplify_mock.load(app_document())
    assert app.update_time == app.create_time > before
    environment = {"backendEnvironmentArn": f"{ARN}/backendenvironments/dev", "environmentName": "dev"}
    amplify_mock.load({"backendEnvironment": {**environment, "stackName": "stack", "deploymentArtifacts": "bucket"}})
    (loaded_again,) = amplify_mock.load({"backendEnvironment": environment})
    assert (loaded_again.stack_name, loaded_again.deployment_artifacts) == (None, None)


def test_what_follows_from_the_names_of_a_webhook_need_not_be_said(amplify_mock, amplify_client):
    webhook = {"webhookArn": f"{ARN}/webhooks/w-1", "webhookId": "w-1", "branchName": "main"}
    loaded(amplify_mock, {"webhook": webhook})
    shown = amplify_client.get_webhook(webhookId="w-1")["webhook"]
    assert shown["webhookUrl"].startswith(
        "https://webhooks.amplify.eu-west-2.amazonaws.com/prod/webhooks?id=w-1&token="
    )
    assert amplify_mock.apps["dloaded"].webhooks["w-1"].app_id == "dloaded"


def test_documents_are_left_as_they_are(amplify_mock):
    document = {**app_document(tags={"a": "b"}), **branch_document(environmentVariables={"A": "1"})}
    before = copy.deepcopy(document)
    amplify_mock.load(document)
    amplify_mock.load(document)
    assert document == before


def test_an_app_has_one_home(amplify_mock):
    amplify_mock.load(app_document())
    with pytest.raises(ValueError, match="the app dloaded is in eu-west-2 of the account 111122223333 already"):
        amplify_mock.load(app_document(appArn=ARN.replace("eu-west-2", "eu-west-1")))


def test_the_path_of_a_file_does_not_go_as_text(amplify_mock):
    with pytest.raises(ValueError, match=r"takes JSON, and this is none.*The path of a file goes as a pathlib\.Path"):
        amplify_mock.load("app.json")


def test_a_document_is_loaded_as_a_whole_or_not_at_all(amplify_mock):
    with mock_amplify(isolated=True) as other:
        app = other.add_app("shop", branches=["main"])
        document = client_of().get_app(appId=app.app_id)
        stranger = {**client_of().get_branch(appId=app.app_id, branchName="main")["branch"]}
    stranger["branchArn"] = stranger["branchArn"].replace(app.app_id, "dunknown")
    with pytest.raises(LookupError):
        amplify_mock.load({**document, "branch": stranger})
    assert dict(amplify_mock.apps) == {}
