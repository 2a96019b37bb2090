"""What Amplify does when something is pushed to the repository of an app, or a pull request is opened or closed."""

from __future__ import annotations

from amplify_mock.exceptions import AmplifyError

from .apps import App
from .backend import Backend
from .branches import Branch
from .globs import matches
from .jobs import Job

# What a preview takes over from the branch that its pull request is to be merged into.
_TAKEN_OVER = ("framework", "build_spec", "environment_variables", "basic_auth_credentials", "enable_basic_auth", "ttl")
_CONFIG = (
    "stage",
    "framework",
    "enable_auto_build",
    "environment_variables",
    "basic_auth_credentials",
    "enable_basic_auth",
    "enable_performance_mode",
    "build_spec",
    "enable_pull_request_preview",
    "pull_request_environment_name",
)


def push(backend: Backend, app: App, branch_name: str, commit_id: str, message: str | None) -> list[tuple[str, Job]]:
    """Take note of a push, and return what it makes Amplify build: branch names and jobs.

    That is the branch, if it builds automatically, and the previews of the pull requests that come from it. A branch
    that Amplify does not have is made first, if its name matches a pattern of the app's.
    """
    branch = app.branches.get(branch_name) or _created(app, branch_name)
    built = [branch] if branch is not None and branch.enable_auto_build else []
    built += [each for each in previews(app) if each.source_branch == branch_name]
    return [(each.branch_name, backend.build_pushed(app, each, commit_id, message)) for each in built]


def open_pull_request(
    backend: Backend, app: App, number: int, source: str, destination: str, commit_id: str, message: str | None
) -> tuple[str, Job] | None:
    """Make the preview of a pull request and build it, if the branch it is to be merged into has previews.

    A branch that has the preview's name already, and is none, stays as it is.
    """
    into = app.branches.get(destination)
    if into is None or not into.enable_pull_request_preview:
        return None
    name = preview_name(number)
    preview = app.branches.get(name)
    if preview is None:
        settings = {each: value for each in _TAKEN_OVER if (value := getattr(into, each)) is not None}
        preview = app.add_branch(name, {**settings, "stage": "PULL_REQUEST"})
        preview.pull_request_environment_name = into.pull_request_environment_name
    elif preview not in previews(app):
        return None
    preview.source_branch, preview.destination_branch = source, destination
    return name, backend.build_pushed(app, preview, commit_id, message)


def close_pull_request(app: App, number: int) -> Branch | None:
    """Delete the preview of a pull request, if there is one."""
    name = preview_name(number)
    return app.delete_branch(name) if name in {each.branch_name for each in previews(app)} else None


def previews(app: App) -> list[Branch]:
    """Return the branches that are previews of pull requests."""
    return [each for each in app.branches.values() if each.source_branch is not None]


def preview_name(number: int) -> str:
    """Return the name of the branch that is the preview of a pull request."""
    return f"pr-{number}"


def _created(app: App, branch_name: str) -> Branch | None:
    if not app.enable_auto_branch_creation or app.auto_branch_creation_config is None:
        return None
    if not any(matches(pattern, branch_name) for pattern in app.auto_branch_creation_patterns or ["**"]):
        return None
    config = app.auto_branch_creation_config
    try:
        return app.add_branch(branch_name, {name: config[name] for name in _CONFIG if config.get(name) is not None})
    except AmplifyError:
        # Nobody who pushes hears that there are too many branches, or another one of this display name.
        return None


# What the API allows of a branch's name and of the commit of a job.
_LONGEST = {"branch_name": 255, "commit_id": 255, "message": 10_000}


def check(branch_name: str, commit_id: str, message: str | None) -> None:
    """Refuse to push what no git could, or Amplify could not show.

    Raises:
        TypeError: for what is no text.
        ValueError: for a text that is too long, or a name without a letter.
    """
    given = {"branch_name": branch_name, "commit_id": commit_id, "message": "" if message is None else message}
    for name, text in given.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} must be text, and not {text!r}")
        if len(text) > _LONGEST[name]:
            raise ValueError(f"{name} may have {_LONGEST[name]} characters, and not {len(text)}")
    if not branch_name:
        raise ValueError("branch_name must be the name of a branch, and not empty")


def check_number(number: int) -> None:
    """Refuse what is no number of a pull request.

    Raises:
        TypeError: for what is no whole number.
        ValueError: for one below 1.
    """
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"the number of a pull request is a whole number, and not {number!r}")
    if number < 1:
        raise ValueError(f"the number of a pull request is 1 or more, and not {number}")
