"""The outbox: events kept inside the document that caused them until every consumer has confirmed them."""

from __future__ import annotations

from shared.outbox.entries import OUTBOX_INDEX, stage
from shared.outbox.receipts import Receipts
from shared.outbox.relay import Relay

__all__ = ["OUTBOX_INDEX", "Receipts", "Relay", "stage"]
