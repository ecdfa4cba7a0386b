from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.supervisor import Program, Supervisor
from tests.support.wait import eventually

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """Two programs that go on until they are ended by force."""
    command = [sys.executable, "-c", STUBBORN]
    found = Supervisor([Program(name, command, {}, tmp_path / name) for name in ("web", "worker")])
    yield found
    found.stop(0.1)


def test_named_programs_start_first_and_the_others_when_asked(supervisor: Supervisor) -> None:
    supervisor.start("web")
    first = supervisor.pids()
    supervisor.start()

    assert list(first) == ["web"]
    assert supervisor.pids() == {**first, "worker": supervisor.pids()["worker"]}


def test_what_does_not_stop_in_time_is_ended_by_force(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start()
    eventually(lambda: (tmp_path / "web").read_text() and (tmp_path / "worker").read_text())
    began = time.monotonic()

    supervisor.stop(0.5)

    assert supervisor.pids() == {}
    assert 0.4 < time.monotonic() - began < 10
