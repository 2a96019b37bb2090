"""Answers of the real service that were recorded are loaded, and answered again."""

from __future__ import annotations

import datetime
import json

import pytest

from support.clients import body, client_of
from support.documents import ARN
from support.model import knows, needs
from support.recorded_calls import RECORDED, recorded

# What whoever published a recording has made unreadable, and is needed here.
REPAIRED = {
    7: ("d2fn0wj1x1v1n7/domain (source line is cut here)", "d2fn0wj1x1v1n7/domains/example.com"),
    14: ("apps/abcd1234/main/", "apps/dabcd1234/branches/main/"),
    17: ("arn:aws:amplify:hoge", f"{ARN}/branches/development"),
    18: ("apps/abcdefghijklm", "apps/dabcdefghijklm"),
}
LEFT_OUT = {
    11: "the ARNs are redacted",
    13: "its author has flattened it",
    20: "it is no answer, but events",
    21: "its author has chosen some members",
}
# What is answered besides, because the service sends it by now, or because it was not the answer of a get or a list.
BESIDES = {
    1: {"app.tags", "app.cacheConfig", "app.jobConfig"},
    2: {"branch.tags", "branch.backend", "branch.enablePerformanceMode"},
    3: {"jobSummary.startTime"},
    6: {"app.tags", "app.cacheConfig", "app.jobConfig", "app.enableBranchAutoDeletion"},
    8: {"apps.cacheConfig", "apps.jobConfig"},
    9: {"apps.cacheConfig", "apps.jobConfig"},
    15: {"jobSummary.startTime"},
    19: {"app.cacheConfig", "app.jobConfig", "app.enableAutoBranchCreation"},
}
ARNS = {
    "app": "appArn", "apps": "appArn", "branch": "branchArn", "branches": "branchArn", "job": "jobArn",
    "jobSummary": "jobArn", "jobSummaries": "jobArn", "domainAssociation": "domainAssociationArn",
    "domainAssociations": "domainAssociationArn", "backendEnvironment": "backendEnvironmentArn",
}  # fmt: skip


def repaired(number):
    return json.loads(json.dumps(recorded(number)).replace(*REPAIRED.get(number, ("", ""))))


def owner(document):
    """Return the ARN that the first resource of a document has, and the same as parts."""
    (key, value), *_ = document.items()
    first = value[0] if isinstance(value, list) else value.get("summary", value)
    return key, first[ARNS[key]], first


def asked_again(document):
    key, arn, first = owner(document)
    client = client_of(arn.split(":")[3], arn.split(":")[4])
    app_id, _, rest = arn.partition(":apps/")[2].partition("/")
    app, branch = {"appId": app_id}, {"appId": app_id, "branchName": rest.split("/")[1] if rest else ""}
    answers = {
        "app": lambda: client.get_app(**app),
        "apps": client.list_apps,
        "branch": lambda: client.get_branch(**branch),
        "branches": lambda: client.list_branches(**app),
        "job": lambda: client.get_job(**branch, jobId=first["jobId"]),
        "jobSummary": lambda: {"jobSummary": client.list_jobs(**branch)["jobSummaries"][0]},
        "jobSummaries": lambda: client.list_jobs(**branch),
        "domainAssociation": lambda: client.get_domain_association(**app, domainName=first["domainName"]),
        "domainAssociations": lambda: client.list_domain_associations(**app),
        "backendEnvironment": lambda: client.get_backend_environment(**app, environmentName=first["environmentName"]),
    }
    return body(answers[key]())


def prepare(amplify, document):
    """Make the app, and the branch, that the resources of a document belong to."""
    key, arn, _ = owner(document)
    if not key.startswith("app"):
        _, _, _, region, account, rest = arn.split(":")
        names = rest.split("/")
        branches = [names[3]] if key.startswith("job") else []
        amplify.add_app(app_id=names[1], region_name=region, account_id=account, branches=branches)


def besides(document, answer, path=""):
    """Yield what an answer has besides a document, after having found all that the document has."""
    if isinstance(document, dict):
        assert answer.keys() >= document.keys(), path
        for name, value in answer.items():
            below = f"{path}.{name}".strip(".")
            if name in document:
                yield from besides(document[name], value, below)
            else:
                yield below
    elif isinstance(document, list):
        assert len(document) == len(answer), path
        for one, other in zip(document, answer, strict=True):
            yield from besides(one, other, path)
    elif isinstance(answer, datetime.datetime):
        assert answer == datetime.datetime.fromisoformat(document), path
    else:
        assert answer == document, path


# An older botocore is not sent what it does not know.
UNKNOWN = set() if knows("App.jobConfig") else {"app.jobConfig", "apps.jobConfig"}
NEEDS = {12: needs("JobSummary.sourceUrl")}
NUMBERS = sorted(int(path.name[:2]) for path in RECORDED.glob("*.json"))
LOADED = [pytest.param(number, marks=NEEDS.get(number, ())) for number in NUMBERS if number not in LEFT_OUT]


@pytest.mark.amplify_mock(fidelity="recorded")
@pytest.mark.parametrize("number", LOADED)
def test_recorded_answers_are_answered_again(amplify_mock, number):
    document = repaired(number)
    prepare(amplify_mock, document)
    for _ in range(2):
        amplify_mock.load(document)
    assert set(besides(document, asked_again(document))) == BESIDES.get(number, set()) - UNKNOWN


@pytest.mark.parametrize("number", LEFT_OUT)
def test_what_is_no_whole_answer_is_refused(amplify_mock, number):
    document = recorded(number)
    with pytest.raises((ValueError, TypeError)):
        amplify_mock.load(document)
