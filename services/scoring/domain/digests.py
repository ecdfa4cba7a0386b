"""Canonical text and digests of JSON values."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """Return the JSON text of a value in canonical form: equal values, equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """Return the SHA-256 of a JSON value in canonical form (shortened to 32 hex digits)."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:32]
