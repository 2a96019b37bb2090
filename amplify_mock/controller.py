"""What a test holds in its hand: the state of one mock, to look at and to clear."""

from __future__ import annotations

import copy
import datetime
import inspect
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .answering import named
from .controls.calls import Call
from .controls.events import Event, Listener
from .controls.faults import Rules
from .controls.handles import DomainAssociationHandle, JobHandle
from .resources import pushes
from .resources.apps import App
from .resources.backend import Backend
from .resources.domain_associations import DomainAssociation, same_name
from .resources.jobs import Job
from .resources.plans import JobPlan, PlanChoices
from .scripting import Scripting
from .seeding import Seeding

if TYPE_CHECKING:
    from .server.running import Server
    from .settings import Settings

R = TypeVar("R")


class Snapshot(NamedTuple):
    """The state of a mock at one moment: backends by account and region, how far its clock is ahead, and so on."""

    backends: dict[tuple[str, str], Backend]
    passed: datetime.timedelta
    plans: PlanChoices = ()
    listeners: tuple[Listener, ...] = ()
    rules: Rules = Rules()
    calls: tuple[Call, ...] = ()


class AmplifyMock(Scripting, Seeding):
    """The controller of one mock: ``with mock_amplify() as amplify:``.

    It can still be read after the mock has ended.

    Attributes:
        settings: what the mock was told.
        clock: the mock's clock.
    """

    def __init__(self, settings: Settings, end: Callable[[AmplifyMock], None]) -> None:
        super().__init__(settings)
        self._end = end
        self._serving: ExitStack | None = None
        self._has_ended = False
        self.clock.on_advance = self.deliver

    # The state

    def stop(self) -> None:
        """End this mock, for everyone who shares it. Safe to repeat."""
        self._end(self)

    def ended(self) -> None:
        """Stop what serves this mock, because nobody uses it any more."""
        self._has_ended = True
        if self._serving is not None:
            self._serving.close()

    def _repr_html_(self) -> str:
        # Only now: notebooks ask for it, and nobody else.
        from .integrations.notebooks import of_mock

        with self._service.lock:
            return of_mock(self._service.backends.values(), self.clock, has_ended=self._has_ended)

    def serve(self, port: int = 0, host: str = "127.0.0.1") -> Server:
        """Answer other programs over HTTP, from the state of this mock: the AWS CLI, JavaScript, curl.

        The API is at ``server.url``, for any credentials: their scope tells the region, and their access key id the
        account, if it is one. All URLs that Amplify hands out lead to the server too. The sites are at
        ``{url}/sites/<appId>/<branch>/``, a page for people at ``{url}/``, and what a test in another language needs
        at ``{url}/_amplify/``: reset, state, clock, plans, faults, push, calls and events. An upload may have 100 MiB,
        and the body of any other request 10 MiB.

        On a loopback address, which is the default, only requests for localhost are answered. With any other host the
        server is open to everybody who reaches it.

        Args:
            port: the port; a free one unless given.
            host: the name or address to listen on.

        Returns:
            The server. It ends by ``server.stop()``, at the end of ``with server:``, or when this mock ends.

        Raises:
            TypeError: for a port that is no number, or a host that is no text.
            ValueError: for a port that there is not.
            OSError: when the port is in use, or the host is none of this machine.
            RuntimeError: when this mock has ended.
            ImportError: without the extra: ``pip install amplify-mock[server]``.
        """
        if not isinstance(port, int) or isinstance(port, bool):
            raise TypeError(f"port must be a number from 0 to 65535, and not {port!r}")
        if port not in range(65536):
            raise ValueError(f"port must be a number from 0 to 65535, and not {port}")
        if not isinstance(host, str) or not host:
            raise TypeError(f"host must be a name or an address, such as '127.0.0.1', and not {host!r}")
        if self._has_ended:
            raise RuntimeError("the mock has ended, and nothing is left that a server could be asked about")
        # Only now: it needs an extra, and most mocks have no server.
        from .server.running import Server

        server = Server(self, host=host, port=port)
        self._serving = self._serving or ExitStack()
        self._serving.callback(server.stop)
        return server

    def reset(self) -> None:
        """Forget all state in every account and region, all plans, faults and calls, and all time that was let pass."""
        self.restore(Snapshot({}, datetime.timedelta()))

    def snapshot(self) -> Snapshot:
        """Return a copy of all state, of all plans, faults and calls, and of the clock, for ``restore()``."""
        with self._service.lock:
            backends = copy.deepcopy(self._service.backends)
            return Snapshot(
                backends,
                self.clock.passed,
                self._plans.choices,
                self._events.listeners,
                self._faults.rules,
                tuple(self._log.calls),
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to the state of a ``snapshot()``, as often as you like.

        What ``backend()`` has returned before shows the restored state. A clock that freezegun or time-machine steers
        stays where they have it.

        Raises:
            TypeError: for what is no snapshot.
            ValueError: for a snapshot of another mock.
        """
        if not isinstance(snapshot, Snapshot):
            raise TypeError(f"restore() takes what snapshot() has returned, and not {snapshot!r}")
        if any(backend.clock is not self.clock for backend in snapshot.backends.values()):
            raise ValueError("restore() takes a snapshot of the same mock, and this one is of another")
        with self._service.lock:
            self._put_back(copy.deepcopy(snapshot.backends))
            self.clock.passed = snapshot.passed
            self._plans.choices = snapshot.plans
            self._events.listeners = snapshot.listeners
            self._events.catch_up()
            self._faults.rules = snapshot.rules
            self._log.calls = list(snapshot.calls)

    # Jobs and domain associations

    def plan_jobs(
        self,
        plan: JobPlan,
        *,
        app_id: str | None = None,
        branch_name: str | None = None,
        times: int | None = None,
    ) -> None:
        """Plan the jobs that start from now on; those that have started go on as planned before.

        Plans with ``times`` are used first, in the order they were given. Then the most precise one holds (for a branch
        of an app before an app before all), and of several alike the last one; then the ``plan`` of the mock.

        Args:
            plan: the course that they take.
            app_id: only the jobs of this app.
            branch_name: only the jobs of branches of this name.
            times: only the next so many of them; all later ones unless given.

        Raises:
            TypeError: when ``plan`` is no JobPlan, or a name is no text.
            ValueError: when ``times`` is not a number from 1 on.
            LookupError: when there is no such app.
        """
        if not isinstance(plan, JobPlan):
            raise TypeError(f"plan_jobs() takes a JobPlan, such as JobPlan(fail_at='BUILD'), and not {plan!r}")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise ValueError(f"times must be a number from 1 on, or None for all later jobs, and not {times!r}")
        if branch_name is not None and not isinstance(branch_name, str):
            raise TypeError(f"branch_name must be the name of a branch, and not {branch_name!r}")
        with self._service.lock:
            if app_id is not None:
                self._app(app_id)
            self._plans.add(plan, app_id, branch_name, times)

    def job(self, app_id: str, branch_name: str, job_id: str | int | None = None) -> JobHandle:
        """Return a handle on a job: ``succeed()``, ``fail(step, reason=...)``, ``advance()``.

        Args:
            app_id: the app, in whichever account and region it is.
            branch_name: the branch.
            job_id: the job; the newest one unless given.

        Raises:
            LookupError: when there is no such job, with those that there are.
        """

        def find() -> Job:
            jobs = named(self._app(app_id).branches, branch_name, "branch", f"app {app_id}").jobs
            if wanted is None and not jobs:
                raise LookupError(f"branch {branch_name} has no job yet")
            newest = next(reversed(jobs), "")
            return named(jobs, newest if wanted is None else wanted, "job", f"branch {branch_name}")

        wanted = None if job_id is None else str(job_id).lstrip("0") or str(job_id)
        wanted = find().job_id
        return JobHandle(find, self._changing, self._service.lock)

    def domain_association(self, app_id: str, domain_name: str) -> DomainAssociationHandle:
        """Return a handle on a domain association: ``succeed()``, ``fail(reason=...)``, ``advance()``.

        Raises:
            LookupError: when there is none, with those that there are.
        """

        def find() -> DomainAssociation:
            app = self._app(app_id)
            app.live_domains()
            return named(app.domain_associations, same_name(domain_name), "domain association", f"app {app_id}")

        return DomainAssociationHandle(find, self._changing, self._service.lock)

    # The repository

    def push(
        self, app_id: str, branch_name: str, *, commit_id: str = "HEAD", message: str | None = None
    ) -> JobHandle | None:
        """Push a commit to the repository of an app, as git would.

        The branch is built if it has ``enableAutoBuild``: at once, or after the job that it is still busy with. A
        branch that Amplify does not have is made if the app has ``enableAutoBranchCreation`` and a pattern that
        matches. The previews of pull requests that come from the branch are built too.

        Returns:
            The branch's job; None if it is not built.

        Raises:
            LookupError: when there is no such app.
            ValueError: when the app is not connected to a repository, or a text is too long for Amplify.
            TypeError: for what is no text.
        """
        pushes.check(branch_name, commit_id, message)
        with self._changing():
            backend, app = self._connected(app_id)
            built = dict(pushes.push(backend, app, branch_name, commit_id, message))
            job = built.get(branch_name)
            return None if job is None else self.job(app_id, branch_name, job.job_id)

    def open_pull_request(
        self,
        app_id: str,
        number: int,
        source: str,
        destination: str,
        *,
        commit_id: str = "HEAD",
        message: str | None = None,
    ) -> JobHandle | None:
        """Open a pull request, from one branch of the repository into another.

        If Amplify has the branch ``destination``, with ``enablePullRequestPreview``, the preview ``pr-<number>`` is
        made and built: a branch of stage PULL_REQUEST with the destination's settings. A later ``push()`` to
        ``source`` builds it anew.

        Returns:
            The preview's job; None if there is no preview.
        """
        pushes.check(source, commit_id, message)
        pushes.check_number(number)
        with self._changing():
            backend, app = self._connected(app_id)
            opened = pushes.open_pull_request(backend, app, number, source, destination, commit_id, message)
            return None if opened is None else self.job(app_id, opened[0], opened[1].job_id)

    def close_pull_request(self, app_id: str, number: int) -> None:
        """Close a pull request: its preview, if there is one, is deleted."""
        with self._changing():
            pushes.close_pull_request(self._connected(app_id)[1], number)

    # Events

    @property
    def events(self) -> list[Event]:
        """The events that EventBridge would have got by now, in the order of time.

        One when a job starts (``detail.jobStatus`` STARTED) and one when it has ended (SUCCEED, FAILED or CANCELLED),
        in the form of "Amplify Deployment Status Change" that was recorded.
        """
        with self._service.lock:
            return self._events.all()

    # Not by a type variable for the whole function: type checkers would not know the parameter of a lambda.
    def on_event(self, listener: Callable[[Event], R]) -> Callable[[Event], R]:
        """Call a function with each event from now on; usable as a decorator.

        Nothing happens in the background: what the clock brings about is noticed at the next call to Amplify, at
        ``clock.advance()``, or when a handle moves something. What the function raises comes out there.

        Raises:
            TypeError: for what cannot be called, and for a coroutine function, which nobody would await.
        """
        if not callable(listener):
            raise TypeError(f"on_event() takes a function of one event, and not {listener!r}")
        if inspect.iscoroutinefunction(listener):
            raise TypeError(
                f"on_event() takes a function, and {listener.__name__} is a coroutine function, which nobody would "
                "await. Give it a function that starts a task: lambda event: asyncio.ensure_future(listen(event))."
            )
        # What has happened already is for those who listen already.
        self.deliver()
        with self._service.lock:
            self._events.listen(listener)
        return listener

    def _connected(self, app_id: str) -> tuple[Backend, App]:
        backend, app = self._home(app_id)
        if not app.is_connected:
            raise ValueError(
                f"the app {app_id} is not connected to a repository, so nothing can be pushed to it; "
                "create it with repository=... and accessToken=..."
            )
        return backend, app
