"""Events of jobs in moto's EventBridge: which rules they match, and what their targets get."""

from __future__ import annotations

import json

import boto3
import pytest
import time_machine
from moto import mock_aws

from amplify_mock import JobPlan, mock_amplify
from support.other_mocks import moto_around, moto_inside
from support.rules import OF_AMPLIFY, Queue, new_branch, put_rule, service, start
from support.sites import zipped

pytestmark = pytest.mark.usefixtures("no_default_session")


@pytest.fixture(params=[moto_around, moto_inside])
def amplify(request):
    with request.param() as amplify:
        yield amplify


@pytest.fixture
def queue(amplify):
    return Queue()


# What a target gets


def test_a_queue_gets_the_event_as_it_is(amplify, queue):
    put_rule(queue.arn)
    start(new_branch())
    assert queue.read() == amplify.events


def test_a_log_group_gets_the_event_as_it_is(amplify):
    logs = service("logs")
    logs.create_log_group(logGroupName="/aws/events/jobs")
    put_rule("arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/jobs")
    start(new_branch())
    (stream,) = logs.describe_log_streams(logGroupName="/aws/events/jobs")["logStreams"]
    named = {"logGroupName": "/aws/events/jobs", "logStreamName": stream["logStreamName"]}
    (entry,) = logs.get_log_events(**named)["events"]
    assert json.loads(entry["message"]) == amplify.events[0]


def test_another_bus_gets_the_event(amplify, queue):
    events = put_rule("arn:aws:events:us-east-1:123456789012:event-bus/ours")
    events.create_event_bus(Name="ours")
    events.put_rule(Name="there", EventPattern=json.dumps(OF_AMPLIFY), EventBusName="ours")
    events.put_targets(Rule="there", EventBusName="ours", Targets=[{"Id": "1", "Arn": queue.arn}])
    start(new_branch())
    (told,) = queue.read()
    assert told["detail"] == amplify.events[0]["detail"]


def test_an_input_transformer_decides_what_the_target_gets(amplify, queue):
    paths = {"branch": "$.detail.branchName", "status": "$.detail.jobStatus", "time": "$.time"}
    form = '{"branch": "<branch>", "status": "<status>", "time": <time>}'
    put_rule(queue.arn, InputTransformer={"InputPathsMap": paths, "InputTemplate": form})
    start(new_branch())
    assert queue.read() == [{"branch": "main", "status": "STARTED", "time": amplify.events[0]["time"]}]


def test_an_input_transformer_may_leave_the_time_out(amplify, queue):
    logs = service("logs")
    logs.create_log_group(logGroupName="/aws/events/jobs")
    told = {"InputPathsMap": {"status": "$.detail.jobStatus"}, "InputTemplate": '{"status": "<status>"}'}
    put_rule(queue.arn, InputTransformer=told)
    put_rule("arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/jobs", name="logged", InputTransformer=told)
    start(new_branch())
    assert queue.read() == [{"status": "STARTED"}]
    (entry,) = logs.filter_log_events(logGroupName="/aws/events/jobs")["events"]
    assert json.loads(entry["message"]) == {"status": "STARTED"}


def test_each_job_is_told_when_it_starts_and_when_it_has_ended(amplify, queue):
    put_rule(queue.arn)
    branch = new_branch()
    start(branch)
    assert queue.statuses() == ["STARTED"]
    amplify.job(branch["appId"], "main").fail("DEPLOY")
    assert queue.statuses() == ["FAILED"]
    for _ in range(3):
        service("amplify").list_jobs(**branch)
    assert queue.statuses() == []


def test_listeners_hear_as_well(amplify, queue):
    told = []
    amplify.on_event(told.append)
    put_rule(queue.arn)
    start(new_branch())
    assert told == queue.read() == amplify.events


