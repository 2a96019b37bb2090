"""The mock and the service model of the installed botocore: neither has anything that the other lacks."""

from __future__ import annotations

import pytest
from botocore import xform_name

from amplify_mock import fidelity, mock_amplify
from amplify_mock.operations import OPERATIONS
from amplify_mock.resources import (
    apps,
    artifacts,
    backend_environments,
    branches,
    domain_associations,
    steps,
    webhooks,
)
from support.model import MODEL
from support.world import World


@pytest.fixture(scope="module")
def made():
    with mock_amplify() as amplify:
        yield World(amplify)


@pytest.fixture
def world(made):
    with made.rolled_back():
        yield made


# Operations


def test_every_operation_has_a_function_and_every_function_an_operation():
    assert OPERATIONS.keys() == {xform_name(name) for name in MODEL.operation_names}


@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_every_operation_answers(world, operation):
    answer = world.make(xform_name(operation), **world.good_parameters(operation))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


# Members of outputs

RESOURCES = {
    "App": apps.App,
    "Branch": branches.Branch,
    "DomainAssociation": domain_associations.DomainAssociation,
    "SubDomain": domain_associations.SubDomain,
    "Webhook": webhooks.Webhook,
    "BackendEnvironment": backend_environments.BackendEnvironment,
    "Artifact": artifacts.Artifact,
    "Step": steps.Step,
}


@pytest.mark.parametrize("name", RESOURCES)
def test_every_member_of_a_resource_has_an_attribute(name):
    for member in MODEL.shape_for(name).members:
        assert hasattr(RESOURCES[name], xform_name(member)), f"{name}.{member}"


def test_every_member_of_a_job_summary_is_written(world):
    job = world.amplify.backend().apps[world.names["appId"]].branches["main"].jobs["1"]
    written = job.summary(job.progress()).keys()
    assert {xform_name(member) for member in MODEL.shape_for("JobSummary").members} <= written


# The tables of fidelity.py


def test_the_exceptions_name_shapes_and_members_of_the_model():
    for shape in fidelity.LENIENT_VALUES:
        assert shape in MODEL.shape_names
    for structure, member in (*fidelity.LENIENT_MEMBERS, *fidelity.STAND_INS):
        assert member in MODEL.shape_for(structure).required_members


def test_the_recorded_contract_names_operations_structures_and_members_of_the_model():
    tables = [fidelity._EVERYWHERE, *fidelity._BY_OPERATION.values()]
    assert set(MODEL.operation_names) >= fidelity._BY_OPERATION.keys()
    for structure, seen in [item for table in tables for item in table.items()]:
        members = MODEL.shape_for(structure).members
        newer = {"cacheConfig", "jobConfig", "enableSkewProtection", "webhookCreateTime", "sourceUrlType", "sourceUrl"}
        named = seen.empty | seen.never | seen.not_false | set(seen.read_from)
        assert named - newer <= members.keys()
