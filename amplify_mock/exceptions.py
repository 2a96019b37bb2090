"""The errors that Amplify's API answers with, one class for each error shape of the service model.

The tree:

    AmplifyError
    ├── BadRequestException               400
    ├── UnauthorizedException             401
    ├── NotFoundException                 404
    ├── ResourceNotFoundException         404  (the three tag operations)
    ├── LimitExceededException            429  (botocore retries it)
    ├── InternalFailureException          500  (botocore retries it)
    └── DependentServiceFailureException  503  (botocore retries it)

A boto3 client never raises these classes: it gets the error as an HTTP answer and raises the class of its
own, ``client.exceptions.NotFoundException`` and so on. These are what the mock's own
code raises inside, and what builders raise.
"""

from __future__ import annotations


class AmplifyError(Exception):
    """An error answer of the Amplify API.

    The class's name is the error code that clients see; the HTTP status comes from the service model.

    Args:
        message: the text that clients see as ``error.response["Error"]["Message"]``.
        members: further members of the error's shape, by wire name (only ``code`` of
            ``ResourceNotFoundException`` exists today).
    """

    def __init__(self, message: str, **members: str) -> None:
        super().__init__(message)
        self.message = message
        self.members = members

    @property
    def code(self) -> str:
        """The error code on the wire: the name of the class."""
        return type(self).__name__


class BadRequestException(AmplifyError):
    """The request is malformed, breaks a constraint, or asks for what the resource cannot do."""


class UnauthorizedException(AmplifyError):
    """The caller may not do this."""


class NotFoundException(AmplifyError):
    """The app, branch, job or other resource does not exist."""


class ResourceNotFoundException(AmplifyError):
    """The ARN given to a tag operation names nothing."""


class LimitExceededException(AmplifyError):
    """A quota is used up, or the branch already has an unfinished job."""


class InternalFailureException(AmplifyError):
    """The service failed inside."""


class DependentServiceFailureException(AmplifyError):
    """A service that Amplify needs (the git host, CloudFront and so on) failed."""
