"""Session fixtures for the servers the tests start; a missing one is a skip with its reason, in CI a failure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.servers import ferretdb, mongo_java
from tests.support.servers.process import CannotRun, ServerProcess

Start = Callable[[Path], tuple[ServerProcess, str]]


def cannot_run(reason: str) -> None:
    """Skip the test, or fail it where every server is expected to be there."""
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


def running(start: Start, folder: Path) -> Iterator[str]:
    """Yield the URI of a started server and stop it afterwards."""
    try:
        server, uri = start(folder)
    except CannotRun as error:
        cannot_run(str(error))
        return
    yield uri
    server.stop()


@pytest.fixture(scope="session")
def mongo_java_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI (without a database) of a mongo-java-server for this test run."""
    yield from running(mongo_java.start, tmp_path_factory.mktemp("mongo_java"))


@pytest.fixture(scope="session")
def ferretdb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI (without a database) of a FerretDB for this test run."""
    yield from running(ferretdb.start, tmp_path_factory.mktemp("ferretdb"))


@pytest.fixture(scope="session")
def mongodb_uri() -> str:
    """The URI (without a database) of the real MongoDB that TEST_MONGODB_URI names."""
    return os.environ["TEST_MONGODB_URI"].rstrip("/")
