"""Applying a Change to a document, in memory: the one meaning every adapter shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from shared.errors import Fault, Invalid
from shared.store.documents import check_path
from shared.store.port import Change, Document

_MISSING = object()
_Edit = Callable[[Any], Any]


def apply(document: Document, change: Change) -> Document:
    """Return a changed copy; the given document stays as it is.

    Missing (or None) objects on the way are created. Raises Invalid when the stored value does not fit
    (a path through a text, an increment of a text, an append to a number), ValueError when the
    change contradicts itself.
    """
    _check_change(change)
    for path in change.unset:
        document = _edited(document, path.split("."), path, None)
    for path, value in change.set.items():
        document = _edited(document, path.split("."), path, _setter(value))
    for path, step in change.inc.items():
        document = _edited(document, path.split("."), path, _incrementer(path, step))
    for path, value in change.append.items():
        document = _edited(document, path.split("."), path, _appender(path, value))
    return document


def _check_change(change: Change) -> None:
    paths = sorted(check_path(path).split(".") for path in chain(change.set, change.inc, change.unset, change.append))
    if any(keys[0] == "_id" for keys in paths):
        raise ValueError("a change must not touch _id")
    for keys, following in zip(paths, paths[1:], strict=False):
        if following[: len(keys)] == keys:
            raise ValueError(f"a change names {'.'.join(keys)!r} and {'.'.join(following)!r}")


def _edited(container: Document, keys: Sequence[str], path: str, edit: _Edit | None) -> Document:
    """Copy the objects along the path and put the edited value in; `edit` None removes it."""
    key, rest = keys[0], keys[1:]
    if edit is None and container.get(key) is None and (rest or key not in container):
        return container
    copied = dict(container)
    if not rest and edit is None:
        del copied[key]
    elif not rest and edit is not None:
        copied[key] = edit(copied.get(key, _MISSING))
    else:
        inner = {} if copied.get(key) is None else copied[key]
        if not isinstance(inner, dict):
            raise Invalid([Fault(path, "wrong_type", f"{key!r} holds no object")])
        copied[key] = _edited(inner, rest, path, edit)
    return copied


def _setter(value: Any) -> _Edit:
    return lambda _old: value


def _incrementer(path: str, step: int) -> _Edit:
    def increment(old: Any) -> Any:
        if old is _MISSING or old is None:
            return step
        if isinstance(old, bool) or not isinstance(old, (int, float)):
            raise Invalid([Fault(path, "wrong_type", "holds no number")])
        return old + step

    return increment


def _appender(path: str, value: Any) -> _Edit:
    def append(old: Any) -> Any:
        if old is _MISSING or old is None:
            return [value]
        if not isinstance(old, list):
            raise Invalid([Fault(path, "wrong_type", "holds no list")])
        return [*old, value]

    return append
