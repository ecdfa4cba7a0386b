"""The worker process: consumer and loops, with one sign of life for all of them."""

from __future__ import annotations

import threading
import time

from services.scoring.app import SERVICE, Scoring
from shared.bus.consumer import Consumer
from shared.runtime.loops import run_loops

IDLE_S = 0.05
SILENT_LIMIT_S = 60.0


def work(scoring: Scoring, stop: threading.Event) -> None:
    """Consume events, compute cells and relay until `stop` is set; finish what is in hand. Any number may run."""
    heard_at = [time.monotonic()]

    def beat() -> None:
        heard_at[0] = time.monotonic()

    def consumer_alive() -> int:
        if time.monotonic() - heard_at[0] > SILENT_LIMIT_S:
            raise RuntimeError("the consumer gives no sign of life")
        return 0

    consumer = Consumer(scoring.settings.bus_url, SERVICE, scoring.handlers(), beat=beat)
    consuming = threading.Thread(target=consumer.run, args=(stop,), name="consumer", daemon=True)
    consuming.start()
    steps = {**scoring.steps(), "consumer": consumer_alive}
    run_loops(stop, steps, idle_s=IDLE_S, heartbeat=scoring.settings.heartbeat_file)
    consuming.join(timeout=40)
