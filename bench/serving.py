"""The servers that are measured: intake, and the yardstick under the same gunicorn settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import samples
from tests.support.pipeline.installation import Installation
from tests.support.pipeline.processes import ROOT, python
from tests.support.servers import mongo_java
from tests.support.servers.process import CannotRun, free_port, listens, start

GUNICORN = ("--config", "deploy/web_server.py", "--workers", "2", "--threads", "8")
SCOPES = ("submissions:write",)


@contextmanager
def yardstick(folder: Path, store_url: str) -> Iterator[tuple[int, int]]:
    """Run the yardstick on this store; yields its port and process id."""
    port = free_port()
    command = python("-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}", "bench.yardstick:create()")
    environment = {**os.environ, "YARDSTICK_STORE": store_url, "PYTHONPATH": str(ROOT)}
    server = start("yardstick", command, log=folder / "yardstick.log", answers=lambda: listens(port), env=environment)
    try:
        yield port, server.process.pid
    finally:
        server.stop()


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU time a gunicorn and its workers have used."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return sum(map(_cpu_s, (str(pid), *children)))


def _cpu_s(pid: str) -> float:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def installed(installation: Installation, sites: int, *only: str) -> Iterator[Installation]:
    """Run an installation (or only these of its processes) with the programme published and a key made."""
    office = installation.office
    office.publishing.publish(samples.programme(sites))
    office.people.save(samples.consultant())
    office.people.add_key("machine", SCOPES, installation.api_key)
    try:
        installation.start(*only)
        yield installation
    finally:
        installation.stop()


@contextmanager
def mongodb_wire(folder: Path) -> Iterator[str]:
    """Yield the URI of a server: the one TEST_MONGODB_URI names, else a mongo-java-server. Raises CannotRun."""
    named = os.environ.get("TEST_MONGODB_URI", "").rstrip("/")
    if named:
        yield named
        return
    server, uri = mongo_java.start(folder)
    try:
        yield uri
    finally:
        server.stop()


__all__ = ["CannotRun", "cpu_s", "installed", "mongodb_wire", "yardstick"]
