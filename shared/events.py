"""What travels on the bus: a CloudEvents 1.0 envelope, and ids derived from causes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

NAMESPACE = uuid.UUID("6f1c1d8e-7f0f-5c0b-9d0a-2f4f8c8f5b11")


def derived_id(*cause: object) -> str:
    """Return the same id for the same cause, always (uuid5 over the parts joined by `|`)."""
    text = "|".join([str(part) for part in cause])
    found = hashlib.sha1(NAMESPACE.bytes + text.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(found[16], 16) & 3]
    return f"{found[:8]}-{found[8:12]}-5{found[13:16]}-{variant}{found[17:20]}-{found[20:32]}"


@dataclass(frozen=True)
class Event:
    """One event: state, not a hint.

    `name` is dotted (`submission.received`) and is the routing key; `version` the schema's number;
    `subject` is `programme` or `programme/site`; `source` the publishing service (`intake`);
    `time` is `shared.clock` text. `origin` names the document that holds the event until it is
    confirmed as handled (`collection/_id`), None for events nobody confirms.
    """

    name: str
    data: Mapping[str, Any]
    subject: str
    source: str
    id: str
    time: str
    version: int = 1
    correlation_id: str = ""
    traceparent: str | None = None
    origin: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict, compare=False)
