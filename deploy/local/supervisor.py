"""Keeps the processes of the embedded deployment running, and ends them gently."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
QUICK_DEATH_S = 10.0
LONGEST_PAUSE_S = 30.0


def _end_with_parent() -> None:
    """Have the kernel end this process when the one that started it dies. Linux only; elsewhere nothing."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Program:
    """One process to keep alive: its command, environment and log file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    failures: int = field(default=0)

    def start(self) -> None:
        """Start the process; its output goes to the log file."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                list(self.command),
                env=dict(self.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.started_at = time.monotonic()

    def watch(self) -> None:
        """Start the process again when it has ended, later and later if it keeps ending at once."""
        now = time.monotonic()
        if self.process is None or self.process.poll() is None:
            return
        if self.restart_at == 0.0:
            quick = now - self.started_at < QUICK_DEATH_S
            self.failures = self.failures + 1 if quick else 0
            self.restart_at = now + min(LONGEST_PAUSE_S, 0.2 * 2 ** min(self.failures, 8))
        elif now >= self.restart_at:
            self.restart_at = 0.0
            self.start()


class Supervisor:
    """Starts programs, restarts the ones that end, and stops them in reverse order."""

    def __init__(self, programs: Sequence[Program]) -> None:
        self._programs = list(programs)

    def start(self, *names: str) -> None:
        """Start the named programs, without names all that were not started yet, in order."""
        for program in self._programs:
            if program.process is None and (not names or program.name in names):
                program.start()

    def watch(self, stop: threading.Event) -> None:
        """Keep everything running until `stop` is set."""
        while not stop.wait(0.2):
            for program in self._programs:
                program.watch()

    def stop(self, grace_s: float) -> None:
        """Ask every process to finish (SIGTERM), in reverse order; end by force what takes longer than `grace_s`."""
        running = [p.process for p in reversed(self._programs) if p.process is not None and p.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + grace_s
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def pids(self) -> dict[str, int]:
        """Return the process id of every running program by name."""
        return {p.name: p.process.pid for p in self._programs if p.process is not None and p.process.poll() is None}
