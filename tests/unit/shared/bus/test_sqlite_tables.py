"""The tables of the embedded bus: leases, limits, delays, clocks that jump, a file that shrinks again."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bus.sqlite_transport.tables import Tables

META = '{"headers": {}, "properties": {}}'


class Time:
    """Seconds that move when told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time_s() -> Time:
    """The clock of the tables."""
    return Time()


def opened(path: Path, time_s: Time, synchronous: str = "FULL") -> Tables:
    """Return tables on this file with a queue and its parked queue."""
    tables = Tables(str(path / "bus.db"), lease_s=10, busy_timeout_s=2, synchronous=synchronous, clock=time_s)
    tables.declare_queue("parked", {})
    tables.declare_queue("work", {"x-delivery-limit": 2, "x-dead-letter-routing-key": "parked"})
    return tables


@pytest.fixture
def tables(tmp_path: Path, time_s: Time) -> Iterator[Tables]:
    """Tables on a new file."""
    opened_tables = opened(tmp_path, time_s)
    yield opened_tables
    opened_tables.close()


def put(tables: Tables, *bodies: str) -> None:
    """Put these bodies into the queue."""
    for body in bodies:
        tables.put(["work"], META, body.encode())


def take(tables: Tables, owner: str = "me") -> str | None:
    """Lease the next message; return its body."""
    taken = tables.take("work", owner)
    return None if taken is None else taken.body.decode()


def test_a_leased_message_is_hidden_until_the_lease_runs_out(tables: Tables, time_s: Time) -> None:
    put(tables, "a")

    assert take(tables) == "a"
    time_s.now += 9
    assert take(tables, "other") is None
    time_s.now += 2
    assert take(tables, "other") == "a"


def test_what_comes_back_takes_its_old_place(tables: Tables) -> None:
    put(tables, "a", "b", "c")
    first = tables.take("work", "me")
    assert first is not None

    tables.give_back(first.id, "me")

    assert [take(tables), take(tables), take(tables)] == ["a", "b", "c"]


def test_only_the_holder_of_the_lease_can_acknowledge(tables: Tables, time_s: Time) -> None:
    put(tables, "a")
    taken = tables.take("work", "slow")
    assert taken is not None
    time_s.now += 11
    assert take(tables, "quick") == "a"

    assert not tables.acknowledge(taken.id, "slow")
    assert tables.acknowledge(taken.id, "quick")


def test_a_renewed_lease_lasts_longer(tables: Tables, time_s: Time) -> None:
    put(tables, "a")
    taken = tables.take("work", "me")
    assert taken is not None
    time_s.now += 8

    tables.renew([taken.id], "me")

    time_s.now += 8
    assert take(tables, "other") is None


def test_too_many_deliveries_move_a_message_to_the_parked_queue(tables: Tables, time_s: Time) -> None:
    put(tables, "poison", "b")
    for _ in range(3):
        assert take(tables) == "poison"
        time_s.now += 11

    assert take(tables) == "b"

    parked = tables.take("parked", "me")
    assert parked is not None
    assert parked.body == b"poison"
    assert parked.meta["headers"] == {"x-first-death-reason": "delivery_limit"}


def test_a_delay_queue_is_the_target_queue_later(tables: Tables, time_s: Time) -> None:
    tables.declare_queue("work.later", {"x-message-ttl": 5000, "x-dead-letter-routing-key": "work"})

    assert tables.put(["work.later"], META, b"a") == 1

    assert take(tables) is None
    time_s.now += 5.1
    assert take(tables) == "a"


def test_a_clock_that_goes_back_a_day_does_not_hide_messages_for_a_day(tables: Tables, time_s: Time) -> None:
    tables.declare_queue("work.later", {"x-message-ttl": 5000, "x-dead-letter-routing-key": "work"})
    put(tables, "leased", "ready")
    assert take(tables) == "leased"
    tables.put(["work.later"], META, b"delayed")
    time_s.now -= 86_400

    assert take(tables) == "ready"
    tables.tidy()

    assert {take(tables), take(tables)} == {"leased", "delayed"}


def test_tidying_leaves_running_leases_alone(tables: Tables) -> None:
    put(tables, "a")
    assert take(tables) == "a"

    tables.tidy()

    assert take(tables, "other") is None


def test_a_message_for_an_unknown_queue_is_stored_nowhere(tables: Tables) -> None:
    assert tables.put(["nobody"], META, b"a") == 0
    assert tables.put(["work", "nobody"], META, b"a") == 1


def test_the_file_shrinks_after_a_backlog(tables: Tables, tmp_path: Path) -> None:
    file = tmp_path / "bus.db"
    for _ in range(400):
        tables.put(["work"], META, b"x" * 20_000)
    tables.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    grown = file.stat().st_size

    tables.purge("work")
    for _ in range(10):
        tables.tidy()
    tables.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert file.stat().st_size < grown / 4


def test_only_the_owner_of_the_file_can_read_it(tables: Tables, tmp_path: Path) -> None:
    put(tables, "a")

    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_publish_is_flushed_to_the_disk(tables: Tables) -> None:
    assert tables.db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert tables.db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_locked_file_is_an_error_after_the_timeout(tables: Tables, tmp_path: Path, time_s: Time) -> None:
    blocker = sqlite3.connect(tmp_path / "bus.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        put(tables, "a")

    blocker.close()
    put(tables, "a")


def test_many_may_create_the_file_at_once(tmp_path: Path, time_s: Time) -> None:
    errors: list[Exception] = []

    def create() -> None:
        try:
            opened(tmp_path, time_s).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=create) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_competing_owners_never_get_the_same_message(tables: Tables, tmp_path: Path, time_s: Time) -> None:
    put(tables, *(str(number) for number in range(60)))
    got: list[str] = []

    def drain(owner: str) -> None:
        mine = Tables(str(tmp_path / "bus.db"), lease_s=10, busy_timeout_s=5, synchronous="NORMAL", clock=time_s)
        while (body := take(mine, owner)) is not None:
            got.append(body)
        mine.close()

    threads = [threading.Thread(target=drain, args=(f"o{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got, key=int) == [str(number) for number in range(60)]
