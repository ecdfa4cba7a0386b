"""One installation per folder and port: a lock that dies with its process, and ports that must be free."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.local.config import LocalSettings

STOPPED_WITHIN_S = 40


@contextlib.contextmanager
def claimed(home: Path) -> Iterator[bool]:
    """Hold the folder while inside; False when another process holds it. The lock ends with the process."""
    with (home / "running.pid").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield True


def stop_running(home: Path) -> bool:
    """Ask the installation that holds the folder to stop and wait for it; True when nobody holds it."""
    file = home / "running.pid"
    deadline = time.monotonic() + STOPPED_WITHIN_S
    asked = False
    while file.exists():
        with claimed(home) as free:
            if free:
                return True
            if not asked:
                os.kill(int(file.read_text()), signal.SIGTERM)
                asked = True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def unusable_ports(settings: LocalSettings) -> list[str]:
    """Return, for each port the installation needs but cannot have, its number and why."""
    needed = [settings.port] if settings.smtp_url else [settings.port, settings.sink_port]
    return [f"{port} ({reason})" for port in needed if (reason := _refusal(port))]


def _refusal(port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return str(error.strerror).lower()
    return ""
