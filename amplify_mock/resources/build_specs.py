"""Read build specs: which phases a build runs, and with which commands."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

_PHASES = {
    "backend": ("preBuild", "build", "postBuild"),
    "frontend": ("preBuild", "build", "postBuild"),
    "test": ("preTest", "test", "postTest"),
}


class BuildSpecError(Exception):
    """A build spec that is none: its text is the reason for which the build fails."""


class Phase(NamedTuple):
    """One phase of a build: the commands run one after another."""

    part: str
    name: str
    commands: tuple[str, ...]


class BuildSpec(NamedTuple):
    """What a build spec asks for. ``has_tests`` is true for one with a test part, even an empty one."""

    phases: tuple[Phase, ...] = ()
    has_tests: bool = False

    def of_part(self, *parts: str) -> list[Phase]:
        """Return the phases of some parts: ``"backend"``, ``"frontend"``, ``"test"``."""
        return [phase for phase in self.phases if phase.part in parts]


@functools.lru_cache(maxsize=64)
def parsed(text: str) -> BuildSpec:
    """Return what a build spec says, in YAML (``amplify.yml``) or JSON; an empty one says nothing.

    YAML is read by PyYAML, which the extra ``yaml`` installs. Without it only JSON is read, and a build spec in YAML is
    taken to say nothing.

    Raises:
        BuildSpecError: when it cannot be read.
    """
    spec = _read(text) if text.strip() else {}
    if spec is None:
        return BuildSpec()
    if not isinstance(spec, dict):
        raise BuildSpecError("The build spec is not a mapping of version, frontend, backend and test.")
    parts = list(_parts(spec))
    phases = [phase for name, part in parts for phase in _phases(name, part)]
    return BuildSpec(tuple(phases), any(name == "test" for name, _ in parts))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise BuildSpecError("The build spec is nested too deeply.") from None
    except ValueError:
        pass
    try:
        # Only now: it belongs to an extra, and not every build spec is in YAML.
        import yaml
    except ImportError:
        return None
    try:
        # Everything stays text: nobody wants dates and numbers here, which can be wrong in ways of their own.
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError) as error:
        raise BuildSpecError(f"The build spec is not valid YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise BuildSpecError("The build spec is nested too deeply.") from None


def _parts(spec: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the parts of a build spec and, for a monorepo, of its applications."""
    applications = spec.get("applications")
    for each in [spec, *(applications if isinstance(applications, list) else [])]:
        if isinstance(each, dict):
            yield from ((name, each[name]) for name in _PHASES if name in each)


def _phases(part: str, value: Any) -> Iterator[Phase]:
    phases = value.get("phases") if isinstance(value, dict) else None
    for name in _PHASES[part]:
        phase = phases.get(name) if isinstance(phases, dict) else None
        commands = phase.get("commands") if isinstance(phase, dict) else None
        if isinstance(commands, (list, str)):
            yield Phase(part, name, tuple(map(str, [commands] if isinstance(commands, str) else commands)))
