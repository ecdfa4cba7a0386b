"""A server as a child process: start, wait until it answers, stop by its id, show its log when it fails."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.wait import eventually


class CannotRun(Exception):
    """A server cannot run on this machine; the text says why."""


@dataclass
class ServerProcess:
    """A running child process and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, timeout_s: float = 10.0) -> None:
        """End it: politely, then by force."""
        self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self.process.kill()
        self.process.wait(10)

    def pause(self) -> None:
        """Make it stand still (SIGSTOP)."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on (SIGCONT)."""
        self.process.send_signal(signal.SIGCONT)

    def tail(self, lines: int = 20) -> str:
        """Return the end of its output."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    answers: Callable[[], bool],
    env: Mapping[str, str] | None = None,
    timeout_s: float = 60.0,
) -> ServerProcess:
    """Start a server and wait until `answers()`; raises CannotRun with its last words if it does not."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env)
    server = ServerProcess(name, process, log)
    try:
        eventually(lambda: process.poll() is not None or answers(), timeout_s)
    except AssertionError as error:
        server.kill()
        raise CannotRun(f"{name} did not answer within {timeout_s} s:\n{server.tail()}") from error
    if process.poll() is not None:
        raise CannotRun(f"{name} ended with code {process.returncode}:\n{server.tail()}")
    return server


def free_port() -> int:
    """Return a loopback port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Return whether somebody accepts connections on this loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def need(*programs: str) -> None:
    """Raise CannotRun if one of the programs is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise CannotRun(f"not installed: {', '.join(missing)}")


def build(command: Sequence[str], *, cwd: Path, timeout_s: float = 900.0) -> None:
    """Run a build step; raises CannotRun with the end of its output if it fails."""
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout_s, check=False
    )
    if done.returncode != 0:
        end = done.stdout.decode(errors="replace")[-800:]
        raise CannotRun(f"{' '.join(command[:3])} … failed with code {done.returncode}: {end}")


@contextlib.contextmanager
def cached(name: str) -> Iterator[Path]:
    """Yield a folder that outlives the test run, held by one process at a time."""
    base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "peilung-tests"
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
