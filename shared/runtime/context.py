"""Who asked: correlation id and trace parent of the work in hand."""

from __future__ import annotations

from contextvars import ContextVar

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
