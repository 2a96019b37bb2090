"""What a test holds in its hand: the state of one mock, to look at and to clear."""

from __future__ import annotations

import copy
import datetime
import functools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from botocore.loaders import create_loader
from botocore.model import ServiceModel

from . import operations, storage
from .clock import Clock
from .fidelity import Fidelity, contract
from .resources.backend import Backend
from .resources.domain_plans import DomainPlan
from .resources.ids import Entropy
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


class Snapshot(NamedTuple):
    """The state of a mock at one moment: backends by account and region, and how far its clock is ahead."""

    backends: dict[tuple[str, str], Backend]
    passed: datetime.timedelta


class AmplifyMock:
    """The controller of one mock: ``with mock_amplify() as amplify:``.

    It can still be read after the mock has ended.

    Attributes:
        settings: what the mock was told.
        clock: the mock's clock.
    """

    def __init__(self, settings: Settings, end: Callable[[AmplifyMock], None]) -> None:
        self.settings = settings
        self._end = end
        self.clock = Clock()
        self._quotas = Quotas.of(settings.quotas)
        self._random = Entropy(settings.seed)
        self._presigner = Presigner(self._random, self.clock, repeats=settings.seed is not None)
        self._service = Service(
            _contract(settings.fidelity),
            operations.OPERATIONS,
            self._new_backend,
            account_id=settings.account_id,
            clock=self.clock,
            random=Entropy(settings.seed),
        )

    def backend(self, region_name: str = "us-east-1", account_id: str | None = None) -> Backend:
        """Return the state of one account in one region, as plain objects.

        ``backend.apps[app_id].branches["main"].jobs["1"].status`` and so on: attributes have the names of the API's
        members in snake_case. Looking moves nothing; status and times are as of now.

        Args:
            region_name: the region.
            account_id: the account; the mock's own unless given.
        """
        backend: Backend = self._service.backend(account_id, region_name)
        return backend

    def stop(self) -> None:
        """End this mock, for everyone who shares it. Safe to repeat."""
        self._end(self)

    def reset(self) -> None:
        """Forget all state, in every account and region, and all time that was let pass."""
        self.restore(Snapshot({}, datetime.timedelta()))

    def snapshot(self) -> Snapshot:
        """Return a copy of all state and of the clock, for :meth:`restore`."""
        with self._service.lock:
            return Snapshot(copy.deepcopy(self._service.backends), self.clock.passed)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to the state of a :meth:`snapshot`, which is used up by that.

        What :meth:`backend` has returned before shows the restored state.
        """
        with self._service.lock:
            for key, backend in self._service.backends.items():
                vars(backend).update(vars(snapshot.backends.pop(key, None) or self._new_backend(*key)))
            self._service.backends.update(snapshot.backends)
            self.clock.passed = snapshot.passed

    def _new_backend(self, account_id: str, region_name: str) -> Backend:
        return Backend(
            account_id,
            region_name,
            self.clock,
            self._random,
            self._presigner,
            domain_plan=self.settings.domain_plan or DomainPlan(),
            quotas=self._quotas,
            everywhere=self._service.backends.values,
        )

    # What follows is the transports' side.

    @property
    def retry_sleep(self) -> bool:
        """Whether botocore really sleeps between retries."""
        return self.settings.retry_sleep

    def handle(self, request: Request) -> Response:
        """Answer one request to the API."""
        return self._service.handle(request)

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
