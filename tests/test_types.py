"""What the types of the package say is what happens: words are those of the service model, settings those of Python."""

from __future__ import annotations

import datetime
import typing

import pytest

from amplify_mock.clock import Units
from amplify_mock.fidelity import LENIENT_VALUES
from amplify_mock.resources import literals
from amplify_mock.resources.quotas import GivenQuotas, Quotas
from amplify_mock.settings import GivenSettings, Settings
from support.model import MODEL, NEWER

ALIASES = {
    "JobStatus": literals.JobStatus,
    "JobType": literals.JobType,
    "SourceUrlType": literals.SourceUrlType,
    "Platform": literals.Platform,
    "Stage": literals.BranchStage,
    "DomainStatus": literals.DomainStatus,
    "UpdateStatus": literals.UpdateStatus,
}


# Older service models do not have all of them.
@pytest.mark.parametrize("shape", [name for name in ALIASES if name in MODEL.shape_names])
def test_the_words_are_those_of_the_service_model(shape):
    words = set(typing.get_args(ALIASES[shape])) - set(LENIENT_VALUES.get(shape, ()))
    newer = {word for word in words if word in NEWER}
    assert words - newer <= set(MODEL.shape_for(shape).enum) <= words


def test_settings_are_the_same_for_type_checkers_as_for_python():
    assert GivenSettings.__annotations__.keys() == set(Settings.names())
    assert typing.get_type_hints(GivenSettings) == typing.get_type_hints(Settings)


def test_quotas_are_the_same_for_type_checkers_as_for_python():
    assert GivenQuotas.__annotations__.keys() == Quotas.__dataclass_fields__.keys()


def test_the_clock_takes_the_keywords_that_type_checkers_know(amplify_mock):
    for unit in Units.__annotations__:
        before = amplify_mock.clock.passed
        amplify_mock.clock.advance(**{unit: 5000})
        assert amplify_mock.clock.passed - before == datetime.timedelta(**{unit: 5000})
