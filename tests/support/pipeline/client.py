"""A client as the API asks for: it sends the same submission again until it has a receipt."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class NoReceipt(Exception):
    """The server refused, or gave no answer in time."""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: Mapping[str, Any]
    retry_after: str | None = None


@dataclass
class Client:
    """One connection, renewed when it breaks. Not for several threads. `tally` counts statuses and lost connections."""

    port: int
    key: str
    timeout_s: float = 10.0
    tally: Counter[str] = field(default_factory=Counter)
    _connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send once. Raises OSError or HTTPException when the connection breaks."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            self._connection.request("POST", path, json.dumps(body), headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        parsed = json.loads(content) if content.startswith(b"{") else {}
        return Answer(response.status, parsed, response.headers.get("Retry-After"))

    def deliver(self, path: str, body: Mapping[str, Any], patience_s: float = 120.0) -> Mapping[str, Any]:
        """Send until there is a receipt. Raises NoReceipt when the server refuses, or patience ends."""
        deadline = time.monotonic() + patience_s
        waited = threading.Event()
        while time.monotonic() < deadline:
            try:
                answer = self.post(path, body)
            except (OSError, http.client.HTTPException) as error:
                self.tally[type(error).__name__] += 1
                waited.wait(0.1)
                continue
            self.tally[str(answer.status)] += 1
            if answer.status in (200, 201):
                return answer.body
            if answer.status not in (429, 500, 502, 503, 504):
                raise NoReceipt(f"{answer.status}: {answer.body}")
            waited.wait(0.3)
        raise NoReceipt(f"no receipt within {patience_s} s")

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
