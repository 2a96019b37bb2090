"""With a seed, ids, tokens and URLs repeat from run to run; without one they are random."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import freezegun
import pytest

from amplify_mock import mock_amplify
from support.clients import client_of
from support.jobs import TEST_PHASE

RUN_ELSEWHERE = """
import json, boto3
from amplify_mock import mock_amplify

with mock_amplify(seed="the same"):
    client = boto3.client("amplify", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
    app_id = client.create_app(name="shop")["app"]["appId"]
    client.create_branch(appId=app_id, branchName="main")
    print(json.dumps([app_id, client.create_webhook(appId=app_id, branchName="main")["webhook"]["webhookUrl"]]))
"""


def answers():
    """Return what calls answer that make up something, headers included."""
    client = client_of()
    shop = client.create_app(name="shop", buildSpec=TEST_PHASE, repository="https://github.com/me/shop", oauthToken="t")
    other = client.create_app(name="other")
    connected, manual = shop["app"]["appId"], other["app"]["appId"]
    for app_id in (connected, manual):
        client.create_branch(appId=app_id, branchName="main")
    branch = {"appId": manual, "branchName": "main"}
    domain = {"appId": manual, "domainName": "example.com"}
    client.create_domain_association(**domain, subDomainSettings=[{"prefix": "www", "branchName": "main"}])
    job = {"appId": connected, "branchName": "main", "jobId": "1"}
    client.start_job(appId=connected, branchName="main", jobType="RELEASE")
    for _ in range(2):
        client.get_job(**job)
    artifact = client.list_artifacts(**job)["artifacts"][0]
    return {
        "app": shop,
        "other": other,
        "webhook": client.create_webhook(**branch),
        "environment": client.create_backend_environment(appId=manual, environmentName="dev"),
        "domain": [client.get_domain_association(**domain) for _ in range(4)][-1],
        "deployment": client.create_deployment(**branch),
        "logs": client.generate_access_logs(**domain),
        "job": client.get_job(**job),
        "artifact": client.get_artifact_url(artifactId=artifact["artifactId"]),
        "page": client.list_apps(maxResults=1),
    }


def ids(made):
    """Return what is made up without the help of the clock."""
    domain = made["domain"]["domainAssociation"]
    return [
        made["app"]["app"]["appId"],
        made["webhook"]["webhook"]["webhookId"],
        made["webhook"]["webhook"]["webhookUrl"].partition("token=")[2],
        domain["certificateVerificationDNSRecord"],
        domain["subDomains"][0]["dnsRecord"],
        made["artifact"]["artifactId"],
        made["page"]["nextToken"],
    ]


def run(*, frozen=True, **settings):
    with mock_amplify(**settings):
        if not frozen:
            return answers()
        with freezegun.freeze_time("2024-09-01T12:00:00Z"):
            return answers()


@pytest.mark.parametrize("seed", [0, 1, -5, 2**70, "text", ""])
def test_the_same_seed_gives_the_same_answers_under_a_frozen_clock(seed):
    assert run(seed=seed) == run(seed=seed)


def test_the_same_seed_gives_the_same_ids_whatever_the_time():
    assert ids(run(seed=7)) == ids(run(frozen=False, seed=7))


def test_another_seed_gives_other_ids():
    runs = [ids(run(seed=seed)) for seed in (1, 2, "1")]
    assert all(len(set(column)) == len(runs) for column in zip(*runs, strict=True))


def test_a_negative_seed_is_a_seed_of_its_own():
    assert ids(run(seed=-1)) != ids(run(seed=1))


def test_without_a_seed_ids_are_random():
    runs = [ids(run()) for _ in range(2)]
    assert all(one != other for one, other in zip(*runs, strict=True))


def test_without_a_seed_urls_are_random():
    one, other = (run() for _ in range(2))
    urls = [
        url
        for made in (one, other)
        for url in (made["deployment"]["zipUploadUrl"], made["logs"]["logUrl"], made["artifact"]["artifactUrl"])
    ]
    assert len({url.partition("X-Amz-Signature=")[2] for url in urls}) == 6


def test_looking_does_not_change_what_comes_after():
    def second_id(reads):
        with mock_amplify(seed=7):
            client = client_of()
            client.create_app(name="one")
            for _ in range(reads):
                client.list_apps()
            return client.create_app(name="two")["app"]["appId"]

    assert second_id(0) == second_id(5)


def test_a_seed_does_not_touch_the_random_numbers_of_others():
    import random

    random.seed(3)
    expected = random.random()
    random.seed(3)
    run(seed=7)
    assert random.random() == expected


def test_a_seed_does_not_make_ids_equal_within_a_mock():
    with mock_amplify(seed=7):
        clients = client_of(), client_of("eu-west-1"), client_of(key="111122223333")
        made = [client.create_app(name="shop")["app"]["appId"] for client in clients for _ in range(20)]
    assert len(set(made)) == 60


def test_a_reset_mock_gives_no_id_twice():
    with mock_amplify(seed=7) as amplify:
        first = client_of().create_app(name="shop")["app"]["appId"]
        amplify.reset()
        assert client_of().create_app(name="shop")["app"]["appId"] != first


def test_ids_repeat_in_another_process():
    runs = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", RUN_ELSEWHERE], capture_output=True, text=True, check=True, env=environment
        )
        runs.append(json.loads(done.stdout))
    assert runs[0] == runs[1]


@pytest.mark.parametrize("seed", [2.5, b"x", [1]])
def test_a_seed_is_a_number_or_a_string(seed):
    with pytest.raises(TypeError, match="seed"):
        mock_amplify(seed=seed)


def test_with_a_seed_urls_repeat_whatever_the_time_is():
    urls = []
    for moment in ("2026-01-02T03:04:05Z", "2026-01-02T03:59:10Z"):
        with freezegun.freeze_time(moment), mock_amplify(seed=1):
            made = answers()
            urls.append([made["deployment"]["zipUploadUrl"], made["logs"]["logUrl"], made["artifact"]["artifactUrl"]])
    assert urls[0] == urls[1]
