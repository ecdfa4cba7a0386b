"""One page of a list that is already in memory and in order."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import TypeVar

from shared.errors import Bilingual, Fault, Invalid

T = TypeVar("T")
_BAD_CURSOR = Bilingual(
    "Take the cursor from `next` of the page before.", "Nehmen Sie den Cursor aus `next` der Seite davor."
)


def page(items: Iterable[T], key: Callable[[T], str], limit: int, cursor: str | None) -> tuple[list[T], str | None]:
    """Return up to `limit` items after the cursor's, and the next cursor (None = last page).

    `key` is unique and the items are in its order. Raises Invalid for a cursor that is not one of ours.
    """
    last = None if cursor is None else _decoded(cursor)
    left = [item for item in items if last is None or key(item) > last]
    found = left[:limit]
    return found, _encoded(key(found[-1])) if len(left) > limit else None


def _encoded(key: str) -> str:
    return base64.urlsafe_b64encode(b"k" + key.encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(cursor.encode())
        if not raw.startswith(b"k"):
            raise ValueError
        return raw[1:].decode()
    except (ValueError, binascii.Error):
        raise Invalid([Fault("cursor", "bad_cursor", _BAD_CURSOR)]) from None
