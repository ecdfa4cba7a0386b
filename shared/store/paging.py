"""Cursor paging over one sort path: opaque cursors and what to select after one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from shared.errors import Bilingual, Fault, Invalid
from shared.store.conditions import Conditions
from shared.store.port import Document, Exists, Range

_DIGEST_BYTES = 8
_BAD_CURSOR = Bilingual(
    "Take the cursor from `next` of the page before.", "Nehmen Sie den Cursor aus `next` der Seite davor."
)


def value_at(document: Document, path: str) -> Any:
    """Return the value at a dotted path, None if there is none."""
    value: Any = document
    for key in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def cursor_after(collection: str, sort: str, document: Document) -> str:
    """Return the cursor of the page that begins after this document. Raises ValueError if it has no scalar there."""
    value = value_at(document, sort.removeprefix("-"))
    if isinstance(value, (dict, list)):
        raise ValueError(f"{collection}: pages need a scalar at {sort!r}")
    return _encode(collection, sort, value, document["_id"])


def position(collection: str, sort: str, cursor: str) -> tuple[Any, str]:
    """Return (sort value, `_id`) of a cursor; raises Invalid unless it was made for this collection and sort."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        value, id_ = json.loads(raw[_DIGEST_BYTES:])
        genuine = _encode(collection, sort, value, id_) == cursor
    except (ValueError, TypeError, binascii.Error, RecursionError):
        genuine = False
    if not genuine:
        raise Invalid([Fault("cursor", "bad_cursor", _BAD_CURSOR)])
    return value, id_


def segments(path: str, descending: bool, value: Any, id_: str) -> list[Conditions]:
    """Return what follows (value, `_id`) as consecutive selections, each of which one index scan answers.

    Values at the path are of one type, or missing (first in ascending order, last in descending).
    """
    rest = ("_id", Range(lt=id_) if descending else Range(gt=id_))
    if path == "_id":
        return [(rest,)]
    ties: Conditions = ((path, value), rest)
    if descending:
        return [ties] if value is None else [ties, ((path, Range(lt=value)),), ((path, None),)]
    return [ties, ((path, Exists() if value is None else Range(gt=value)),)]


def _encode(collection: str, sort: str, value: Any, id_: str) -> str:
    body = json.dumps([value, id_], separators=(",", ":")).encode()
    digest = hashlib.blake2b(f"{collection}\0{sort}\0".encode() + body, digest_size=_DIGEST_BYTES).digest()
    return base64.urlsafe_b64encode(digest + body).rstrip(b"=").decode()
