"""Find the operation that a method and a raw path mean."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from botocore.model import OperationModel, ServiceModel


class _Node:
    __slots__ = ("label", "literals", "operations")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.label: _Node | None = None
        self.operations: dict[str, tuple[str, tuple[str, ...]]] = {}

    def child(self, segment: str) -> _Node:
        if not segment.startswith("{"):
            return self.literals.setdefault(segment, _Node())
        if self.label is None:
            self.label = _Node()
        return self.label


class Router:
    """A tree of path segments, made once from the ``requestUri`` of every operation.

    Labels are percent-decoded one segment at a time, so ``feature%2Fx`` is the branch ``feature/x``, not two segments.
    """

    def __init__(self, model: ServiceModel) -> None:
        self._root = _Node()
        for name in model.operation_names:
            self._add(model.operation_model(name))

    def _add(self, operation: OperationModel) -> None:
        segments = _segments(operation.http["requestUri"])
        node = self._root
        for segment in segments:
            node = node.child(segment)
        labels = tuple(segment.strip("{}") for segment in segments if segment.startswith("{"))
        node.operations[operation.http["method"]] = (operation.name, labels)

    def match(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """Return the operation's name and its labels by wire name, or None when no operation has this route."""
        node, values = self._root, []
        for segment in _segments(path):
            literal = node.literals.get(segment)
            if literal is not None:
                node = literal
            elif node.label is not None:
                node = node.label
                values.append(unquote(segment))
            else:
                return None
        found = node.operations.get(method)
        if found is None:
            return None
        name, labels = found
        return name, dict(zip(labels, values, strict=True))

    def methods(self, path: str) -> Iterable[str]:
        """Return the methods that ``path`` takes: none at all when the path itself is unknown."""
        return [method for method in ("DELETE", "GET", "POST", "PUT") if self.match(method, path)]


def _segments(path: str) -> list[str]:
    # An empty last segment is an empty label, and not another operation.
    return path.removeprefix("/").split("/")
