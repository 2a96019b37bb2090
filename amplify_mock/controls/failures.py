"""The errors that a test may ask for: which there are, and what each answers or raises."""

from __future__ import annotations

import http.client
import json
import re
import string
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004
from botocore.model import OperationModel, ServiceModel

from amplify_mock.resources.hints import nearest
from amplify_mock.service.http import Request, Response
from amplify_mock.service.service import ERROR_TYPE, Attempt

Failure = Callable[[Attempt], Response]
"""Answers an attempt with an error, or raises one."""

Error = str | int | type[Exception] | Exception
"""What names an error: a code, an HTTP status, a class of ``client.exceptions``, or a botocore exception."""

#: What every operation may answer, although the service model declares it nowhere.
UNDECLARED = {
    "ThrottlingException": 400,
    "TooManyRequestsException": 429,
    "InternalServerError": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
}
_FORCED = {"AccessDeniedException": 403, "ExpiredTokenException": 403, "UnrecognizedClientException": 403}
_TOO_MANY_REQUESTS = 429
_STATUSES = range(500, 600)
_FORCED_STATUSES = range(400, 600)

_THROTTLED = "Rate exceeded while calling {operation}, please slow down or try again later."
_NO_APP, _NO_BRANCH, _NO_DOMAIN, _NO_ENVIRONMENT = (
    "App {appId} not found.",
    "Branch {branchName} not found.",
    "Domain association {domainName} not found.",
    "BackendEnvironment {environmentName} does not exist.",
)
# The real service's texts, by error code, or by error code and operation.
_MESSAGES: dict[str | tuple[str, str], str] = {
    "ThrottlingException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "AccessDeniedException": ("User: {user} is not authorized to perform: amplify:{operation} on resource: {resource}"),
    "ExpiredTokenException": "The security token included in the request is expired",
    "UnrecognizedClientException": "The security token included in the request is invalid.",
    "ResourceNotFoundException": "Resource {resourceArn} not found.",
    "NotFoundException": _NO_APP,
    **{("NotFoundException", f"{verb}Branch"): _NO_BRANCH for verb in ("Get", "Update", "Delete")},
    **{("NotFoundException", f"{verb}DomainAssociation"): _NO_DOMAIN for verb in ("Get", "Update", "Delete")},
    **{("NotFoundException", f"{verb}BackendEnvironment"): _NO_ENVIRONMENT for verb in ("Get", "Delete")},
    ("LimitExceededException", "CreateApp"): "You have reached the maximum number of apps in this account",
    ("LimitExceededException", "StartJob"): ("The requested branch {branchName} already have pending or running jobs"),
}


def failure(operation: OperationModel, error: Error, message: str | None, *, force: bool) -> Failure:
    """Return what answers an operation's attempts with an error.

    Args:
        operation: the operation.
        error: what names the error.
        message: its text; the real service's own unless given, as far as it is known.
        force: also give errors that the operation does not declare.

    Raises:
        TypeError: for what names no error.
        ValueError: for an error that the operation cannot give.
    """
    if message is not None and not isinstance(message, str):
        raise TypeError(f"message must be a string, and not {message!r}")
    if isinstance(error, str):
        return _coded(operation, error, message, force=force)
    if isinstance(error, int) and not isinstance(error, bool):
        return _bare(error, message, force=force)
    if isinstance(error, BotoCoreError):
        return _instance(error, message)
    if isinstance(error, type) and issubclass(error, BotoCoreError):
        return _raised(error, message)
    if isinstance(error, type) and issubclass(error, ClientError) and error is not ClientError:
        return _coded(operation, error.__name__, message, force=force)
    raise TypeError(
        f"{error!r} names no error. Give the error's code, such as 'LimitExceededException', an HTTP status, such as "
        "503, a class of client.exceptions, or a botocore exception for a connection that fails, such as "
        "botocore.exceptions.ConnectTimeoutError."
    )


