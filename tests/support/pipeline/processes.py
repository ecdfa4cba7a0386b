"""The pipeline's processes: started in order, started again when they die, killed without warning, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass
class Member:
    """One process kept alive. `by_child`: what dies is one of its children (a gunicorn worker), not itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    by_child: bool = False
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    wanted: bool = field(default=True)

    def start(self) -> None:
        """Start it in a session of its own; its output is appended to the log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                cwd=ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """The process id; it must have been started."""
        assert self.process is not None
        return self.process.pid

    def victims(self) -> list[int]:
        """Return the process ids a kill may hit now."""
        if not self.alive or self.process is None:
            return []
        pid = self.process.pid
        if not self.by_child:
            return [pid]
        with contextlib.suppress(OSError):
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def end(self, timeout_s: float = 25.0) -> None:
        """Ask it to finish (SIGTERM); end the whole session by force when it takes too long."""
        self.wanted = False
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


class Fleet:
    """Several members, watched by a thread that starts again what died."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = {member.name: member for member in members}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def start(self, *only: str) -> None:
        """Start every member (or these) in order; the others stay down until `bring_up`."""
        for member in self.members.values():
            member.wanted = not only or member.name in only
            if member.wanted:
                member.start()
        self._watcher.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            with self._lock:
                for member in self.members.values():
                    if member.wanted and not member.alive:
                        member.start()

    def kill(self, name: str, choose: int = 0) -> bool:
        """Kill (SIGKILL) one process of a member; False when none was there. It is started again at once."""
        with self._lock:
            victims = self.members[name].victims()
            if not victims:
                return False
            os.kill(victims[choose % len(victims)], signal.SIGKILL)
            return True

    def take_down(self, *names: str) -> None:
        """End members and leave them down until `bring_up`."""
        for name in names:
            with self._lock:
                self.members[name].wanted = False
            self.members[name].end()

    def bring_up(self, *names: str) -> None:
        """Let members run again."""
        with self._lock:
            for name in names:
                self.members[name].wanted = True

    def stop(self) -> None:
        """End every member, last started first."""
        self._stop.set()
        if self._watcher.ident is not None:
            self._watcher.join(10)
        for member in self.members.values():
            if member.alive and member.process is not None:
                member.process.terminate()
        for member in reversed(self.members.values()):
            member.end()

    def tails(self, lines: int = 15) -> str:
        """Return the end of every log."""
        parts = []
        for member in self.members.values():
            text = member.log.read_text(errors="replace") if member.log.exists() else ""
            parts.append(f"--- {member.name} (started {member.starts} times)\n" + "\n".join(text.splitlines()[-lines:]))
        return "\n".join(parts)


def python(*arguments: str) -> list[str]:
    """Return a command that runs this interpreter."""
    return [sys.executable, *arguments]
