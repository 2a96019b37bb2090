"""The mock answers what the real service was recorded to answer."""

from __future__ import annotations

import datetime
import re

import pytest

from support.clients import body
from support.model import knows, needs
from support.recorded_calls import CALLS, RECORDED, recorded

# Members that later recordings have and this one lacks, or the other way round; by the end of their path.
NEWER = {
    1: {"app.cacheConfig": "always since 2024", "app.jobConfig": "always since 2025"},
    2: {"branch.thumbnailUrl": "no longer in 2024 (17)"},
    6: {
        "app.cacheConfig": "always since 2024",
        "app.jobConfig": "always since 2025",
        "app.enableBranchAutoDeletion": "the member came in June 2020 (01)",
    },
    8: {"apps.cacheConfig": "always since 2024", "apps.jobConfig": "always since 2025"},
    9: {"apps.cacheConfig": "always since 2024", "apps.jobConfig": "always since 2025"},
    19: dict.fromkeys(
        ("app.enableAutoBranchCreation", "app.repositoryCloneMethod", "app.cacheConfig", "app.jobConfig"),
        "the paste ends before it",
    ),
}

# An older botocore is not sent what it does not know.
UNKNOWN = set() if knows("App.jobConfig") else {"app.jobConfig", "apps.jobConfig"}
NEEDS = dict.fromkeys((12, 13), needs("JobSummary.sourceUrl"))
NUMBERS = [pytest.param(number, marks=NEEDS.get(number, ())) for number in CALLS]

# Values that differ, and why.
OTHER_VALUES = {
    5: {"domainStatus": "a status between PENDING_VERIFICATION and AVAILABLE that the mock leaves out"},
    7: {"dnsRecord": "the placeholder null became <pending> (04)"},
    11: {"status": "builds of the mock succeed", "commitId": "a push builds a commit, StartJob builds HEAD"},
    18: {"verified": "the mock verifies all subdomains together"},
}

# Values that whoever published the recording has made unreadable: only ours has to have the form.
UNREADABLE = {
    7: {"domainAssociationArn"},
    10: {"jobArn"},
    11: {"jobArn", "jobId"},
    13: {"startTime", "endTime"},
    14: {"jobArn", "logUrl"},
    17: {"branchArn"},
    18: {"domainAssociationArn", "certificateVerificationDNSRecord", "dnsRecord"},
}

ARN = r"arn:aws:amplify:[a-z]+-[a-z]+-\d:123456789012:apps/d[a-z0-9]+"
NAME = r"[a-z0-9-]+"
FORMS = {
    "appId": r"d[a-z0-9]{11,13}",
    "appArn": ARN,
    "branchArn": rf"{ARN}/branches/{NAME}",
    "jobArn": rf"{ARN}/branches/{NAME}/jobs/\d{{10}}",
    "jobId": r"[1-9]\d*",
    "activeJobId": r"\d{10}",
    "domainAssociationArn": rf"{ARN}/domains/[a-z.]+",
    "backendEnvironmentArn": rf"{ARN}/backendenvironments/{NAME}|hoge-arn",
    "defaultDomain": r"d[a-z0-9]{11,13}\.amplifyapp\.com",
    "certificateVerificationDNSRecord": (
        r"_[0-9a-f]{32}\.[a-z.]+\. CNAME _[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\."
    ),
    "dnsRecord": r"[a-z]* CNAME (<pending>|d[a-z0-9]+\.cloudfront\.net)",
    "logUrl": (
        r"https://aws-amplify-prod-([a-z0-9-]+)-artifacts\.s3\.\1\.amazonaws\.com/"
        r"[a-z0-9]+/[a-z]+/\d{10}/BUILD/log\.txt\?X-Amz-Security-Token=.+"
    ),
}
TIMES = {"createTime", "updateTime", "startTime", "endTime", "commitTime", "lastDeployTime"}


def differences(theirs, ours, number, path=""):
    """Yield where two answers differ, as ``(path, what)``."""
    name = path.rpartition(".")[2]
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for member in theirs.keys() | ours.keys():
            below = f"{path}.{member}".strip(".")
            if member not in ours or member not in theirs:
                yield below, "is missing" if member in theirs else "is too much"
            else:
                yield from differences(theirs[member], ours[member], number, below)
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield path, f"has {len(ours)} items and not {len(theirs)}"
        for one, other in zip(theirs, ours, strict=False):
            yield from differences(one, other, number, path)
    elif name in TIMES:
        if not is_time(ours) or not (name in UNREADABLE.get(number, ()) or is_time(parsed(theirs))):
            yield path, f"is no time with milliseconds: {ours}"
    elif name in FORMS:
        readable = [] if name in UNREADABLE.get(number, ()) else [theirs]
        if name not in OTHER_VALUES.get(number, ()) and not all(
            re.fullmatch(FORMS[name], value) for value in [ours, *readable]
        ):
            yield path, f"has another form: {ours}, and not {theirs}"
    elif theirs != ours and name not in OTHER_VALUES.get(number, ()):
        yield path, f"is {ours!r} and not {theirs!r}"


def parsed(text):
    return datetime.datetime.fromisoformat(text)


def is_time(value):
    return isinstance(value, datetime.datetime) and value.tzinfo is not None and value.microsecond % 1000 == 0


@pytest.mark.amplify_mock(fidelity="recorded")
@pytest.mark.parametrize("number", NUMBERS)
def test_the_mock_answers_what_was_recorded(number):
    found = dict(differences(recorded(number), body(CALLS[number]()), number))
    newer = {path: why for path, why in NEWER.get(number, {}).items() if path not in UNKNOWN}
    assert {path: what for path, what in found.items() if path not in newer} == {}
    assert found.keys() >= newer.keys(), "the table names what does not differ"


def test_every_recorded_answer_is_replayed():
    numbers = {int(path.name[:2]) for path in RECORDED.glob("*.json")}
    # The events are not answers.
    assert numbers - {20} == CALLS.keys()


@pytest.mark.amplify_mock(fidelity="recorded")
def test_job_ids_and_numbers_agree_with_the_arns():
    for number in (10, 12):
        for job in CALLS[number]()["jobSummaries"]:
            assert job["jobArn"].endswith(f"/jobs/{int(job['jobId']):010}")
    assert [job["jobId"] for job in recorded(12)["jobSummaries"]] == ["16", "15", "14"]
