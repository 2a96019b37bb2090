"""A webhook of an app: a URL that starts a build of one branch."""

from __future__ import annotations

import datetime
import string
import uuid
from dataclasses import dataclass, field
from random import Random

from .fixed import nothing

_TOKEN_LENGTH = 42


@dataclass(slots=True, eq=False)
class Webhook:
    """An incoming webhook. Its URL holds a token, so it does not show in ``repr``."""

    number: int
    webhook_arn: str
    webhook_id: str
    webhook_url: str = field(repr=False)
    app_id: str
    branch_name: str
    description: str | None
    create_time: datetime.datetime
    update_time: datetime.datetime
    tags: dict[str, str] = field(default_factory=nothing)

    @classmethod
    def made(
        cls,
        number: int,
        *,
        app_arn: str,
        app_id: str,
        branch_name: str,
        description: str | None,
        now: datetime.datetime,
        random: Random,
        webhook_id: str | None = None,
    ) -> Webhook:
        """Return a new webhook with a URL in the recorded form."""
        webhook_id = webhook_id or str(uuid.UUID(int=random.getrandbits(128), version=4))
        region = app_arn.split(":")[3]
        token = "".join(random.choices(string.ascii_letters + string.digits, k=_TOKEN_LENGTH))
        return cls(
            number=number,
            webhook_arn=f"{app_arn}/webhooks/{webhook_id}",
            webhook_id=webhook_id,
            webhook_url=f"https://webhooks.amplify.{region}.amazonaws.com/prod/webhooks?id={webhook_id}&token={token}",
            app_id=app_id,
            branch_name=branch_name,
            description=description,
            create_time=now,
            update_time=now,
        )
