"""Teach moto's CloudFormation the resources of Amplify, while a mock is active."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from amplify_mock.transports.patches import Patch

from .stack_calls import Account, Mock, Refused
from .stack_resources import RESOURCES, Resource
from .templates import Invalid, checked

T = TypeVar("T")


def patches(current: Callable[[], Mock | None]) -> list[Patch]:
    """Return the patch of moto: it takes place only where moto's CloudFormation is imported."""

    def resource_class_from_type(wrapped: Any, _: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        resource = RESOURCES.get(args[0] if args else kwargs["resource_type"])
        mock = current()
        return wrapped(*args, **kwargs) if resource is None or mock is None else _Model(resource, mock)

    return [Patch("moto.cloudformation.parsing", "resource_class_from_type", resource_class_from_type)]


class _Model:
    """What moto takes for the class of a resource. None of moto's own, for it keeps count of those."""

    def __init__(self, resource: type[Resource], mock: Mock) -> None:
        self._resource = resource
        self._mock = mock

    def has_cfn_attr(self, attr: str) -> bool:
        return attr in self._resource.attributes

    def create_from_cloudformation_json(
        self, _: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **kwargs: Any
    ) -> _InStack:
        given, logical_id = cloudformation_json["Properties"], kwargs["LogicalId"]
        account = Account(self._mock, account_id, region_name)
        return _answered(lambda: _InStack(self._create(logical_id, given, account), logical_id))

    def update_from_cloudformation_json(
        self,
        original_resource: _InStack,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> _InStack:
        old, logical_id = original_resource.resource, original_resource.logical_resource_id
        given = cloudformation_json["Properties"]

        def update() -> _InStack:
            properties = checked(logical_id, given, self._resource.properties)
            if old.stays_with(properties):
                old.update(properties)
                return original_resource
            new = self._create(logical_id, given, Account(self._mock, account_id, region_name))
            if cloudformation_json.get("UpdateReplacePolicy") != "Retain":
                old.delete()
            return _InStack(new, logical_id)

        return _answered(update)

    def _create(self, logical_id: str, given: Any, account: Account) -> Resource:
        return self._resource(account, checked(logical_id, given, self._resource.properties))


class _InStack:
    """One resource of a stack, as moto holds it."""

    def __init__(self, resource: Resource, logical_id: str) -> None:
        self.resource = resource
        self.logical_resource_id = logical_id

    @property
    def physical_resource_id(self) -> str:
        return self.resource.arn

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        if attribute_name in self.resource.attributes:
            return self.resource.attribute(attribute_name)
        # Only now: moto is there, because it asks.
        from moto.cloudformation.exceptions import UnformattedGetAttTemplateException

        raise UnformattedGetAttTemplateException

    def delete(self, *_: Any) -> None:
        _answered(self.resource.delete)


def _answered(act: Callable[[], T]) -> T:
    """Do something for moto, which answers its caller with the errors that it knows."""
    try:
        return act()
    except (Invalid, Refused) as error:
        # Only now: moto is there, because it asks.
        from moto.cloudformation.exceptions import ValidationError

        raise ValidationError(message=str(error)) from None
