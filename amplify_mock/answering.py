"""What answers for one mock: its state in every account and region, the service on top, and the URLs it hands out."""

from __future__ import annotations

import functools
import itertools
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.loaders import create_loader
from botocore.model import ServiceModel

from . import operations
from .clock import Clock
from .controls.calls import CallLog
from .controls.events import Events
from .controls.faults import Faults
from .fidelity import Fidelity, contract
from .integrations import eventbridge, sources
from .resources.apps import App
from .resources.backend import Backend
from .resources.contents import Content
from .resources.domain_plans import DomainPlan
from .resources.hints import nearest
from .resources.ids import Entropy
from .resources.plans import JobPlan, JobPlans
from .resources.presigning import Presigner
from .resources.quotas import Quotas
from .service.http import Request, Response
from .service.service import Contract, Service
from .transports.callers import caller_of
from .web import hosting, storage, webhook_posts

if TYPE_CHECKING:
    from .settings import Settings

T = TypeVar("T")

_PLAN = JobPlan()

_API_HOST = re.compile(r"amplify(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)")


@functools.cache
def _contract(fidelity: Fidelity) -> Contract:
    """Return the compiled service model of the installed botocore: once, because it is the same for every mock."""
    return contract(ServiceModel(create_loader().load_service_model("amplify", "service-2"), "amplify"), fidelity)


class Answering:
    """The transports' side of a mock: it takes requests, and the controller is built on it.

    Attributes:
        settings: what the mock was told.
        clock: the mock's clock.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Clock = Clock()
        self._quotas = Quotas.of(settings.quotas)
        self._plans = JobPlans(settings.plan or _PLAN)
        self._contract = _contract(settings.fidelity)
        self._log = CallLog(self.clock)
        self._faults = Faults(self._contract, self.clock, self._log)
        self._service = Service(
            self._contract,
            operations.OPERATIONS,
            self._new_backend,
            account_id=settings.account_id,
            clock=self.clock,
            random=partial(Entropy, settings.seed),
            intercept=self._faults.intercept,
        )
        self._events = Events(self._service.backends.values, self._service.lock, eventbridge.Bus().listener)
        self._telling = threading.local()

    # Only when the first state is made: a mock that is not asked for anything is to cost next to nothing.

    @functools.cached_property
    def _random(self) -> Entropy:
        return Entropy(self.settings.seed)

    @functools.cached_property
    def _presigner(self) -> Presigner:
        return Presigner(self._random, self.clock, repeats=self.settings.seed is not None)

    def _new_backend(self, account_id: str, region_name: str) -> Backend:
        # A function, because copies of the state would copy what a method belongs to.
        def read_source(source_url: str, source_url_type: str | None, region: str) -> Content | None:
            # moto is asked through a client, in the middle of a call to Amplify.
            with self._untold():
                return sources.read(source_url, source_url_type, region)

        return Backend(
            account_id,
            region_name,
            self.clock,
            self._random,
            self._presigner,
            read_source,
            plans=self._plans,
            domain_plan=self.settings.domain_plan or DomainPlan(),
            quotas=self._quotas,
            everywhere=self._service.backends.values,
            uploads_required=self.settings.uploads == "required",
        )

    @property
    def retry_sleep(self) -> bool:
        """Whether botocore really sleeps between retries."""
        return self.settings.retry_sleep

    def handle(self, request: Request) -> Response:
        """Answer one request to the API. Whoever has asked calls :meth:`deliver` when it is done with the answer."""
        self._events.follow()
        return self._service.handle(request)

    @property
    def service_model(self) -> ServiceModel:
        """The service model of the installed botocore."""
        return self._contract.model

    def owns(self, host: str) -> bool:
        """Say whether requests to a host are the mock's to answer."""
        if any(pattern.fullmatch(host) for pattern in (storage.HOST, webhook_posts.HOST, hosting.HOST, _API_HOST)):
            return True
        with self._service.lock:
            return hosting.serves(self._service.backends.values(), host)

    def fetch(self, request: Request) -> Response:
        """Answer a request that a plain HTTP client makes to a host that the mock owns, and tell the listeners."""
        self._events.follow()
        try:
            api = _API_HOST.fullmatch(request.host)
            if api is not None:
                return self.handle(replace(request, region=api["region"], account_id=caller_of(request).account_id))
            with self._service.lock:
                backends = list(self._service.backends.values())
                if storage.HOST.fullmatch(request.host):
                    return storage.answer(backends, self._presigner, self.clock, request)
                if webhook_posts.HOST.fullmatch(request.host):
                    return webhook_posts.answer(backends, request)
                return hosting.answer(backends, request)
        finally:
            self.deliver()

    def deliver(self) -> None:
        """Tell the listeners what has happened; outside the lock, because they may call the mock.

        Each hears of everything, in order, whatever another one raises; the first error comes out at the end.
        """
        self._events.follow()
        # What a listener brings about is told after what it is being told.
        if not self._events.audience or getattr(self._telling, "is_on", False):
            return
        errors: list[BaseException] = []
        with self._untold():
            while True:
                with self._service.lock:
                    due, listeners = self._events.due(), self._events.audience
                if not due:
                    break
                for make_event, listener in itertools.product(due, listeners):
                    try:
                        # An event of its own for each: what one does to it is nothing to the others.
                        listener(make_event())
                    except BaseException as error:
                        errors.append(error)
        if errors:
            raise errors[0]

    @contextmanager
    def _untold(self) -> Iterator[None]:
        """Let this thread tell nobody else meanwhile."""
        was_on = getattr(self._telling, "is_on", False)
        self._telling.is_on = True
        try:
            yield
        finally:
            self._telling.is_on = was_on

    def operation_of(self, request: Request) -> str | None:
        """Return the name of the operation that a request to the API asks for, or None."""
        found = self._contract.router.match(request.method, request.path)
        return None if found is None else found[0]

    def _put_back(self, backends: dict[tuple[str, str], Backend]) -> None:
        """Take over the state that was kept, which is used up by that."""
        for key, backend in self._service.backends.items():
            vars(backend).update(vars(backends.pop(key, None) or self._new_backend(*key)))
        self._service.backends.update(backends)

    def holding(self) -> AbstractContextManager[Any]:
        """Return the context in which nothing changes but by its own thread."""
        return self._service.lock

    # Finding, and changing safely

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._events.follow()
        with self._service.lock:
            yield
        self.deliver()

    def _home(self, app_id: str) -> tuple[Backend, App]:
        for backend in self._service.backends.values():
            if app_id in backend.apps:
                return backend, backend.apps[app_id]
        known = [app_id for backend in self._service.backends.values() for app_id in backend.apps]
        raise LookupError(f"the mock has no app {app_id!r}; it has {', '.join(known) or 'none'}.")

    def _app(self, app_id: str) -> App:
        return self._home(app_id)[1]


def named(things: Mapping[str, T], name: str, kind: str, owner: str) -> T:
    """Return one of several things by its name.

    Raises:
        LookupError: when there is none, with those that there are.
    """
    if name not in things:
        hint = nearest(name, things)
        raise LookupError(f"{owner} has no {kind} {name!r}; it has {', '.join(things) or 'none'}.{hint}")
    return things[name]
