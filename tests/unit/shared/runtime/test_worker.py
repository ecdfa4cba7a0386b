"""A worker consumes, loops, shows metrics and stops when told."""

from __future__ import annotations

import threading
from urllib.request import urlopen

from shared.runtime.worker import Pulse, run_worker
from tests.support.servers.process import free_port
from tests.support.wait import eventually


class Idle:
    """Consumes nothing until told to stop."""

    def run(self, stop: threading.Event) -> None:
        stop.wait()


def metrics(port: int) -> str:
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=2) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def test_a_worker_runs_its_steps_and_serves_its_metrics() -> None:
    stop, passes, port = threading.Event(), [], free_port()
    steps = {"step": lambda: len(passes.append(1) or [])}
    options = {"idle_s": 0.01, "metrics_port": port}
    worker = threading.Thread(target=run_worker, args=(stop, Idle(), Pulse(), steps), kwargs=options)
    worker.start()

    shown = eventually(lambda: metrics(port))
    eventually(lambda: len(passes) > 2)
    stop.set()
    worker.join(timeout=10)

    assert "outbox_published_total" in shown
    assert not worker.is_alive()
