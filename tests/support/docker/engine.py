"""Finds a container engine, or starts one privately; says exactly why when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NoEngine(Exception):
    """No container engine can be had here; the message says why."""


@dataclass(frozen=True)
class Engine:
    """An engine that answers, and the Compose command to use with it."""

    host: str
    compose: str
    private: bool

    def environment(self) -> dict[str, str]:
        """Return the environment in which `docker` and Compose reach this engine."""
        environment = {**os.environ, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"}
        return {**environment, "DOCKER_HOST": self.host} if self.host else environment

    def docker(self, *arguments: str, timeout_s: float = 900, stdin: object = None) -> str:
        """Run `docker …`; return its output. Raises CalledProcessError with the output."""
        done = subprocess.run(
            ["docker", *arguments], env=self.environment(), capture_output=True, text=True, timeout=timeout_s,
            check=False, stdin=stdin,  # type: ignore[call-overload]
        )  # fmt: skip
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, ["docker", *arguments], done.stdout, done.stderr)
        return str(done.stdout)


@contextmanager
def engine() -> Iterator[Engine]:
    """Yield the engine that answers, else one started for this run and stopped afterwards. Raises NoEngine."""
    if shutil.which("docker") is None:
        raise NoEngine("the docker command is not installed")
    compose = _compose()
    if _answers(""):
        yield Engine("", compose, private=False)
        return
    with _started() as host:
        yield Engine(host, compose, private=True)


def _compose() -> str:
    found = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if found.returncode == 0:
        return "docker compose"
    if shutil.which("docker-compose") is None:
        raise NoEngine("neither docker compose nor docker-compose is installed")
    return "docker-compose"


def _answers(host: str) -> bool:
    environment = {**os.environ, **({"DOCKER_HOST": host} if host else {})}
    done = subprocess.run(["docker", "info"], env=environment, capture_output=True, check=False, timeout=60)
    return done.returncode == 0


@contextmanager
def _started() -> Iterator[str]:
    if shutil.which("dockerd") is None:
        raise NoEngine("no container engine answers and dockerd is not installed")
    if os.geteuid() != 0:
        raise NoEngine("no container engine answers and only root may start one")
    folder = Path(tempfile.mkdtemp(prefix="peilung-engine-"))
    host = f"unix://{folder}/docker.sock"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "-p", f"{folder}/pid",
             "-H", host],
            stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not _answers(host):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoEngine(f"dockerd does not start: {(folder / 'log').read_text()[-300:]}")
            time.sleep(0.5)
        yield host
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
