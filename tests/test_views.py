"""What the controller shows can be read like the resources themselves, and not be changed."""

from __future__ import annotations

import copy
import dataclasses
import gc
import json
import pprint
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amplify_mock import JobPlan, mock_amplify
from amplify_mock.controls.views import view
from amplify_mock.resources.apps import App
from amplify_mock.resources.backend import Backend
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.domain_associations import DomainAssociation
from amplify_mock.resources.jobs import Job
from amplify_mock.resources.quotas import Quotas
from amplify_mock.resources.webhooks import Webhook
from support.clients import client_of
from support.jobs import TEST_PHASE, deploy

READ_ONLY = "read-only. Change it through boto3's client, through amplify.add_app\\(\\) and the other builders"


@pytest.fixture
def amplify_client(amplify_mock):
    return client_of()


@pytest.fixture
def app(amplify_mock):
    """An app with one of everything."""
    app = amplify_mock.add_app(
        branches=["main", "dev"],
        build_spec=TEST_PHASE,
        repository="https://github.com/example/shop",
        environment_variables={"A": "1"},
        custom_rules=[{"source": "/a", "target": "/b"}],
        auto_branch_creation_config={"environmentVariables": {"B": "2"}},
    )
    amplify_mock.add_job(app.app_id)
    amplify_mock.add_domain_association(app.app_id, "example.com")
    amplify_mock.add_webhook(app.app_id, "main")
    amplify_mock.add_backend_environment(app.app_id, "dev")
    return app


def jobs(app):
    return app.branches["main"].jobs


# Reading


def test_a_view_is_what_it_shows(amplify_mock, app):
    (webhook,) = app.webhooks.values()
    shown = [amplify_mock.backend(), app, app.branches["main"], jobs(app)["1"], webhook]
    shown.append(app.domain_associations["example.com"])
    for each, kind in zip(shown, [Backend, App, Branch, Job, Webhook, DomainAssociation], strict=True):
        assert isinstance(each, kind)
        assert each.__class__ is kind
        assert repr(each).startswith(f"{kind.__name__}(")
    assert isinstance(app.branches, dict)
    assert isinstance(app.custom_rules, list)
    match app:
        case App(name=name):
            assert name == "shop"


def test_views_of_the_same_are_the_same(amplify_mock, app):
    again = amplify_mock.backend().apps[app.app_id]
    assert again == app
    assert again is app
    assert app.branches == again.branches
    assert {app: "found"}[again] == "found"
    assert app in amplify_mock.backend().apps.values()
    other = amplify_mock.add_app()
    assert other not in [app]
    assert app.branches != other.branches
    assert amplify_mock.apps == {app.app_id: app, other.app_id: other}
    assert amplify_mock.backends() == [amplify_mock.backend()]


def test_views_that_nobody_holds_are_not_kept(amplify_mock):
    from amplify_mock.controls import views

    amplify_mock.add_app()
    gc.collect()
    before = len(views._views)
    shown = list(amplify_mock.apps.values())
    assert len(views._views) == before + 1
    del shown
    gc.collect()
    assert len(views._views) == before


def test_a_view_shows_how_things_are_now(amplify_mock, amplify_client, app):
    branches, main = app.branches, app.branches["main"]
    amplify_client.create_branch(appId=app.app_id, branchName="new")
    amplify_client.update_app(appId=app.app_id, name="renamed")
    amplify_client.update_branch(appId=app.app_id, branchName="main", environmentVariables={"C": "3"})
    assert (app.name, list(branches), main.environment_variables) == ("renamed", ["main", "dev", "new"], {"C": "3"})


def test_the_backend_shows_what_was_restored(amplify_mock, app):
    backend = amplify_mock.backend()
    saved = amplify_mock.snapshot()
    amplify_mock.add_app("later")
    amplify_mock.restore(saved)
    assert [each.name for each in backend.apps.values()] == ["shop"]
    amplify_mock.reset()
    assert backend.apps == amplify_mock.apps == {}


