"""The store contract runs over every adapter and every server that can be had; what is left out is said."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pymongo
import pytest

from shared.store import open_store
from shared.store.port import Collection, Store

SERVERS = ["sqlite", "mongo_java", "ferretdb", *(["mongodb"] if os.environ.get("TEST_MONGODB_URI") else [])]

_IGNORES_PARTIAL = "mongo-java-server ignores partialFilterExpression, so a compound key with a gap is constrained too"
_LISTS_IN_LISTS = "FerretDB 1 does not store lists inside lists"
_QUOTES = "FerretDB 1 on SQLite cannot store keys with quotes"
_UNCLEAR = "FerretDB 1 does not say that an index cannot be built because of duplicates"
_REAL_FERRETDB = (
    "FerretDB as it is: a turnstile lets one writing request through at a time, and its sources are changed"
)
_REAL_MONGODB = "the store on a real MongoDB: TEST_MONGODB_URI names none"
# docs/store.md tells the consequences for deployments.
LEFT_OUT = {
    "test_what_is_inserted_is_what_is_read[ferretdb-lists in lists]": _LISTS_IN_LISTS,
    "test_what_is_inserted_is_what_is_read[ferretdb-quote in key]": _QUOTES,
    "test_a_unique_index_over_stored_duplicates_is_refused[ferretdb]": _UNCLEAR,
    "test_a_document_that_lacks_one_field_of_a_compound_unique_index_is_free[mongo_java]": _IGNORES_PARTIAL,
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what a server is known not to do."""
    here = Path(__file__).parent
    left_out = [item for item in items if item.path.parent == here and item.name in LEFT_OUT]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    config.stash[_STASHED] = [item.name for item in left_out]


_STASHED = pytest.StashKey[list[str]]()


def not_run(config: pytest.Config) -> list[str]:
    """Return what did not run and why, one line each."""
    lines = [f"{name}: {LEFT_OUT[name]}" for name in config.stash.get(_STASHED, [])]
    return [*lines, _REAL_FERRETDB, *([] if "mongodb" in SERVERS else [_REAL_MONGODB])]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what did not run."""
    for line in not_run(config):
        terminalreporter.write_line(f"NOT RUN {line}")


@pytest.fixture(scope="session", autouse=True)
def _reported(pytestconfig: pytest.Config, record_testsuite_property: Callable[[str, object], None]) -> None:
    """Put what did not run into the report, for the summary of all tiers."""
    for line in not_run(pytestconfig):
        record_testsuite_property("not run", line)


@pytest.fixture(params=SERVERS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store of its own."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/store.db"
        return
    server = request.getfixturevalue(f"{request.param}_uri")
    database = f"contract_{uuid.uuid4().hex[:12]}"
    yield f"{server}/{database}"
    with pymongo.MongoClient[dict[str, object]](server, timeoutMS=5000) as client:
        client.drop_database(database)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def things(store: Store) -> Collection:
    """An empty collection without declared indexes."""
    return store.collection("things")
