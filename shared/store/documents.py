"""What a document may hold: JSON that every server stores and gives back unchanged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

from shared.errors import Fault, Invalid

MAX_DEPTH = 60
MAX_BYTES = 16 * 1024 * 1024
# Written by the MongoDB adapter into every document (see docs/store.md); never visible, so nobody may use it.
ETAG = "_etag"

_PATH = re.compile(r"""[^.$"'\\\x00-\x1f]+(\.[^.$"'\\\x00-\x1f]+)*""")
_PLAIN_KEYS = re.compile(r"[A-Za-z0-9_ /#:-]+(\n[A-Za-z0-9_ /#:-]+)*")
_NAME = re.compile(r"(?!sqlite_|system_)[A-Za-z][A-Za-z0-9_]*")
_SHOWN_FAULTS = 20
_LEAST, _MOST = -(2**63), 2**63 - 1


def check_document(document: Mapping[str, Any]) -> None:
    """Raise Invalid with what a server would refuse or change; `_id` must be a non-empty text."""
    faults: list[Fault] = []
    if not isinstance(document.get("_id"), str) or not document["_id"]:
        faults.append(Fault("_id", "not_storable", "must be a non-empty text"))
    if ETAG in document:
        faults.append(Fault(ETAG, "not_storable", "is a name the store keeps for itself"))
    if not _is_plain(document, 0):
        _walk("", document, 0, faults)
    if faults:
        raise Invalid(faults[:_SHOWN_FAULTS])


def check_scalar(path: str, value: Any) -> Any:
    """Return the value if it may be compared with; raise Invalid otherwise."""
    fault = _scalar_fault(value)
    if fault is not None:
        raise Invalid([Fault(path, "not_storable", fault)])
    return value


def check_path(path: str) -> str:
    """Return the dotted path; raise ValueError if it is not one (paths come from code, not from input)."""
    if not _PATH.fullmatch(path):
        raise ValueError(f"not a document path: {path!r}")
    return path


def check_name(name: str) -> str:
    """Return the name of a collection or index; raise ValueError if some server would not take it."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name for a collection or index: {name!r}")
    return name


def check_size(document: Mapping[str, Any], size_bytes: int) -> None:
    """Raise Invalid if the encoded document is larger than every server accepts."""
    if size_bytes > MAX_BYTES:
        raise Invalid([Fault(str(document.get("_id")), "too_large", f"must be smaller than {MAX_BYTES} bytes")])


def _is_plain(value: Any, depth: int) -> bool:  # noqa: C901 - each call saved here is saved in every write
    """Return True for an object or list that is certainly storable; what is unusual is for `_walk` to judge."""
    if value.__class__ is dict:
        if not _are_plain_keys(value):
            return False
        value = value.values()
    if depth >= MAX_DEPTH:
        return False
    for item in value:
        kind = item.__class__
        if kind is str:
            if not item.isascii() and _text_fault(item):
                return False
        elif kind is int:
            if not _LEAST <= item <= _MOST:
                return False
        elif kind is float:
            if not isfinite(item):
                return False
        elif kind is dict or kind is list:
            if not _is_plain(item, depth + 1):
                return False
        elif item is not None and kind is not bool:
            return False
    return True


def _are_plain_keys(document: Mapping[Any, Any]) -> bool:
    try:
        return not document or _PLAIN_KEYS.fullmatch("\n".join(document)) is not None
    except TypeError:
        return False


def _walk(path: str, value: Any, depth: int, faults: list[Fault]) -> None:
    if depth > MAX_DEPTH:
        faults.append(Fault(path, "not_storable", f"must not nest deeper than {MAX_DEPTH} levels"))
    elif isinstance(value, dict):
        for key, item in value.items():
            fault = _key_fault(key)
            if fault is not None:
                faults.append(Fault(f"{path}{key!r}", "not_storable", fault))
            else:
                _walk(f"{path}{key}.", item, depth + 1, faults)
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            _walk(f"{path}{number}.", item, depth + 1, faults)
    else:
        fault = _scalar_fault(value)
        if fault is not None:
            faults.append(Fault(path.rstrip("."), "not_storable", fault))


def _key_fault(key: Any) -> str | None:
    if not isinstance(key, str) or not key:
        return "must have a non-empty text as key"
    if "." in key or "\x00" in key or key.startswith("$"):
        return "must have a key without '.', NUL and leading '$'"
    return _text_fault(key)


def _scalar_fault(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _text_fault(value)
    if isinstance(value, int):
        return None if _LEAST <= value <= _MOST else "must be a whole number of at most 64 bits"
    if isinstance(value, float):
        return None if isfinite(value) else "must be a finite number"
    return f"must not be of type {type(value).__name__}"


def _text_fault(value: str) -> str | None:
    if value.isascii():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return "must be valid Unicode"
    return None