def test_all_apps_are_found_by_their_ids(amplify_mock):
    here = amplify_mock.add_app()
    there = amplify_mock.add_app(region_name="eu-west-1", account_id="111122223333")
    assert list(amplify_mock.apps) == [here.app_id, there.app_id]
    assert amplify_mock.apps[there.app_id] == there
    with pytest.raises(KeyError):
        amplify_mock.apps["dx"]


def test_mappings_read_like_dicts(app):
    branches = app.branches
    main, dev = branches["main"], branches["dev"]
    assert (len(branches), list(branches), list(reversed(branches))) == (2, ["main", "dev"], ["dev", "main"])
    assert (list(branches.keys()), list(branches.values())) == (["main", "dev"], [main, dev])
    assert list(branches.items()) == [("main", main), ("dev", dev)]
    assert "main" in branches
    assert "x" not in branches
    assert (branches.get("x"), branches.get("main")) == (None, main)
    assert branches == {"main": main, "dev": dev} == branches
    assert {**branches} == dict(branches) == branches.copy() == branches
    assert (branches | {"x": 1}, {"x": 1} | branches) == ({**branches, "x": 1}, {"x": 1, **branches})
    assert json.dumps(app.environment_variables) == '{"A": "1"}'
    assert str(app.tags) == "{}"
    with pytest.raises(KeyError):
        branches["x"]
    with pytest.raises(TypeError, match="unhashable"):
        hash(branches)


def test_lists_read_like_lists(app):
    rules = app.custom_rules
    assert rules == [{"source": "/a", "target": "/b"}]
    assert json.dumps(rules) == '[{"source": "/a", "target": "/b"}]'
    assert rules[0]["source"] == "/a"
    assert [*rules, 1] == [{"source": "/a", "target": "/b"}, 1]
    assert app.branches["main"].newest_first() == [jobs(app)["1"]]


def test_steps_and_subdomains_are_shown_whole(app):
    steps = jobs(app)["1"].steps
    assert [step.step_name for step in steps] == ["BUILD", "TEST", "DEPLOY", "VERIFY"]
    assert jobs(app)["1"].progress().steps == steps
    (sub_domain,) = app.domain_associations["example.com"].sub_domains
    assert sub_domain.sub_domain_setting == {"prefix": "www", "branch_name": "main"}


def test_methods_that_only_read_can_be_called(amplify_mock, app):
    backend = amplify_mock.backend()
    assert backend.app(app.app_id) == app
    assert app.branch("main").job("0001") == jobs(app)["1"]
    assert app.domain("example.com").hosts_of("main") == ["www.example.com"]
    (webhook_id,) = app.webhooks
    assert backend.webhook(webhook_id) == (app, app.webhooks[webhook_id])
    job = jobs(app)["1"]
    assert job.summary(progress=job.progress())["status"] == "SUCCEED"
    assert str(job) == "job 1 of branch main"


def test_what_cannot_change_is_shown_as_it_is(app):
    assert app.quotas == Quotas()
    assert jobs(app)["1"].plan == JobPlan()
    assert [each.number for each in jobs(app)["1"].artifacts] == [1, 2]


def test_uploads_are_shown(amplify_mock, amplify_client):
    app = amplify_mock.add_app(branches=["main"])
    opened = amplify_client.create_deployment(appId=app.app_id, branchName="main")
    job = jobs(app)[opened["jobId"]]
    assert job.uploads == {}
    ((deployment, name),) = amplify_mock.backend().uploads.values()
    assert (deployment, name) == (job.deployment, "artifacts.zip")
    with pytest.raises(AttributeError, match=READ_ONLY):
        deployment.deadline = None


