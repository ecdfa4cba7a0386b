"""The broker's tables in one SQLite file: exchanges, queues, bindings, messages under lease."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS exchange(name TEXT PRIMARY KEY, type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS queue(name TEXT PRIMARY KEY, arguments TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS binding(
  exchange TEXT NOT NULL, key TEXT NOT NULL, queue TEXT NOT NULL, pattern TEXT,
  PRIMARY KEY(exchange, key, queue)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  due REAL,                              -- NULL: ready; else not before this time (delayed, or leased by owner)
  span REAL NOT NULL DEFAULT 0,          -- length of that wait, to notice a clock that went back
  owner TEXT,
  deliveries INTEGER NOT NULL DEFAULT 0,
  meta TEXT NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS message_ready ON message(queue, id) WHERE due IS NULL;
CREATE INDEX IF NOT EXISTS message_waiting ON message(due) WHERE due IS NOT NULL;
"""
_OLDEST = "SELECT id FROM message WHERE queue=? AND due IS NULL ORDER BY id LIMIT 1"
_LEASE = (
    "UPDATE message SET due=?, span=?, owner=?, deliveries=deliveries+1"  # noqa: S608 the constant above
    f" WHERE id=({_OLDEST}) RETURNING id, deliveries, meta, body"
)
_PAGES_TO_FREE = 512


@dataclass(frozen=True)
class Taken:
    """One leased message; `deliveries` counts this one."""

    id: int
    deliveries: int
    meta: dict[str, Any]
    body: bytes


