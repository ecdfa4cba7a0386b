"""Three real worker processes on one store, killed and restarted: one mail per matter, copies only with one id."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.notify.app import build
from services.notify.config import NotifySettings
from shared.bus.publisher import Publisher
from shared.clock import SystemClock, to_text
from shared.events import Event
from shared.runtime.settings import load
from tests.support.notify import PROGRAMME, flag_data
from tests.support.smtp_sink import SmtpSink
from tests.support.wait import eventually

SITES = 12
pytestmark = pytest.mark.slow


class Workers:
    """`python -m services.notify work`, several times."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment, self._folder = environment, folder
        self.running = [self._start(number) for number in range(3)]

    def kill_one(self, number: int) -> None:
        """Kill -9 and start again."""
        self.running[number].kill()
        self.running[number].wait()
        self.running[number] = self._start(number)

    def stop(self) -> list[int]:
        """Ask all to finish; return their exit codes."""
        for process in self.running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(30) for process in self.running]

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        heartbeat = str(self._folder / f"alive-{number}")
        with (self._folder / f"worker-{number}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "services.notify", "work"],
                env={**self._environment, "HEARTBEAT_FILE": heartbeat},
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


@pytest.fixture
def environment(tmp_path: Path, sink: SmtpSink) -> dict[str, str]:
    return {
        **os.environ,
        "MONGODB_URI": f"sqlite:///{tmp_path / 'notify.db'}",
        "AMQP_URL": f"sqlite:///{tmp_path / 'bus.db'}",
        "SMTP_URL": sink.url,
        "SECRET_KEY": "k" * 40,
        "PUBLIC_URL": "https://peilung.example.org",
        "NOTIFY_UNCERTAIN_CRITICAL_S": "1",
        "NOTIFY_LEASE_S": "6",
        "NOTIFY_CRITICAL_REPEAT_S": "0",
    }


def publish(publisher: Publisher, name: str, data: dict[str, object], number: int) -> None:
    at = to_text(SystemClock().now())
    subject = f"{PROGRAMME}/{data.get('site', '-')}"
    publisher.publish(Event(name=name, data=data, subject=subject, source="scoring", id=f"e{number}", time=at))


def test_killed_workers_lose_no_mail_and_three_of_them_send_what_one_would(
    environment: dict[str, str], tmp_path: Path, sink: SmtpSink
) -> None:
    build(load(NotifySettings, environment)).migrate()
    workers = Workers(environment, tmp_path)
    publisher = Publisher(environment["AMQP_URL"])
    seed = random.Random(4711)
    try:
        grant = {"role": "consultant", "programme": PROGRAMME, "sites": ["*"]}
        account = {"account": "cora", "revision": 1, "email": "cora@example.org", "name": "Cora", "language": "de"}
        publish(publisher, "account.changed", {**account, "active": True, "roles": [grant]}, 0)
        at = to_text(SystemClock().now())
        for number in range(SITES):
            data = flag_data("F-A", "raised", episode=f"e{number}", at=at, seq=1, site=f"s{number}")
            publish(publisher, "flag.raised", data, number)
            publish(publisher, "flag.raised", data, number)
            if number % 4 == 3:
                workers.kill_one(seed.randrange(3))
        eventually(lambda: len({m.message["Message-ID"] for m in sink.mails}) == SITES, timeout_s=60)
        deadline = time.monotonic() + 3
        eventually(lambda: time.monotonic() > deadline, timeout_s=10)
    finally:
        codes = workers.stop()
        publisher.close()

    assert codes == [0, 0, 0]
    assert len(sink.copies()) == SITES
    assert sum(sink.copies().values()) <= SITES + 3, "at most one copy per kill"
    assert all((tmp_path / f"alive-{number}").exists() for number in range(3))


@pytest.mark.parametrize(("address", "code"), [("deliver@example.org", 0), ("hardbounce@example.org", 1)])
def test_the_test_mail_command_says_what_the_server_answered(
    environment: dict[str, str], address: str, code: int
) -> None:
    build(load(NotifySettings, environment)).migrate()
    command = [sys.executable, "-m", "services.notify", "test-mail", address]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == code
    assert ("accepted" if code == 0 else "rcpt 550 5.1.1") in done.stdout


def test_wrong_settings_are_all_named_at_the_start(environment: dict[str, str]) -> None:
    broken = {**environment, "SMTP_URL": "http://x", "NOTIFY_SENDERS": "many"}
    command = [sys.executable, "-m", "services.notify", "migrate"]

    done = subprocess.run(command, env=broken, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 2
    assert "NOTIFY_SENDERS" in done.stderr
