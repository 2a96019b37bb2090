"""What answers for one mock: its state in every account and region, the service on top, and the URLs it hands out."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from botocore.loaders import create_loader
from botocore.model import ServiceModel

from . import operations, storage
from .clock import Clock
from .events import Events
from .fidelity import Fidelity, contract
from .resources.backend import Backend
from .resources.domain_plans import DomainPlan
from .resources.ids import Entropy
from .resources.plans import JobPlan, JobPlans
from .resources.presigning import Presigner
from .resources.quotas import Quotas
from .service.http import Request, Response
from .service.service import Contract, Service
from .transports.botocore import account_of

if TYPE_CHECKING:
    from .settings import Settings

_API_HOST = re.compile(r"amplify(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)")
# In the header of a signed request, or in the query of a presigned one.
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/")


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
        self.clock = Clock()
        self._quotas = Quotas.of(settings.quotas)
        self._random = Entropy(settings.seed)
        self._presigner = Presigner(self._random, self.clock, repeats=settings.seed is not None)
        self._plans = JobPlans(settings.plan or JobPlan())
        self._service = Service(
            _contract(settings.fidelity),
            operations.OPERATIONS,
            self._new_backend,
            account_id=settings.account_id,
            clock=self.clock,
            random=Entropy(settings.seed),
        )
        self._events = Events(self._service.backends.values)

    def _new_backend(self, account_id: str, region_name: str) -> Backend:
        return Backend(
            account_id,
            region_name,
            self.clock,
            self._random,
            self._presigner,
            plans=self._plans,
            domain_plan=self.settings.domain_plan or DomainPlan(),
            quotas=self._quotas,
            everywhere=self._service.backends.values,
        )

    @property
    def retry_sleep(self) -> bool:
        """Whether botocore really sleeps between retries."""
        return self.settings.retry_sleep

    def handle(self, request: Request) -> Response:
        """Answer one request to the API."""
        response = self._service.handle(request)
        self._deliver()
        return response

    def owns(self, host: str) -> bool:
        """Say whether requests to a host are the mock's to answer."""
        return storage.HOST.fullmatch(host) is not None or _API_HOST.fullmatch(host) is not None

    def fetch(self, request: Request) -> Response:
        """Answer a request that a plain HTTP client makes to a host that the mock owns."""
        api = _API_HOST.fullmatch(request.host)
        if api is None:
            with self._service.lock:
                return storage.answer(self._service.backends.values(), self.clock, request)
        credential = _CREDENTIAL.search(request.headers.get("authorization", "") + unquote(request.query))
        account_id = account_of(credential["key"]) if credential else None
        return self.handle(replace(request, region=api["region"], account_id=account_id))

    def _deliver(self) -> None:
        """Tell the listeners what has happened; outside the lock, because they may call the mock."""
        if not self._events.listeners:
            return
        with self._service.lock:
            due, listeners = self._events.due(), self._events.listeners
        for event in due:
            for listener in listeners:
                listener(event)
