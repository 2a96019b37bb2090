"""Show the state of a mock without letting it be changed: resources, and the mappings and lists in them."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, NoReturn, TypeVar, cast
from weakref import WeakValueDictionary

T = TypeVar("T")

# Methods that only read. No other can be called.
_READING = frozenset(
    {
        "app",
        "backend_environment",
        "branch",
        "domain",
        "hosts_of",
        "job",
        "newest_first",
        "progress",
        "summary",
        "webhook",
    }
)
# What resources work with. It has no view.
_TOOLS = frozenset({"access_logs", "clock", "everywhere", "plans", "presigner", "random", "read_source"})
_CONSTANTS = (type(None), str, bytes, int, float, datetime.datetime, datetime.timedelta)


def view(value: T, lock: AbstractContextManager[Any], name: str = "") -> T:
    """Return what shows a resource, a mapping or a list, and does not let it be changed.

    Each look holds the mock's lock, because others may be changing what it looks at, and because looking at a job may
    find that its turn has come.

    A view shows how things are now, also when they have changed since; only lists and tuples stay as they were read. To
    type checkers and to ``isinstance`` it is what it shows. Views of the same are equal.

    Args:
        value: what is shown.
        lock: the mock's lock.
        name: the attribute that it was found at.

    Raises:
        TypeError: for what is no part of the state.
    """
    shown: Any = value
    if isinstance(value, (_ResourceView, _MappingView, *_CONSTANTS)):
        return value
    if isinstance(value, tuple):
        members = (view(each, lock) for each in value)
        shown = type(value)(*members) if hasattr(value, "_fields") else tuple(members)
    elif isinstance(value, list):
        shown = _ListView(view(each, lock) for each in value)
    elif isinstance(value, Mapping):
        shown = _MappingView(value, lock, name)
    elif not hasattr(value, "__dataclass_params__"):
        raise TypeError(f"{type(value).__name__} is no part of the state")
    elif not value.__dataclass_params__.frozen:
        shown = _view_of(value, lock)
    return cast("T", shown)


def _bare(value: Any) -> Any:
    return value._target if isinstance(value, (_ResourceView, _MappingView)) else value  # noqa: SLF001


def _teaching(problem: str) -> str:
    return (
        f"{problem}: what the controller shows is read-only. Change it through boto3's client, through "
        "amplify.add_app() and the other builders, through amplify.load(), or through the handles amplify.job() and "
        "amplify.domain_association()."
    )


class _ResourceView:
    """Shows the fields and properties of a resource, and the methods that only read."""

    __slots__ = ("__weakref__", "_lock", "_target")

    _target: Any
    _lock: AbstractContextManager[Any]

    def __init__(self, target: object, lock: AbstractContextManager[Any]) -> None:
        object.__setattr__(self, "_target", target)
        object.__setattr__(self, "_lock", lock)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._target)

    # Who looks for the fields of a dataclass finds those that are shown.

    @property
    def __dataclass_fields__(self) -> dict[str, Any]:
        kind: Any = type(self._target)
        return {name: each for name, each in kind.__dataclass_fields__.items() if _is_shown(kind, name)}

    @property
    def __dataclass_params__(self) -> Any:
        return self._target.__dataclass_params__

    def __getattr__(self, name: str) -> Any:
        target = self._target
        if not _is_shown(type(target), name):
            whole = f"{type(target).__name__}.{name}"
            raise AttributeError(
                _teaching(f"{whole} cannot be used here") if hasattr(target, name) else f"there is no {whole}"
            )
        with self._lock:
            value = getattr(target, name)
            return _reading(value, self._lock) if name in _READING else view(value, self._lock, name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(_teaching(f"{type(self._target).__name__}.{name} cannot be set"))

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(_teaching(f"{type(self._target).__name__}.{name} cannot be deleted"))

    def __dir__(self) -> list[str]:
        kind = type(self._target)
        return sorted(name for name in {*dir(kind), *kind.__dataclass_fields__} if _is_shown(kind, name))

    def __eq__(self, other: object) -> bool:
        return bool(self._target == _bare(other))

    def __hash__(self) -> int:
        return hash(self._target)

    def __repr__(self) -> str:
        with self._lock:
            return repr(self._target)

    def __str__(self) -> str:
        with self._lock:
            return str(self._target)

    def _repr_html_(self) -> str | None:
        # Only now: notebooks ask for it, and nobody else.
        from amplify_mock.integrations.notebooks import of

        with self._lock:
            return of(self._target)

    def __copy__(self) -> Any:
        with self._lock:
            return view(copy.copy(self._target), self._lock)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        with self._lock:
            return view(copy.deepcopy(self._target, memo), self._lock)


def _is_shown(kind: Any, name: str) -> bool:
    if name.startswith("_") or name in _TOOLS:
        return False
    member = getattr(kind, name, None)
    if name in kind.__dataclass_fields__ or isinstance(member, property):
        return True
    return member is not None and name in _READING


def _reading(method: Any, lock: AbstractContextManager[Any]) -> Any:
    def read(*arguments: Any, **named: Any) -> Any:
        with lock:
            return view(method(*map(_bare, arguments), **named), lock)

    return read


# So that a resource is shown by the same view as long as somebody holds that.
_views: WeakValueDictionary[int, _ResourceView] = WeakValueDictionary()


def _view_of(resource: object, lock: AbstractContextManager[Any]) -> _ResourceView:
    found = _views.get(id(resource))
    if found is None or _bare(found) is not resource:
        found = _views[id(resource)] = _ResourceView(resource, lock)
    return found


class _MappingView(Mapping[Any, Any], dict[Any, Any]):  # type: ignore[misc,metaclass]
    """Shows a mapping, such as the apps by their ids.

    It is a dict, because some (json) take nothing else for one. What it holds as a dict is not what it shows: that is
    read anew each time.
    """

    __slots__ = ("_lock", "_name", "_target")

    _target: Mapping[Any, Any]
    _lock: AbstractContextManager[Any]
    _name: str

    def __new__(cls, target: Any, lock: AbstractContextManager[Any] | None = None, name: str = "") -> Any:
        if lock is None:
            # dataclasses.asdict() makes new mappings of the class that it finds.
            return dict(target)
        made = super().__new__(cls)
        made._target = target
        made._lock = lock
        made._name = name
        return made

    def __init__(self, target: Any, *_: object) -> None:
        # Some look at nothing else before they take a dict for empty.
        super().__init__(target)  # type: ignore[call-arg]

    def __getitem__(self, key: object) -> Any:
        with self._lock:
            return view(self._target[key], self._lock)

    def __contains__(self, key: object) -> bool:
        return key in self._target

    def __iter__(self) -> Iterator[Any]:
        with self._lock:
            return iter(list(self._target))

    def __reversed__(self) -> Iterator[Any]:
        return iter(list(self)[::-1])

    def __len__(self) -> int:
        return len(self._target)

    # Of what was there at one moment: what is taken away in between is still shown.

    def keys(self) -> Any:
        return dict.fromkeys(self).keys()

    def values(self) -> Any:
        return self.copy().values()

    def items(self) -> Any:
        return self.copy().items()

    def __eq__(self, other: object) -> bool:
        with self._lock:
            return bool(self._target == _bare(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        with self._lock:
            return repr(self._target)

    def _repr_html_(self) -> str | None:
        # Only now: notebooks ask for it, and nobody else.
        from amplify_mock.integrations.notebooks import of_several

        with self._lock:
            return of_several(self._target, self._name)

    def __or__(self, other: Any) -> dict[Any, Any]:
        return {**self.copy(), **other}

    def __ror__(self, other: Any) -> dict[Any, Any]:
        return {**other, **self.copy()}

    def copy(self) -> dict[Any, Any]:
        with self._lock:
            return {key: self[key] for key in self._target}

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        # What is copied from it is a dict, and free to be changed.
        return dict, (self.copy(),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(_teaching("the items cannot be changed"))

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


class _ListView(list[Any]):
    """A copy of a list that cannot be taken for the list itself."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return list, (list(self),)

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(_teaching("the list cannot be changed"))

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse
