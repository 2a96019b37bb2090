"""Targets of moto's EventBridge that events do not reach: the warnings, and who gets events all the same."""

from __future__ import annotations

import threading
import warnings

import pytest

from amplify_mock import mock_amplify
from support.other_mocks import moto_around, moto_inside
from support.rules import Queue, new_branch, put_rule, service, start

pytestmark = pytest.mark.usefixtures("no_default_session")

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:told"
MISSING = "arn:aws:sqs:us-east-1:123456789012:missing"


@pytest.fixture(params=[moto_around, moto_inside])
def amplify(request):
    with request.param() as amplify:
        yield amplify


@pytest.fixture
def queue(amplify):
    return Queue()


def warned_of(act):
    """Return the warnings that something brings about."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        act()
    return caught


@pytest.mark.usefixtures("amplify")
def test_a_kind_of_target_that_moto_does_not_serve_is_warned_of():
    put_rule(FUNCTION, name="failed-jobs")
    branch = new_branch()
    (warning,) = warned_of(lambda: start(branch))
    assert str(warning.message) == (
        f"moto does not deliver to lambda targets: no event of the rule failed-jobs reaches {FUNCTION}. "
        "A function given to amplify.on_event() hears of every event."
    )


@pytest.mark.usefixtures("amplify")
def test_a_target_that_fails_is_warned_of_with_the_reason():
    put_rule(MISSING)
    branch = new_branch()
    (warning,) = warned_of(lambda: start(branch))
    assert str(warning.message).startswith(
        f"moto could not deliver an event of the rule jobs to its target {MISSING}: QueueDoesNotExist: "
    )


@pytest.mark.usefixtures("amplify")
def test_another_bus_with_such_a_target_is_not_said_to_be_a_kind_that_moto_does_not_serve():
    events = put_rule("arn:aws:events:us-east-1:123456789012:event-bus/ours")
    events.create_event_bus(Name="ours")
    events.put_rule(Name="there", EventPattern='{"source": ["aws.amplify"]}', EventBusName="ours")
    events.put_targets(Rule="there", EventBusName="ours", Targets=[{"Id": "1", "Arn": FUNCTION}])
    branch = new_branch()
    (warning,) = warned_of(lambda: start(branch))
    assert "could not deliver an event of the rule jobs to its target" in str(warning.message)


@pytest.mark.parametrize("arn", [FUNCTION, MISSING])
def test_others_get_the_event_although_warnings_are_errors(amplify, queue, arn):
    told = []
    amplify.on_event(told.append)
    events = put_rule(arn, name="a")
    events.put_targets(Rule="a", Targets=[{"Id": "2", "Arn": queue.arn}])
    put_rule(queue.arn, name="b")
    branch = new_branch()
    # As everywhere in these tests, a warning is an error.
    with pytest.raises(UserWarning, match="A function given to"):
        start(branch)
    assert queue.read() == amplify.events * 2
    assert told == amplify.events


def test_each_target_is_warned_of_once(amplify):
    events = put_rule(FUNCTION)
    events.put_targets(Rule="jobs", Targets=[{"Id": "2", "Arn": MISSING}])
    put_rule(FUNCTION, name="again")
    branch = new_branch()
    assert len(warned_of(lambda: start(branch))) == 3
    assert warned_of(amplify.job(branch["appId"], "main").succeed) == []
    assert warned_of(lambda: start(branch)) == []


def test_a_new_mock_warns_anew(amplify):
    put_rule(FUNCTION)
    branch = new_branch()
    assert len(warned_of(lambda: start(branch))) == 1
    with mock_amplify(isolated=True):
        other = new_branch()
        assert len(warned_of(lambda: start(other))) == 1


@pytest.mark.usefixtures("amplify")
def test_a_warning_is_about_the_code_that_has_made_the_call():
    put_rule(FUNCTION)
    client, source = service("amplify"), {**new_branch(), "sourceUrl": "https://example.com/site.zip"}
    (warning,) = warned_of(lambda: client.start_deployment(**source))
    assert warning.filename == __file__


def test_a_warning_is_about_the_code_that_moves_a_job(amplify):
    branch = new_branch()
    start(branch)
    put_rule(FUNCTION)
    (warning,) = warned_of(lambda: amplify.job(branch["appId"], "main").succeed())
    assert warning.filename == __file__


@pytest.mark.usefixtures("amplify")
def test_a_warning_in_a_thread_of_nothing_but_a_call_is_one_too():
    branch = new_branch()
    put_rule(FUNCTION)
    client = service("amplify")
    call = {**branch, "sourceUrl": "https://example.com/site.zip"}

    def run():
        thread = threading.Thread(target=client.start_deployment, kwargs=call)
        thread.start()
        thread.join()

    (warning,) = warned_of(run)
    assert warning.filename == threading.__file__