# Which rules


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ({"detail-type": ["Amplify Deployment Status Change"]}, ["STARTED", "SUCCEED"]),
        ({**OF_AMPLIFY, "detail": {"jobStatus": ["SUCCEED", "FAILED"]}}, ["SUCCEED"]),
        ({**OF_AMPLIFY, "detail": {"branchName": [{"prefix": "ma"}]}}, ["STARTED", "SUCCEED"]),
        ({**OF_AMPLIFY, "detail": {"branchName": ["dev"]}}, []),
        ({"detail": {"jobStatus": [{"anything-but": "STARTED"}]}}, ["SUCCEED"]),
        ({"detail": {"jobStatus": [{"anything-but": {"prefix": "ST"}}]}}, ["SUCCEED"]),
        ({"detail": {"jobStatus": [{"suffix": "TED"}]}}, ["STARTED"]),
        ({"detail": {"jobStatus": [{"equals-ignore-case": "succeed"}]}}, ["SUCCEED"]),
        ({"detail": {"branchName": [{"wildcard": "m*n"}]}}, ["STARTED", "SUCCEED"]),
        ({"detail": {"appId": [{"exists": True}], "error": [{"exists": False}]}}, ["STARTED", "SUCCEED"]),
        ({"$or": [{"source": ["aws.codebuild"]}, {"detail": {"jobStatus": ["SUCCEED"]}}]}, ["SUCCEED"]),
        ({"account": ["111122223333"]}, []),
        ({"source": ["aws.codebuild"]}, []),
    ],
)
def test_a_pattern_chooses(amplify, queue, pattern, found):
    put_rule(queue.arn, pattern)
    branch = new_branch()
    start(branch)
    amplify.job(branch["appId"], "main").succeed()
    assert queue.statuses() == found


def test_a_pattern_may_ask_for_one_app(queue):
    branch, other = new_branch(), new_branch()
    put_rule(queue.arn, {"detail": {"appId": [branch["appId"]]}})
    start(other)
    start(branch)
    assert [each["detail"]["appId"] for each in queue.read()] == [branch["appId"]]


def test_a_disabled_rule_matches_nothing(queue):
    put_rule(queue.arn).disable_rule(Name="jobs")
    start(new_branch())
    assert queue.read() == []


def test_a_rule_on_a_schedule_matches_nothing(queue):
    events = service("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": queue.arn}])
    start(new_branch())
    assert queue.read() == []


def test_a_rule_on_another_bus_matches_nothing(queue):
    events = service("events")
    events.create_event_bus(Name="ours")
    events.put_rule(Name="there", EventPattern=json.dumps(OF_AMPLIFY), EventBusName="ours")
    events.put_targets(Rule="there", EventBusName="ours", Targets=[{"Id": "1", "Arn": queue.arn}])
    start(new_branch())
    assert queue.read() == []


def test_rules_are_those_of_the_region(queue):
    other = Queue(region="eu-west-1")
    put_rule(queue.arn)
    put_rule(other.arn, region="eu-west-1")
    start(new_branch("eu-west-1"), "eu-west-1")
    assert (queue.read(), [each["region"] for each in other.read()]) == ([], ["eu-west-1"])


def test_rules_are_those_of_the_account(queue):
    put_rule(queue.arn)
    of_another = boto3.client("amplify", "us-east-1", aws_access_key_id="111122223333", aws_secret_access_key="s")
    app_id = of_another.create_app(name="shop")["app"]["appId"]
    of_another.create_branch(appId=app_id, branchName="main")
    of_another.start_deployment(appId=app_id, branchName="main", sourceUrl="https://example.com/site.zip")
    assert queue.read() == []


def test_several_rules_and_targets_each_get_it(amplify, queue):
    other = Queue("other")
    events = put_rule(queue.arn)
    put_rule(queue.arn, name="again")
    events.put_targets(Rule="jobs", Targets=[{"Id": "2", "Arn": other.arn}])
    start(new_branch())
    assert queue.read() == amplify.events * 2
    assert other.read() == amplify.events


# When


def test_a_rule_may_come_after_the_job_has_started(amplify, queue):
    branch = new_branch()
    start(branch)
    put_rule(queue.arn)
    amplify.job(branch["appId"], "main").succeed()
    assert queue.statuses() == ["SUCCEED"]


def test_advancing_the_clock_tells_of_what_falls_due(amplify, queue):
    put_rule(queue.arn)
    start(new_branch())
    amplify.clock.advance(minutes=10)
    assert queue.statuses() == ["STARTED", "SUCCEED"]