class Tables:
    """All statements on one connection; not for use by several threads at once. Raises sqlite3.Error."""

    def __init__(
        self,
        path: str,
        *,
        lease_s: float,
        busy_timeout_s: float,
        synchronous: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._lease_s, self._busy_s = path, lease_s, busy_timeout_s
        self._synchronous, self._clock = synchronous, clock
        self._db: sqlite3.Connection | None = None
        self._before_fork: list[sqlite3.Connection] = []  # closing them here would disturb the parent
        self._pid = 0

    @property
    def db(self) -> sqlite3.Connection:
        """The connection of this process, opened on first use."""
        if self._db is not None and self._pid != os.getpid():
            self._before_fork.append(self._db)
            self._db = None
        if self._db is None:
            self._pid = os.getpid()
            self._db = self._open()
        return self._db

    def _open(self) -> sqlite3.Connection:
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=self._busy_s, isolation_level=None, check_same_thread=False)
        try:
            # events name people; never open the file by hand: closing it would drop this process's locks on it
            os.chmod(self._path, 0o600)
            if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                db.execute("PRAGMA auto_vacuum=INCREMENTAL")
                self._patiently(lambda: db.execute("PRAGMA journal_mode=WAL"))
            db.execute(f"PRAGMA synchronous={self._synchronous}")
            db.execute("PRAGMA journal_size_limit=16777216")
            if db.execute("SELECT 1 FROM sqlite_master WHERE name='message_waiting'").fetchone() is None:
                self._patiently(lambda: db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;"))
        except BaseException:
            db.close()
            raise
        return db

    def _patiently(self, step: Callable[[], object]) -> None:
        deadline = time.monotonic() + self._busy_s
        while True:  # the switch to WAL does not honour the busy timeout
            try:
                step()
                return
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def close(self) -> None:
        """Close the connection of this process; a later call opens a new one."""
        db, self._db = self._db, None
        if db is not None and self._pid == os.getpid():
            db.close()

    def declare_exchange(self, name: str, kind: str) -> str:
        """Create the exchange if it is new; return the type it has."""
        known = self.exchange_type(name)
        if known is None:
            self.db.execute("INSERT OR IGNORE INTO exchange VALUES(?,?)", (name, kind))
        return known or kind

    def exchange_type(self, name: str) -> str | None:
        """Return the type of an exchange, None if there is none."""
        row = self.db.execute("SELECT type FROM exchange WHERE name=?", (name,)).fetchone()
        return None if row is None else row[0]

    def declare_queue(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Create the queue, or give it these arguments."""
        text = json.dumps(dict(arguments), sort_keys=True)
        row = self.db.execute("SELECT arguments FROM queue WHERE name=?", (name,)).fetchone()
        if row is None or row[0] != text:
            self.db.execute("INSERT OR REPLACE INTO queue VALUES(?,?)", (name, text))

    def queue_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the arguments of a queue, None if there is none."""
        row = self.db.execute("SELECT arguments FROM queue WHERE name=?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def delete_queue(self, name: str) -> None:
        """Remove the queue, its bindings and its messages."""
        for table, column in (("binding", "queue"), ("message", "queue"), ("queue", "name")):
            self.db.execute(f"DELETE FROM {table} WHERE {column}=?", (name,))  # noqa: S608 names from the line above

    def bind(self, exchange: str, key: str, queue: str, pattern: str | None) -> None:
        """Add a binding. Idempotent."""
        wanted = (exchange, key, queue)
        row = self.db.execute("SELECT 1 FROM binding WHERE exchange=? AND key=? AND queue=?", wanted).fetchone()
        if row is None:
            self.db.execute("INSERT OR IGNORE INTO binding VALUES(?,?,?,?)", (*wanted, pattern))

    def unbind(self, exchange: str, key: str, queue: str) -> None:
        """Remove a binding. Idempotent."""
        self.db.execute("DELETE FROM binding WHERE exchange=? AND key=? AND queue=?", (exchange, key, queue))

    def bindings(self, exchange: str) -> list[tuple[str, str | None, str]]:
        """Return (key, pattern, queue) of every binding of an exchange."""
        return self.db.execute("SELECT key, pattern, queue FROM binding WHERE exchange=?", (exchange,)).fetchall()

    def put(self, queues: Iterable[str], meta: str, body: bytes) -> int:
        """Store the message once per existing queue, in one transaction; return how many there were.

        A queue with `x-message-ttl` only names a delay: the message goes to its dead-letter queue, later.
        """
        rows = []
        for name in queues:
            arguments = self.queue_arguments(name)
            if arguments is not None and "x-message-ttl" in arguments:
                delay_s = arguments["x-message-ttl"] / 1000
                rows.append((arguments["x-dead-letter-routing-key"], self._clock() + delay_s, delay_s, meta, body))
            elif arguments is not None:
                rows.append((name, None, 0, meta, body))
        values = ",".join(["(?,?,?,?,?)"] * len(rows))
        if rows:
            self.db.execute(
                f"INSERT INTO message(queue,due,span,meta,body) VALUES{values}",  # noqa: S608 question marks only
                [value for row in rows for value in row],
            )
        return len(rows)

    def take(self, queue: str, owner: str) -> Taken | None:
        """Lease the oldest ready message to `owner`; None if there is none.

        A message delivered more often than `x-delivery-limit` allows moves to the dead-letter queue instead.
        """
        now = self._clock()
        if self.db.execute("SELECT 1 FROM message WHERE due<=? LIMIT 1", (now,)).fetchone():
            self.db.execute("UPDATE message SET due=NULL, owner=NULL WHERE due<=?", (now,))
        while self.db.execute(_OLDEST, (queue,)).fetchone():
            rows = self.db.execute(
                _LEASE,
                (now + self._lease_s, self._lease_s, owner, queue),
            ).fetchall()
            for id_, deliveries, meta, body in rows:
                taken = Taken(id_, deliveries, json.loads(meta), body)
                if not self._spent(taken, queue, owner):
                    return taken
        return None

    def _spent(self, taken: Taken, queue: str, owner: str) -> bool:
        arguments = self.queue_arguments(queue) or {}
        if taken.deliveries - 1 <= arguments.get("x-delivery-limit", taken.deliveries):
            return False
        self.dead_letter(taken.id, queue, owner, "delivery_limit")
        return True

    def dead_letter(self, id_: int, queue: str, owner: str, reason: str) -> None:
        """Move a message this owner holds to the dead-letter queue of `queue`, or delete it if there is none."""
        target = (self.queue_arguments(queue) or {}).get("x-dead-letter-routing-key")
        if target is None:
            self.acknowledge(id_, owner)
            return
        self.db.execute(
            "UPDATE message SET queue=?, due=NULL, owner=NULL, deliveries=0,"
            " meta=json_set(meta, '$.headers.x-first-death-reason', ?) WHERE id=? AND owner=?",
            (target, reason, id_, owner),
        )

    def acknowledge(self, id_: int, owner: str) -> bool:
        """Delete a message this owner still holds; False if the lease went to another."""
        return self.db.execute("DELETE FROM message WHERE id=? AND owner=?", (id_, owner)).rowcount > 0

    def give_back(self, id_: int, owner: str) -> None:
        """Make a message this owner holds ready again, at its old place; the delivery counts."""
        self.db.execute("UPDATE message SET due=NULL, owner=NULL WHERE id=? AND owner=?", (id_, owner))

    def renew(self, ids: Sequence[int], owner: str) -> None:
        """Extend the leases this owner holds on these messages."""
        due = self._clock() + self._lease_s
        self.db.executemany("UPDATE message SET due=? WHERE id=? AND owner=?", [(due, id_, owner) for id_ in ids])

    def size(self, queue: str) -> int:
        """Return how many messages are ready in a queue."""
        row = self.db.execute("SELECT count(*) FROM message WHERE queue=? AND due IS NULL", (queue,)).fetchone()
        return int(row[0])

    def purge(self, queue: str) -> int:
        """Delete the ready messages of a queue; return how many there were."""
        return self.db.execute("DELETE FROM message WHERE queue=? AND due IS NULL", (queue,)).rowcount

    def tidy(self) -> None:
        """Give free pages back to the file system, and free what waits for a time the clock has gone back from."""
        self.db.execute("UPDATE message SET due=NULL, owner=NULL WHERE due-span>?", (self._clock() + 1,))
        if self.db.execute("PRAGMA freelist_count").fetchone()[0] > _PAGES_TO_FREE:
            self.db.executescript(f"PRAGMA incremental_vacuum({_PAGES_TO_FREE})")  # `execute` would free one page
