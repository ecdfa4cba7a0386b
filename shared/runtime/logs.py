"""JSON log lines on standard output; ids and codes only, never answers, names, addresses or tokens."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from shared.runtime import context

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, correlation id, the call's `extra`."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for this record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "event": record.getMessage(),
        }
        correlation_id = context.correlation_id.get()
        if correlation_id:
            line["correlation_id"] = correlation_id
        line.update({k: v for k, v in vars(record).items() if k not in _STANDARD})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(service: str, level: str = "info") -> None:
    """Send every log line of this process to standard output as JSON. Call once, at start."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("pymongo", "amqp", "kombu", "werkzeug", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