def test_handles_show_their_resource(amplify_mock, app):
    job = amplify_mock.job(app.app_id, "main").resource
    domain = amplify_mock.domain_association(app.app_id, "example.com").resource
    assert (job, domain) == (jobs(app)["1"], app.domain_associations["example.com"])
    with pytest.raises(AttributeError, match=READ_ONLY):
        job.commit_id = "x"
    with pytest.raises(AttributeError, match=READ_ONLY):
        domain.tags = {}


def test_notebooks_are_told_what_there_is_to_see(amplify_mock, app):
    names = dir(app)
    assert names == sorted(set(names))
    assert {"name", "branches", "default_domain", "production_branch", "branch"} <= set(names)
    assert not {"clock", "update", "configure", "add_branch", "_children_made"} & set(names)
    for each in (app, amplify_mock.backend(), app.branches["main"], jobs(app)["1"], *app.domain_associations.values()):
        for name in dir(each):
            getattr(each, name)


def test_whoever_looks_for_a_dataclass_finds_one(app):
    assert dataclasses.is_dataclass(app)
    assert {each.name for each in dataclasses.fields(app)} < set(dir(app))
    whole = dataclasses.asdict(app)
    assert whole["branches"]["main"]["jobs"]["1"]["job_type"] == "RELEASE"
    assert type(whole["branches"]) is dict
    assert pprint.pformat(app) == repr(app)


# Copies


def test_a_copy_keeps_how_things_were(amplify_mock, amplify_client, app):
    before = copy.deepcopy(amplify_mock.backend())
    amplify_client.update_app(appId=app.app_id, name="renamed")
    amplify_client.delete_branch(appId=app.app_id, branchName="dev")
    assert before.apps[app.app_id].name == "shop"
    assert list(before.apps[app.app_id].branches) == ["main", "dev"]
    with pytest.raises(AttributeError, match=READ_ONLY):
        before.apps[app.app_id].name = "x"
    shallow = copy.copy(app)
    assert (shallow.name, shallow == app) == ("renamed", False)


def test_copies_of_mappings_and_lists_are_free(app):
    for copied in (copy.copy(app.environment_variables), copy.deepcopy(app.environment_variables)):
        copied["B"] = "2"
        assert (type(copied), copied) == (dict, {"A": "1", "B": "2"})
    for copied in (copy.copy(app.custom_rules), copy.deepcopy(app.custom_rules)):
        copied.append(1)
        assert (type(copied), len(copied)) == (list, 2)
    assert (app.environment_variables, len(app.custom_rules)) == ({"A": "1"}, 1)
    assert list(copy.deepcopy(app.branches)) == ["main", "dev"]


# Refusals


def test_attributes_cannot_be_set(amplify_mock, app):
    for resource, name in [
        (amplify_mock.backend(), "apps"),
        (app, "name"),
        (app, "brand_new"),
        (app.branches["main"], "stage"),
        (jobs(app)["1"], "status"),
    ]:
        with pytest.raises(AttributeError, match=rf"\.{name} cannot be set: .*{READ_ONLY}"):
            setattr(resource, name, None)
        with pytest.raises(AttributeError, match=rf"{name} cannot be deleted: .*{READ_ONLY}"):
            delattr(resource, name)


MAPPING_CHANGES = {
    "set": lambda each: each.__setitem__("x", 1),
    "delete": lambda each: each.__delitem__("x"),
    "clear": lambda each: each.clear(),
    "pop": lambda each: each.pop("x", None),
    "popitem": lambda each: each.popitem(),
    "setdefault": lambda each: each.setdefault("x", 1),
    "update": lambda each: each.update(x=1),
    "in place": lambda each: each.__ior__({"x": 1}),
}


@pytest.mark.parametrize("change", MAPPING_CHANGES.values(), ids=MAPPING_CHANGES)
def test_mappings_cannot_be_changed(amplify_mock, app, change):
    config = app.auto_branch_creation_config
    mappings = [app.branches, app.environment_variables, app.custom_rules[0], config["environment_variables"]]
    for each in [*mappings, amplify_mock.apps, amplify_mock.backend().apps, jobs(app)]:
        with pytest.raises(TypeError, match=rf"the items cannot be changed: .*{READ_ONLY}"):
            change(each)
    assert app.environment_variables == {"A": "1"}


