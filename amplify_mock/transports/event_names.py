"""Let clients that are made inside a mock share what botocore makes of the names of their events.

Each client works out anew by which of some eighty aliases each name goes. In a test with a client of its own that
takes a fourth of the time.
"""

from __future__ import annotations

from typing import Any

from botocore.client import BaseClient
from botocore.hooks import EVENT_ALIASES, EventAliaser

_ALIASES = dict(EVENT_ALIASES)
_names: dict[str, str] = {}


def share(client: Any) -> Any:
    """Let a client know the names that others have worked out, and they its own. Return it."""
    # Somebody's stand-in for a client may have no events.
    emitter = client.meta.events if isinstance(client, BaseClient) else None
    # Whoever has changed the aliases gets other names.
    if type(emitter) is EventAliaser and vars(emitter).get("_event_aliases") == _ALIASES:
        vars(emitter)["_alias_name_cache"] = _names
    return client
