"""The service model of the installed botocore, and what older ones lack."""

import botocore
import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel

RAW_MODEL = create_loader().load_service_model("amplify", "service-2")
MODEL = ServiceModel(RAW_MODEL, "amplify")

# Members and values that came after botocore 1.35.0. What is not here has to be in every model.
NEWER = {
    "CREATED",
    "cacheConfig",
    "computeRoleArn",
    "enableSkewProtection",
    "jobConfig",
    "sourceUrl",
    "sourceUrlType",
    "wafConfiguration",
    "webhookCreateTime",
}


def knows(name):
    """Say whether the installed model has a member or a value: ``"App.jobConfig"``, ``"JobStatus.CREATED"``."""
    shape_name, _, part = name.partition(".")
    shape = MODEL.shape_for(shape_name)
    known = part in (shape.enum if shape.type_name == "string" else shape.members)
    assert known or part in NEWER, f"no botocore is known to lack {name}"
    return known


def needs(*names):
    """Skip a test where botocore is too old for it. The names are those of ``knows``."""
    lacking = ", ".join(name for name in names if not knows(name))
    return pytest.mark.skipif(bool(lacking), reason=f"botocore {botocore.__version__} has no {lacking}")


def known(shape, members):
    """Leave out the members that the installed model does not have in a structure yet."""
    return {name: value for name, value in members.items() if knows(f"{shape}.{name}")}