def _coded(operation: OperationModel, code: str, message: str | None, *, force: bool) -> Failure:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]*", code):
        raise ValueError(f"{code!r} is no error code: it is one word, such as 'LimitExceededException'.")
    declared = [shape.name for shape in operation.error_shapes]
    if code not in {*declared, *UNDECLARED} and not force:
        hint = nearest(code, [*declared, *UNDECLARED])
        raise ValueError(
            f"{operation.name} does not declare {code!r}.{hint} It declares {', '.join(declared)}; and any operation "
            f"may answer {', '.join(UNDECLARED)}. force=True gives whatever error you name."
        )
    status, members = _of_the_model(operation.service_model, code)

    def answer(attempt: Attempt) -> Response:
        text = _default_message(code, attempt) if message is None else message
        return Response(status, {ERROR_TYPE: code}, json.dumps({"message": text, **members}).encode())

    return answer


def _of_the_model(model: ServiceModel, code: str) -> tuple[int, dict[str, str]]:
    """Return an error's status, and the members that its shape requires beside the message."""
    for shape in model.error_shapes:
        if shape.name == code:
            members = {name: code.removesuffix("Exception") for name in shape.required_members if name != "message"}
            return shape.metadata["error"]["httpStatusCode"], members
    return {**UNDECLARED, **_FORCED}.get(code, 400), {}


def _bare(status: int, message: str | None, *, force: bool) -> Failure:
    if status not in (_FORCED_STATUSES if force else _STATUSES) and status != _TOO_MANY_REQUESTS:
        raise ValueError(
            f"{status} is no status that a fault may have: {_STATUSES[0]} to {_STATUSES[-1]} and {_TOO_MANY_REQUESTS}, "
            f"and with force=True everything from {_FORCED_STATUSES[0]} on. "
            "Errors of the API have a name: 'NotFoundException', for instance."
        )
    # A load balancer that has lost its service answers nothing at all; a gateway that lets nobody in gives the reason.
    text = http.client.responses.get(status) if message is None and status not in _STATUSES else message
    response = Response(status, {}, b"" if text is None else json.dumps({"message": text}).encode())
    return lambda _: response


def _raised(error: type[BotoCoreError], message: str | None) -> Failure:
    cause = OSError(message or "the test asked for this error")
    # Only errors of the HTTP session have a cause, and only those of its answers a request.
    asked = {name for _, name, _, _ in string.Formatter().parse(error.fmt) if name}
    asked |= {"error"} if issubclass(error, (ConnectionError, HTTPClientError)) else set()
    asked |= {"request"} if issubclass(error, HTTPClientError) else set()

    def exception(request: Request) -> BotoCoreError:
        known: dict[str, Any] = {
            "endpoint_url": request.url,
            "proxy_url": "http://proxy.invalid",
            "error": cause,
            "request": request,
        }
        return error(**{name: value for name, value in known.items() if name in asked})

    try:
        exception(Request("GET", "/"))
    except (KeyError, TypeError) as problem:
        raise TypeError(
            f"{error.__name__} cannot be made without its own arguments ({problem}): give an instance of it"
        ) from None

    def fail(attempt: Attempt) -> Response:
        raise exception(attempt.request)

    return fail


def _instance(error: BotoCoreError, message: str | None) -> Failure:
    if message is not None:
        raise TypeError(f"{error!r} has its message already: give either a class or no message")

    def fail(_: Attempt) -> Response:
        # The same one may be raised again and again: it is not to gather the frames of all who saw it.
        raise error.with_traceback(None)

    return fail


def _default_message(code: str, attempt: Attempt) -> str:
    operation = attempt.operation.name
    text = _MESSAGES.get((code, operation)) or _MESSAGES.get(code)
    known = {
        **attempt.parameters,
        "operation": operation,
        "user": f"arn:aws:iam::{attempt.account_id}:user/testing",
        "resource": _resource(attempt),
    }
    try:
        return (text or "").format(**known) or f"The test asked for this {code}."
    except KeyError:
        return f"The test asked for this {code}."


def _resource(attempt: Attempt) -> str:
    """Return the ARN of what a call is about."""
    parameters = attempt.parameters
    if "resourceArn" in parameters:
        return str(parameters["resourceArn"])
    arn = f"arn:aws:amplify:{attempt.request.region}:{attempt.account_id}:apps/{parameters.get('appId', '*')}"
    for kind, name in (("branches", "branchName"), ("jobs", "jobId"), ("domains", "domainName")):
        if name in parameters:
            arn += f"/{kind}/{parameters[name]}"
    return arn
