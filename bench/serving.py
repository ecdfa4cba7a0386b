"""The servers that are measured: intake, and the yardstick under the same gunicorn settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import samples
from tests.support.pipeline.installation import Installation
from tests.support.pipeline.processes import ROOT, python
from tests.support.servers import ferretdb
from tests.support.servers.process import CannotRun, free_port, listens, start

GUNICORN = ("--config", "deploy/web_server.py", "--workers", "2", "--threads", "8")
SCOPES = ("submissions:write",)


@contextmanager
def yardstick(folder: Path, store_url: str) -> Iterator[int]:
    """Run the yardstick on this store; yields its port."""
    port = free_port()
    command = python("-m", "gunicorn", *GUNICORN, "--bind", f"127.0.0.1:{port}", "bench.yardstick:create()")
    environment = {**os.environ, "YARDSTICK_STORE": store_url, "PYTHONPATH": str(ROOT)}
    server = start("yardstick", command, log=folder / "yardstick.log", answers=lambda: listens(port), env=environment)
    try:
        yield port
    finally:
        server.stop()


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
    """Yield the URI of a MongoDB-wire server: the one TEST_MONGODB_URI names, else a FerretDB. Raises CannotRun."""
    named = os.environ.get("TEST_MONGODB_URI", "").rstrip("/")
    if named:
        yield named
        return
    server, uri = ferretdb.start(folder)
    try:
        yield uri
    finally:
        server.stop()


__all__ = ["CannotRun", "installed", "mongodb_wire", "yardstick"]
