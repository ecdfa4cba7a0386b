"""Loops go on whatever a step raises, and stop when told."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from shared.errors import StoreUnavailable
from shared.runtime.health import main as health
from shared.runtime.loops import run_loops
from tests.support.wait import eventually


def test_a_loop_survives_outages_and_bugs_and_stops_when_told(tmp_path: Path) -> None:
    stop, calls = threading.Event(), []

    def step() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise StoreUnavailable("away")
        if len(calls) == 2:
            raise RuntimeError("bug")
        return 0

    beat = tmp_path / "beat"
    runner = threading.Thread(
        target=run_loops, args=(stop, {"step": step}), kwargs={"idle_s": 0.01, "heartbeat": str(beat)}
    )
    runner.start()

    eventually(lambda: len(calls) > 4 and beat.exists())
    stop.set()
    runner.join(timeout=5)
    assert not runner.is_alive()


def test_health_fails_for_an_old_or_missing_heartbeat(tmp_path: Path) -> None:
    beat = tmp_path / "beat"
    assert health([str(beat)]) == 1
    beat.touch()
    assert health([str(beat)]) == 0
    old = time.time() - 120
    os.utime(beat, (old, old))
    assert health([str(beat)]) == 1