def test_who_only_reads_the_queue_gets_what_fell_due_by_the_clock():
    with (
        time_machine.travel(1_700_000_000, tick=False) as clock,
        mock_aws(),
        mock_amplify(plan=JobPlan(progress="clock")),
    ):
        queue = Queue()
        put_rule(queue.arn)
        start(new_branch())
        assert queue.statuses() == ["STARTED"]
        clock.shift(600)
        assert queue.statuses() == ["SUCCEED"]


def test_what_was_put_in_place_is_no_event(amplify, queue):
    put_rule(queue.arn)
    app_id = amplify.add_app("shop", branches=["main"]).app_id
    amplify.add_job(app_id, "main", status="SUCCEED")
    assert queue.read() == []
    amplify.add_job(app_id, "main", status="RUNNING")
    assert queue.read() == []
    amplify.job(app_id, "main", "2").succeed()
    assert queue.statuses() == ["SUCCEED"]


def test_restored_state_is_no_event(amplify, queue):
    put_rule(queue.arn)
    branch = new_branch()
    start(branch)
    snapshot = amplify.snapshot()
    amplify.job(branch["appId"], "main").succeed()
    assert queue.statuses() == ["STARTED", "SUCCEED"]
    amplify.restore(snapshot)
    assert queue.read() == []
    amplify.job(branch["appId"], "main").fail("DEPLOY")
    assert queue.statuses() == ["FAILED"]


def test_a_reset_mock_goes_on_telling(amplify, queue):
    put_rule(queue.arn)
    amplify.reset()
    start(new_branch())
    assert queue.statuses() == ["STARTED"]


def test_moto_hears_nothing_of_what_happened_before_it_began():
    with mock_amplify() as amplify:
        branch = new_branch()
        start(branch)
        amplify.clock.advance(minutes=10)
        with mock_aws():
            queue = Queue()
            put_rule(queue.arn)
            service("amplify").list_apps()
            assert queue.read() == []
            start(branch)
            assert queue.statuses() == ["STARTED"]


def test_listeners_miss_nothing_while_moto_comes_and_goes():
    told = []
    with mock_amplify() as amplify:
        amplify.on_event(lambda event: told.append(event["detail"]["jobStatus"]))
        branch = new_branch()
        start(branch)
        with mock_aws():
            amplify.job(branch["appId"], "main").succeed()
        start(branch)
    assert told == ["STARTED", "SUCCEED", "STARTED"]


def test_moto_that_begins_again_hears_only_of_what_is_new():
    with mock_amplify() as amplify:
        branch = new_branch()
        with mock_aws():
            service("sqs").list_queues()
            start(branch)
        amplify.job(branch["appId"], "main").succeed()
        with mock_aws():
            queue = Queue()
            put_rule(queue.arn)
            start(branch)
            assert queue.statuses() == ["STARTED"]


def test_nested_mocks_tell_once(amplify, queue):
    put_rule(queue.arn)
    with mock_amplify(), mock_aws():
        start(new_branch())
    assert queue.statuses() == ["STARTED"]


def test_an_isolated_mock_tells_of_its_own_jobs(queue):
    put_rule(queue.arn)
    with mock_amplify(isolated=True) as inner:
        start(new_branch())
        assert queue.read() == inner.events


def test_a_source_in_s3_is_read_before_anything_is_told(amplify, queue):
    s3 = service("s3")
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="site.zip", Body=zipped({"index.html": b"Hats"}))
    put_rule(queue.arn)
    told = []

    @amplify.on_event
    def listen(event):
        told.append(service("amplify").get_job(**branch, jobId=event["detail"]["jobId"])["job"]["summary"]["status"])

    branch = new_branch()
    service("amplify").start_deployment(**branch, sourceUrl="s3://site/site.zip")
    assert len(told) == len(queue.read()) == 1


def test_a_listener_may_start_a_deployment_from_s3(amplify, queue):
    s3 = service("s3")
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="site.zip", Body=zipped({"index.html": b"Hats"}))
    branch, other = new_branch(), new_branch()
    told = []

    @amplify.on_event
    def listen(event):
        told.append(event["detail"]["appId"])
        if len(told) == 1:
            service("amplify").start_deployment(**other, sourceUrl="s3://site/site.zip")
            told.append("started")

    put_rule(queue.arn)
    start(branch)
    assert told == [branch["appId"], "started", other["appId"]]
    assert len(queue.read()) == 2