LIST_CHANGES = {
    "set": lambda each: each.__setitem__(0, 1),
    "delete": lambda each: each.__delitem__(0),
    "append": lambda each: each.append(1),
    "extend": lambda each: each.extend([1]),
    "insert": lambda each: each.insert(0, 1),
    "pop": lambda each: each.pop(),
    "remove": lambda each: each.remove({}),
    "clear": lambda each: each.clear(),
    "sort": lambda each: each.sort(key=str),
    "reverse": lambda each: each.reverse(),
    "add": lambda each: each.__iadd__([1]),
    "multiply": lambda each: each.__imul__(2),
}


@pytest.mark.parametrize("change", LIST_CHANGES.values(), ids=LIST_CHANGES)
def test_lists_cannot_be_changed(amplify_mock, app, change):
    for each in (app.custom_rules, jobs(app)["1"].steps, amplify_mock.load({"apps": []})):
        with pytest.raises(TypeError, match=rf"the list cannot be changed: .*{READ_ONLY}"):
            change(each)
    assert app.custom_rules == [{"source": "/a", "target": "/b"}]


@pytest.mark.parametrize(
    "name", ["update", "configure", "add_branch", "delete_branch", "clock", "_children_made", "next_number"]
)
def test_what_could_change_an_app_is_out_of_reach(app, name):
    with pytest.raises(AttributeError, match=rf"App\.{name} cannot be used here: .*{READ_ONLY}"):
        getattr(app, name)


@pytest.mark.parametrize("name", ["random", "presigner", "plans", "everywhere", "create_app", "delete_app"])
def test_what_could_change_a_backend_is_out_of_reach(amplify_mock, name):
    with pytest.raises(AttributeError, match=rf"Backend\.{name} cannot be used here"):
        getattr(amplify_mock.backend(), name)


def test_a_name_that_there_is_not_is_told_as_always(app):
    with pytest.raises(AttributeError, match=r"^there is no App\.nmae$"):
        _ = app.nmae
    assert not hasattr(app, "nmae")


def test_what_is_no_part_of_the_state_has_no_view():
    with pytest.raises(TypeError, match="object is no part of the state"):
        view(object(), nullcontext())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["SUCCEED", "FAILED", "CANCELLED"]), max_size=3), st.data())
def test_nothing_that_can_be_reached_can_be_changed(history, data):
    """Walk from the backend to wherever reading leads, and try to change what is there."""
    with mock_amplify() as amplify:
        app = amplify.add_app(branches=["main"], custom_rules=[{"source": "/a", "target": "/b"}], tags={"a": "b"})
        for status in history:
            amplify.add_job(app.app_id, status=status)
        deploy(client_of(), {"appId": app.app_id, "branchName": "main"})
        amplify.add_domain_association(app.app_id, "example.com")
        here = amplify.backend()
        for _ in range(8):
            if isinstance(here, dict):
                with pytest.raises(TypeError, match=READ_ONLY):
                    here["new"] = 1
                following = list(here.values())
            elif isinstance(here, list):
                with pytest.raises(TypeError, match=READ_ONLY):
                    here.append(1)
                following = list(here)
            elif isinstance(here, tuple):
                following = list(here)
            elif dataclasses.is_dataclass(here) and not here.__dataclass_params__.frozen:
                name = data.draw(st.sampled_from([each for each in dir(here) if not callable(getattr(here, each))]))
                with pytest.raises(AttributeError, match=READ_ONLY):
                    setattr(here, name, None)
                following = [getattr(here, name)]
            else:
                following = []
            if not following:
                break
            here = data.draw(st.sampled_from(following))
