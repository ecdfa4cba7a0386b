"""Worker loops: each step in its own thread, backing off when nothing is there or something is away."""

from __future__ import annotations

import logging
import random
import signal
import threading
from collections.abc import Callable, Mapping

from shared.errors import InfrastructureError
from shared.runtime.health import Heartbeat

log = logging.getLogger(__name__)

Step = Callable[[], int]
LONGEST_PAUSE_S = 15.0


def stop_on_signals() -> threading.Event:
    """Return an event that SIGTERM or SIGINT sets: finish the work in hand, then leave."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def repeat(name: str, step: Step, stop: threading.Event, beat: Callable[[], None], idle_s: float) -> None:
    """Call `step` until `stop` is set.

    A step returns how many things it did; 0 means wait `idle_s`. An InfrastructureError waits
    1–15 s with jitter, anything unexpected is logged and waits as well: a loop never ends by itself.
    """
    failures = 0
    while not stop.is_set():
        try:
            done = step()
            failures = 0
            beat()
            if not done:
                stop.wait(idle_s)
        except InfrastructureError as error:
            failures += 1
            if failures == 1:
                log.warning("loop waits", extra={"loop": name, "reason": type(error).__name__})
            beat()
            _pause(stop, failures)
        except Exception:
            failures += 1
            log.exception("loop step failed", extra={"loop": name})
            _pause(stop, failures)


def _pause(stop: threading.Event, failures: int) -> None:
    stop.wait(min(LONGEST_PAUSE_S, 0.25 * 2 ** min(failures, 8)) * random.uniform(0.5, 1.0))


def run_loops(stop: threading.Event, steps: Mapping[str, Step], *, idle_s: float = 0.1, heartbeat: str = "") -> None:
    """Run every step in its own thread until `stop` is set, then wait for the steps in hand.

    The heartbeat file is touched only while every loop has made a pass within the last minute.
    """
    watch = _Watch(list(steps), Heartbeat(heartbeat))
    threads = [
        threading.Thread(target=repeat, args=(name, step, stop, watch.passed(name), idle_s), name=name, daemon=True)
        for name, step in steps.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        watch.beat_if_all_alive()
    for thread in threads:
        thread.join(timeout=40)


class _Watch:
    """Remembers when each loop last made a pass."""

    def __init__(self, names: list[str], heartbeat: Heartbeat) -> None:
        self._alive = {name: threading.Event() for name in names}
        self._silent_s = dict.fromkeys(names, 0)
        self._heartbeat = heartbeat

    def passed(self, name: str) -> Callable[[], None]:
        return self._alive[name].set

    def beat_if_all_alive(self, limit_s: int = 60) -> None:
        for name, event in self._alive.items():
            self._silent_s[name] = 0 if event.is_set() else self._silent_s[name] + 1
            event.clear()
        if all(silent < limit_s for silent in self._silent_s.values()):
            self._heartbeat.beat()
