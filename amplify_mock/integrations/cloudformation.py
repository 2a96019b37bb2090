"""Teach moto's CloudFormation the resources of Amplify, while a mock is active."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NoReturn, TypeVar
from weakref import WeakValueDictionary

from amplify_mock.transports.patches import Patch

from .stack_calls import Account, Mock, Refused
from .stack_parameters import Values
from .stack_resources import RESOURCES, Resource
from .templates import Invalid, checked

T = TypeVar("T")


def patches(current: Callable[[], Mock | None]) -> list[Patch]:
    """Return the patches of moto: they take place only where moto's CloudFormation is imported."""
    # The mock of each stack by its id: the one in which the first of its resources was made.
    homes: WeakValueDictionary[str, Mock] = WeakValueDictionary()

    def resource_class_from_type(wrapped: Any, _: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        resource = RESOURCES.get(args[0] if args else kwargs["resource_type"])
        mock = current()
        return wrapped(*args, **kwargs) if resource is None or mock is None else _Model(resource, mock, homes)

    module = "moto.cloudformation.parsing"
    return [
        Patch(module, "resource_class_from_type", resource_class_from_type),
        Patch(module, "clean_json", _clean_json),
        Patch(module, "ResourceMap.update", _update),
        Patch(module, "ResourceMap.delete", _delete),
    ]


def _clean_json(wrapped: Any, _: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Let attributes have dots in their names: moto splits ``Domain.Certificate.CertificateType`` at each of them."""
    value, resources = args
    match value:
        case {"Fn::GetAtt": [name, first, *others]} if others and isinstance(resources.get(name), _InStack):
            value = {"Fn::GetAtt": [name, ".".join([first, *others])]}
    return wrapped(value, resources, **kwargs)


def _update(wrapped: Any, stack: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    template = args[0] if args else kwargs["template"]
    old, new = vars(stack)["_resource_json_map"], template["Resources"]
    types = {name: {old[name]["Type"], new[name]["Type"]} for name in old if name in new}
    if changed := [name for name, found in types.items() if len(found) > 1 and found & RESOURCES.keys()]:
        _refuse(
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{', '.join(changed)}]"
        )
    deleted = _delete_all(stack, old.keys() - new.keys())
    try:
        return wrapped(*args, **kwargs)
    finally:
        # One that comes back under the same name is to be made anew.
        for name in set(deleted) - vars(stack)["_resource_json_map"].keys():
            del vars(stack)["_parsed_resources"][name]


def _delete(wrapped: Any, stack: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    described = vars(stack)["_resource_json_map"]
    _delete_all(stack, [name for name, each in described.items() if each.get("DeletionPolicy") != "Retain"])
    return wrapped(*args, **kwargs)


def _delete_all(stack: Any, names: Collection[str]) -> list[str]:
    """Delete resources, each before those that it was made from; moto goes through them in any order."""
    made = vars(stack)["_parsed_resources"]
    found = [name for name, each in made.items() if name in names and isinstance(each, _InStack)]
    for name in reversed(found):
        made[name].delete()
    return found


class _Model:
    """What moto takes for the class of a resource. None of moto's own, for it keeps count of those."""

    def __init__(self, resource: type[Resource], mock: Mock, homes: WeakValueDictionary[str, Mock]) -> None:
        self._resource = resource
        self._mock = mock
        self._homes = homes

    def has_cfn_attr(self, attr: str) -> bool:
        return attr in self._resource.attributes

    def create_from_cloudformation_json(
        self, _: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **kwargs: Any
    ) -> _InStack:
        given, logical_id = cloudformation_json["Properties"], kwargs["LogicalId"]

        def create() -> _InStack:
            properties = checked(logical_id, given, self._resource.properties)
            home = self._homes.setdefault(kwargs["StackId"], self._mock)
            resource = self._resource(Account(home, account_id, region_name), properties)
            resource.settle()
            return _InStack(resource, logical_id)

        return _answered(create)

    def update_from_cloudformation_json(
        self, original_resource: _InStack, cloudformation_json: dict[str, Any], **_: Any
    ) -> _InStack:
        old, logical_id = original_resource.resource, original_resource.logical_resource_id
        given = cloudformation_json["Properties"]

        def update() -> _InStack:
            properties = checked(logical_id, given, self._resource.properties)
            if old.stays_with(properties):
                original_resource.drop_replacement()
                old.update(properties)
                old.settle()
                return original_resource
            new = original_resource.replacement(properties)
            new.settle()
            if cloudformation_json.get("UpdateReplacePolicy") != "Retain":
                old.delete()
            return _InStack(new, logical_id)

        return _answered(update)


class _InStack:
    """One resource of a stack, as moto holds it."""

    def __init__(self, resource: Resource, logical_id: str) -> None:
        self.resource = resource
        self.logical_resource_id = logical_id
        self._replacement: Resource | None = None
        self._replaced_with: Values = {}
        self._is_deleted = False

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

    def replacement(self, properties: Values) -> Resource:
        """Return what takes its place: moto repeats an update that fails, and what was made by then is there."""
        if self._replacement is None or self._replaced_with != properties:
            self.drop_replacement()
            self._replacement = type(self.resource)(self.resource.account, properties)
            self._replaced_with = properties
        return self._replacement

    def drop_replacement(self) -> None:
        """Delete what was to take its place in an update that has failed, if there is any."""
        if self._replacement is not None:
            self._replacement.delete()
            self._replacement = None

    def delete(self, *_: Any) -> None:
        """Delete it, once: moto asks for that too."""
        if not self._is_deleted:
            _answered(self._delete)
            self._is_deleted = True

    def _delete(self) -> None:
        self.drop_replacement()
        self.resource.delete()


def _answered(act: Callable[[], T]) -> T:
    """Do something for moto, which answers its caller with the errors that it knows."""
    try:
        return act()
    except (Invalid, Refused) as error:
        _refuse(str(error))


def _refuse(reason: str) -> NoReturn:
    # Only now: moto is there, because it asks.
    from moto.cloudformation.exceptions import ValidationError

    raise ValidationError(message=reason) from None
