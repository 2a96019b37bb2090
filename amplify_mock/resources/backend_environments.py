"""A backend environment of an app: a record that names a CloudFormation stack, which nobody creates."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field

from amplify_mock.exceptions import BadRequestException

from .fixed import nothing

_NAME = re.compile(r"[a-z0-9]{2,10}")


@dataclass(slots=True, eq=False)
class BackendEnvironment:
    """A backend environment (Amplify Gen 1)."""

    number: int
    backend_environment_arn: str
    environment_name: str
    stack_name: str | None
    deployment_artifacts: str | None
    create_time: datetime.datetime
    update_time: datetime.datetime
    tags: dict[str, str] = field(default_factory=nothing)

    @classmethod
    def made(
        cls,
        number: int,
        *,
        app_arn: str,
        app_name: str,
        name: str,
        stack_name: str | None,
        deployment_artifacts: str | None,
        now: datetime.datetime,
    ) -> BackendEnvironment:
        """Return a new environment; names that are not given are made of the app's, the environment's and the time.

        Raises:
            BadRequestException: when the name cannot be one.
        """
        if not _NAME.fullmatch(name):
            raise BadRequestException(
                f"Failed to create backend environment.The environment name {name} is invalid. "
                "Environment name should be between 2 and 10 characters (only lowercase alphabets)."
            )
        stem = f"{app_name[:12]}-{name}-{now:%H%M%S}"
        return cls(
            number=number,
            backend_environment_arn=f"{app_arn}/backendenvironments/{name}",
            environment_name=name,
            stack_name=stack_name or f"amplify-{stem}",
            deployment_artifacts=deployment_artifacts or f"{stem.lower()}-deployment",
            create_time=now,
            update_time=now,
        )
