"""Call Amplify for a stack, as CloudFormation's own code does: same rules as a client's calls, and the same log."""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.serialize import create_serializer

from amplify_mock.service.http import Request, Response
from amplify_mock.service.service import ERROR_TYPE

# What CloudFormation calls the errors of a service: some by their type, the others by their status.
_CODES: dict[str | int, str] = {
    "ThrottlingException": "Throttling",
    "TooManyRequestsException": "Throttling",
    400: "InvalidRequest",
    401: "AccessDenied",
    403: "AccessDenied",
    404: "NotFound",
    429: "ServiceLimitExceeded",
    500: "ServiceInternalError",
}


class Mock(Protocol):
    """What a stack needs of the mock that its resources are in."""

    @property
    def service_model(self) -> ServiceModel: ...

    def handle(self, request: Request) -> Response: ...

    def deliver(self) -> None: ...


class Refused(Exception):
    """Amplify has refused a call: the text is the one that CloudFormation gives as the reason."""


class NotFound(Refused):
    """What a call was for is not there."""


class Account(NamedTuple):
    """One account in one region of a mock, where a stack has its resources."""

    mock: Mock
    account_id: str
    region: str

    def call(self, operation_name: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation with parameters by their wire names, and return its answer.

        Members that the installed botocore does not know are left out: none of its clients could see them either.

        Raises:
            NotFound: when what it is for is not there.
            Refused: for any other error.
        """
        operation: OperationModel = self.mock.service_model.operation_model(operation_name)
        known = _known(parameters, operation.input_shape)
        try:
            response = self.mock.handle(_request(operation, known, self.account_id, self.region))
        except BotoCoreError as error:
            # A test may want the network to fail, and CloudFormation's is not the caller's.
            raise Refused(_reason(str(error), "GeneralServiceException")) from None
        self.mock.deliver()
        answer: dict[str, Any] = json.loads(response.body)
        if response.status < 300:  # noqa: PLR2004  (what HTTP calls success)
            return answer
        by_status = _CODES.get(response.status, "GeneralServiceException")
        code = _CODES.get(response.headers.get(ERROR_TYPE, ""), by_status)
        text = (
            f"{'Invalid request provided: ' if code == 'InvalidRequest' else ''}{answer['message']} (Service: Amplify, "
            f"Status Code: {response.status}, Request ID: {response.headers['x-amzn-RequestId']})"
        )
        raise (NotFound if code == "NotFound" else Refused)(_reason(text, code))


def _reason(text: str, code: str) -> str:
    return f'Resource handler returned message: "{text}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'


def _request(operation: OperationModel, parameters: dict[str, Any], account_id: str, region: str) -> Request:
    serialized = create_serializer("rest-json", include_validation=False).serialize_to_request(parameters, operation)
    return Request(
        method=serialized["method"],
        path=serialized["url_path"],
        query=urlencode(serialized["query_string"], doseq=True),
        body=serialized["body"] or b"",
        host=f"amplify.{region}.amazonaws.com",
        region=region,
        account_id=account_id,
    )


def _known(value: Any, shape: Shape | None) -> Any:
    """Return a parameter without the members that its shape does not have."""
    if isinstance(shape, StructureShape):
        members = shape.members
        return {name: _known(each, members[name]) for name, each in value.items() if name in members}
    if isinstance(shape, ListShape):
        return [_known(each, shape.member) for each in value]
    return value
