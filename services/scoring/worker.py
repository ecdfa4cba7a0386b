"""The worker process: consume events, compute cells, relay."""

from __future__ import annotations

import threading

from services.scoring.app import SERVICE, Scoring
from shared.bus.consumer import Consumer
from shared.runtime.worker import Pulse, run_worker


def work(scoring: Scoring, stop: threading.Event) -> None:
    """Consume events, compute cells and relay until `stop` is set; finish what is in hand. Any number may run."""
    pulse = Pulse()
    settings = scoring.settings
    consumer = Consumer(settings.bus_url, SERVICE, scoring.handlers(), beat=pulse.beat, contact=scoring.contact.made)
    run_worker(
        stop, consumer, pulse, scoring.steps(),
        idle_s=settings.idle_s, heartbeat=settings.heartbeat_file, metrics_port=settings.metrics_port,
    )  # fmt: skip
