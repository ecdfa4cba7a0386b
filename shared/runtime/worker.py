"""A worker process: a consumer and loops, with one sign of life for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Protocol

from prometheus_client import start_http_server

from shared.runtime.loops import Step, run_loops

SILENT_LIMIT_S = 60.0


class Consuming(Protocol):
    """What consumes until it is told to stop."""

    def run(self, stop: threading.Event) -> None:
        """Return when `stop` is set and the message in hand is settled."""


class Pulse:
    """Turns a consumer's beats into a loop step, so that the heartbeat stops when the consumer does."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def beat(self) -> None:
        """Say that the consumer is alive."""
        self._at = time.monotonic()

    def step(self) -> int:
        """Return 0 while the consumer is alive. Raises RuntimeError when it has been silent for a minute."""
        if time.monotonic() - self._at > SILENT_LIMIT_S:
            raise RuntimeError("the consumer gives no sign of life")
        return 0


def run_worker(
    stop: threading.Event,
    consumer: Consuming,
    pulse: Pulse,
    steps: Mapping[str, Step],
    *,
    idle_s: float = 0.1,
    heartbeat: str = "",
    metrics_port: int = 0,
) -> None:
    """Consume and loop until `stop` is set; finish what is in hand.

    `pulse.beat` is the consumer's `beat`. With `metrics_port`, the process's metrics are served there
    (never through the gateway).
    """
    if metrics_port:
        start_http_server(metrics_port)
    consuming = threading.Thread(target=consumer.run, args=(stop,), name="consumer", daemon=True)
    consuming.start()
    run_loops(stop, {**steps, "consumer": pulse.step}, idle_s=idle_s, heartbeat=heartbeat)
    consuming.join(timeout=40)
