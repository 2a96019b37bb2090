"""Whether moto's ``mock_aws`` is active, and which of its modules are there: none is ever imported from here."""

from __future__ import annotations

import sys
from typing import Any


def is_active() -> bool:
    """Say whether moto answers in this process just now."""
    models: Any = sys.modules.get("moto.core.models")
    # While moto is being imported, its module is there before what is in it.
    stubber = getattr(models, "botocore_stubber", None)
    return stubber is not None and bool(stubber.enabled)


def backends(module: str, name: str) -> Any:
    """Return the backends of one of moto's services by account; an empty dict while nobody has used the service."""
    return getattr(sys.modules.get(module), name, {}) if is_active() else {}
