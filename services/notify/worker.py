"""The worker process: consumer and loops, with one sign of life for all of them."""

from __future__ import annotations

import threading
import time

from services.notify.app import SERVICE, Notify
from shared.bus.consumer import Consumer
from shared.runtime.loops import run_loops

SILENT_LIMIT_S = 60.0


class Pulse:
    """Turns the consumer's beats into a loop step, so that the heartbeat stops when the consumer does."""

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


def work(notify: Notify, stop: threading.Event) -> None:
    """Consume events, mail and relay until `stop` is set; finish what is in hand. Any number may run at once."""
    pulse = Pulse()
    consumer = Consumer(notify.settings.bus_url, SERVICE, notify.handlers(), beat=pulse.beat)
    consuming = threading.Thread(target=consumer.run, args=(stop,), name="consumer", daemon=True)
    consuming.start()
    steps = {**notify.steps(), "consumer": pulse.step}
    run_loops(stop, steps, idle_s=notify.settings.idle_s, heartbeat=notify.settings.heartbeat_file)
    consuming.join(timeout=40)
