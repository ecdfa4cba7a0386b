"""What only the SQLite adapter can show: plans, locks, files."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shared.errors import StoreUnavailable
from shared.store.collection import claimable
from shared.store.conditions import Conditions, conditions, order
from shared.store.paging import segments
from shared.store.port import Among, Change, Collection, CollectionSpec, Duplicate, Exists, Index, Range
from shared.store.sqlite import SqliteStore
from shared.store.sqlite_query import order_sql, where_sql
from tests.support.wait import eventually

SPEC = CollectionSpec(
    "jobs",
    (
        Index("by_due", ("outbox_due",)),
        Index("by_site", ("programme", "site.code")),
        Index("by_key", ("key",), unique=True),
    ),
)
DECLARED = frozenset({"outbox_due", "programme", "site.code", "key"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """A store that does not wait long for a lock, with one collection of some hundred documents."""
    opened = SqliteStore(str(path), busy_timeout_s=0.2)
    opened.migrate([SPEC])
    jobs = opened.collection("jobs")
    for number in range(300):
        due = {"outbox_due": f"2026-01-01T00:00:{number % 60:02}"} if number % 10 == 0 else {}
        jobs.insert({"_id": f"{number:04}", "programme": "p", "site": {"code": f"s{number}"}, "key": number, **due})
    yield opened
    opened.close()


def plan(path: Path, wanted: Conditions, sort: Sequence[str] = ()) -> str:
    """Return how SQLite would answer a query."""
    text, parameters = where_sql(wanted, DECLARED)
    ordering = f" ORDER BY {order_sql(order(sort), DECLARED)}" if sort else ""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN SELECT body FROM jobs WHERE {text}{ordering}", parameters)
        return " / ".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("where", "sort", "index"),
    [
        ({"programme": "p", "site.code": "s1"}, (), "jobs:by_site"),
        ({"programme": "p"}, ("site.code",), "jobs:by_site"),
        ({"programme": "p", "site.code": Range(gte="s1", lt="s2")}, (), "jobs:by_site"),
        ({"programme": "p", "site.code": Among(("s1", "s2"))}, (), "jobs:by_site"),
        ({"key": 7}, (), "jobs:by_key"),
        ({"outbox_due": Range(lte="2026")}, ("outbox_due",), "jobs:by_due"),
        ({"outbox_due": Exists()}, ("-outbox_due",), "jobs:by_due"),
        ({"_id": "0001"}, (), "sqlite_autoindex_jobs_1"),
        ({"_id": Range(gt="0001")}, ("_id",), "sqlite_autoindex_jobs_1"),
        ({}, ("-outbox_due",), "jobs:by_due"),
    ],
)
def test_a_declared_index_answers_without_scanning_or_sorting(
    store: SqliteStore, path: Path, where: Mapping[str, Any], sort: Sequence[str], index: str
) -> None:
    steps = plan(path, conditions(where), sort)

    assert f"INDEX {index}" in steps
    assert "TEMP B-TREE" not in steps
    assert "SCAN" not in steps or not where


def test_claiming_searches_only_what_is_due(store: SqliteStore, path: Path) -> None:
    steps = plan(path, claimable({"state": "x"}, "outbox_due", "2027"), ("outbox_due",))

    assert "SEARCH jobs USING INDEX jobs:by_due" in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("value", [None, "2026"])
def test_every_part_of_a_page_is_one_index_search(
    store: SqliteStore, path: Path, descending: bool, value: str | None
) -> None:
    for segment in segments("outbox_due", descending, value, "0001"):
        steps = plan(path, segment, ("-outbox_due" if descending else "outbox_due",))

        assert "SEARCH jobs USING INDEX jobs:by_due" in steps
        assert "TEMP B-TREE" not in steps


def test_a_query_uses_columns_another_store_declared_meanwhile(tmp_path: Path) -> None:
    first, second = SqliteStore(str(tmp_path / "s.db")), SqliteStore(str(tmp_path / "s.db"))
    first.collection("jobs").insert({"_id": "one", "key": 1})
    assert first.collection("jobs").find({"key": 1}) != []
    second.migrate([SPEC])

    statements = _traced(first, lambda: first.collection("jobs").find({"key": 1}))

    assert any('"f:key" = ' in statement for statement in statements)
    first.close()
    second.close()


def test_the_file_is_readable_by_its_owner_only(store: SqliteStore, path: Path) -> None:
    for file in (path, path.with_name("store.db-wal")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_writes_are_synchronous_and_logged_ahead(store: SqliteStore) -> None:
    connection = store._connections.get()

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_lock_held_too_long_is_unavailable_and_passes(store: SqliteStore, path: Path) -> None:
    jobs = store.collection("jobs")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable):
        jobs.insert({"_id": "new"})
    with pytest.raises(StoreUnavailable):
        jobs.update_if("0001", {}, Change(set={"a": 1}))
    assert jobs.get("0001") is not None
    store.ping()
    holder.execute("ROLLBACK")
    holder.close()

    jobs.insert({"_id": "new"})
    assert jobs.get("new") == {"_id": "new"}


def test_a_writer_waits_for_another(path: Path, store: SqliteStore) -> None:
    patient = SqliteStore(str(path))
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, lambda: holder.execute("ROLLBACK"))
    release.start()

    patient.collection("jobs").insert({"_id": "new"})

    release.join()
    holder.close()
    patient.close()


def test_what_threads_write_at_the_same_time_is_one_commit_and_a_refusal_concerns_nobody_else(path: Path) -> None:
    busy, statements = SqliteStore(str(path)), list[str]()
    jobs = busy.collection("jobs")
    jobs.insert({"_id": "0"})
    connection = busy._writer._mine().connection
    assert connection is not None
    connection.set_trace_callback(statements.append)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor(8) as pool:
        outcomes = [pool.submit(jobs.insert, {"_id": str(number)}) for number in range(8)]
        eventually(lambda: len(busy._writer._mine().waiting) == 8)
        holder.execute("ROLLBACK")
    holder.close()

    assert [type(one.exception()) for one in outcomes] == [Duplicate, *[type(None)] * 7]
    assert jobs.count({}) == 8
    assert statements.count("COMMIT") == 1
    busy.close()


def test_a_write_that_never_got_its_turn_is_not_made_later(store: SqliteStore, path: Path) -> None:
    jobs = store.collection("jobs")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(4) as pool:
        late = [pool.submit(jobs.insert, {"_id": f"late {number}"}) for number in range(4)]
    holder.execute("ROLLBACK")
    holder.close()

    assert all(isinstance(one.exception(), StoreUnavailable) for one in late)
    jobs.insert({"_id": "new"})
    assert jobs.count({}) == 301


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_unavailable(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    broken = SqliteStore(str(path))

    for call in (broken.ping, lambda: broken.collection("jobs").get("x"), lambda: broken.migrate([SPEC])):
        with pytest.raises(StoreUnavailable):
            call()


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        SqliteStore(str(tmp_path / "nowhere" / "store.db")).ping()


def test_a_full_disk_is_unavailable_and_loses_nothing_accepted(store: SqliteStore, path: Path) -> None:
    jobs: Collection = store.collection("jobs")
    jobs.insert({"_id": "small"})
    connection = store._writer._mine().connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 2}")

    with pytest.raises(StoreUnavailable):
        jobs.insert({"_id": "big", "v": "x" * 1_000_000})

    assert jobs.count({}) == 301
    jobs.insert({"_id": "big", "v": "x" * 1_000_000})
    assert jobs.count({}) == 302


def _traced(store: SqliteStore, call: Any) -> list[str]:
    statements: list[str] = []
    connection = store._connections.get()
    connection.set_trace_callback(statements.append)
    call()
    connection.set_trace_callback(None)
    return statements
