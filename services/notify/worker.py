"""The worker process: consume events, mail, relay."""

from __future__ import annotations

import threading

from services.notify.app import SERVICE, Notify
from shared.bus.consumer import Consumer
from shared.runtime.worker import Pulse, run_worker


def work(notify: Notify, stop: threading.Event) -> None:
    """Consume events, mail and relay until `stop` is set; finish what is in hand. Any number may run at once."""
    pulse = Pulse()
    settings = notify.settings
    consumer = Consumer(settings.bus_url, SERVICE, notify.handlers(), beat=pulse.beat, contact=notify.contact.made)
    run_worker(
        stop, consumer, pulse, notify.steps(),
        idle_s=settings.idle_s, heartbeat=settings.heartbeat_file, metrics_port=settings.metrics_port,
    )  # fmt: skip
