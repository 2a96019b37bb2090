"""Every answer, as boto3 gives it, is of the type that the stubs of boto3 give it."""

from __future__ import annotations

import functools
import typing
from typing import Any, Literal

import pytest
from botocore import xform_name

from amplify_mock import mock_amplify
from amplify_mock.fidelity import LENIENT_MEMBERS, LENIENT_VALUES
from support.clients import client_of
from support.every_operation import PLANS, ask_everything
from support.model import MODEL

pytest.importorskip("types_boto3_amplify")

import typing_extensions
from types_boto3_amplify.client import AmplifyClient
from types_boto3_amplify.literals import StageType
from types_boto3_amplify.type_defs import GetAppResultTypeDef, GetJobResultTypeDef

# The checker


@functools.cache
def members(kind):
    """Return the types of a TypedDict's members, and which of them have to be there."""
    kinds = typing_extensions.get_type_hints(kind, include_extras=True)
    required = {
        name for name, each in kinds.items() if typing_extensions.get_origin(each) is not typing_extensions.NotRequired
    }
    return typing_extensions.get_type_hints(kind), required


def misfits(kind, value, path=""):
    """Yield what keeps a value from being of a type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if typing_extensions.is_typeddict(kind):
        yield from misfits_of_structure(kind, value, path)
    elif origin is Literal:
        if value not in arguments and not (kind == StageType and value in LENIENT_VALUES["Stage"]):
            yield f"{path} is {value!r}, which is none of {arguments}"
    elif type(value) is not (origin or kind):
        yield f"{path} is {value!r}, which is no {(origin or kind).__name__}"
    elif origin is list:
        for number, each in enumerate(value):
            yield from misfits(arguments[0], each, f"{path}[{number}]")
    elif origin is dict and arguments != (str, Any):
        for key, each in value.items():
            yield from misfits(arguments[0], key, f"{path} key")
            yield from misfits(arguments[1], each, f"{path}[{key!r}]")


def misfits_of_structure(kind, value, path):
    if type(value) is not dict:
        yield f"{path} is {value!r}, which is no structure"
        return
    kinds, required = members(kind)
    # The installed model may be older than the stubs, and not have all that they have.
    for name in required - value.keys():
        if (kind.__name__.removesuffix("TypeDef"), name) not in LENIENT_MEMBERS:
            yield f"{path}.{name} is missing"
    for name, member in value.items():
        if name in kinds:
            yield from misfits(kinds[name], member, f"{path}.{name}")
        else:
            yield f"{path}.{name} is unknown"


@functools.cache
def answers(fidelity, plan):
    """Return what boto3 gives for calls of every operation, as ``(operation, answer)``."""
    found = []

    def keep(model, parsed, **_):
        found.append((model.name, parsed))

    client = client_of()
    client.meta.events.register("after-call.amplify", keep)
    try:
        with mock_amplify(isolated=True, fidelity=fidelity, domain_plan=PLANS[plan]):
            ask_everything(client)
    finally:
        client.meta.events.unregister("after-call.amplify", keep)
    return found


def kind_of(operation):
    """Return the type that the stubs give to the answer of an operation."""
    return typing_extensions.get_type_hints(getattr(AmplifyClient, xform_name(operation)))["return"]


def of_get_app():
    return next(answer for operation, answer in answers("model", "available") if operation == "GetApp")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, ".app.name is None, which is no str"),
        ({"platform": "MOBILE"}, "none of"),
        ({"shoeSize": 43}, ".app.shoeSize is unknown"),
        ({"enableBasicAuth": 1}, "no bool"),
        ({"createTime": "2024-02-08"}, "no datetime"),
        ({"customRules": [{"source": "a"}]}, ".app.customRules[0].target is missing"),
        ({"customRules": {}}, "no list"),
        ({"tags": {"a": 1}}, ".app.tags['a'] is 1"),
        ({"tags": {1: "a"}}, "key is 1"),
        ({"jobConfig": "x"}, "no structure"),
    ],
)
def test_the_checker_finds_what_does_not_fit(change, problem):
    answer = of_get_app()
    assert list(misfits(GetAppResultTypeDef, answer)) == []
    (found,) = misfits(GetAppResultTypeDef, {**answer, "app": {**answer["app"], **change}})
    assert problem in found


def test_the_checker_finds_what_is_missing():
    (found,) = misfits(GetJobResultTypeDef, {"ResponseMetadata": of_get_app()["ResponseMetadata"]})
    assert found == ".job is missing"


# Answers


@pytest.mark.parametrize("plan", PLANS)
def test_every_answer_fits_the_stubs(plan):
    found = answers("model", plan)
    assert {operation for operation, _ in found} == set(MODEL.operation_names)
    assert [problem for operation, answer in found for problem in misfits(kind_of(operation), answer, operation)] == []


def test_recorded_answers_fit_the_stubs_but_for_what_they_leave_out():
    found = answers("recorded", "available")
    problems = [problem for operation, answer in found for problem in misfits(kind_of(operation), answer, operation)]
    assert problems
    assert [problem for problem in problems if not problem.endswith(" is missing")] == []
