"""Writing to a SQLite file: one connection per process, and what its threads write at the same time is one commit."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from shared.errors import StoreUnavailable
from shared.store.sqlite_connection import Connections, when_free

T = TypeVar("T")
_TURN_OVER = "SQLite: another thread has been writing for too long"


class _Job:
    """One change that waits to be written, then what came of it."""

    def __init__(self, change: Callable[[sqlite3.Connection], Any]) -> None:
        self._change = change
        self.over = False
        self.value: Any = None
        self.error: Exception | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        """Make the change. Its own refusal concerns nobody else; an error of SQLite ends the commit and is raised."""
        try:
            self.value = self._change(connection)
        except sqlite3.Error:
            raise
        except Exception as refusal:
            self.error = refusal

    def fail(self, error: BaseException) -> None:
        """Note that nothing of the transaction was kept."""
        self.error = error if isinstance(error, Exception) else StoreUnavailable("SQLite: interrupted")


class _Process:
    """What the threads of one process share; a child of a fork starts with its own."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.turn = threading.Lock()
        self.waiting: deque[_Job] = deque()
        self.connection: sqlite3.Connection | None = None


class Writer:
    """Makes changes durable. Threads take turns; whoever's turn it is writes for all that wait (group commit)."""

    def __init__(self, connections: Connections, busy_timeout_s: float) -> None:
        self._connections = connections
        self._busy_timeout_s = busy_timeout_s
        self._process = _Process()
        # A connection must be neither used nor closed in a child process: it is only kept from being collected.
        self._inherited: list[_Process] = []

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Return what `change` returned once it is on disk, or raise what it raised.

        A change writes by its last statement, so that an error leaves nothing of it behind; it may be run
        by another thread. Raises StoreUnavailable when the turn does not come.
        """
        job, mine = _Job(change), self._mine()
        mine.waiting.append(job)
        try:
            with self._turn(mine):
                while not job.over:
                    self._commit_together(mine)
        finally:
            with contextlib.suppress(ValueError):
                mine.waiting.remove(job)
        if job.error is not None:
            raise job.error
        value: T = job.value
        return value

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the write lock for several statements; commit at the end, roll back on any exception."""
        mine = self._mine()
        with self._turn(mine), self._transaction(mine) as connection:
            yield connection

    def close(self) -> None:
        """Close the connection; the next write opens it again."""
        mine = self._mine()
        with self._turn(mine):
            _hang_up(mine)

    def _commit_together(self, mine: _Process) -> None:
        batch: list[_Job] = []
        try:
            with self._transaction(mine) as connection:
                while mine.waiting:
                    batch.append(mine.waiting.popleft())
                    batch[-1].run(connection)
        except BaseException as error:
            for job in batch:
                job.fail(error)
            if not (batch and isinstance(error, Exception)):
                raise
        finally:
            for job in batch:
                job.over = True

    @contextlib.contextmanager
    def _transaction(self, mine: _Process) -> Iterator[sqlite3.Connection]:
        """Between processes the lock is asked for every millisecond.

        SQLite's own waiting sleeps ever longer, so that a busy file starves some of its writers for seconds.
        """
        if mine.connection is None:
            mine.connection = self._connections.open(0, shared=True)
        connection = mine.connection
        try:
            when_free(lambda: connection.execute("BEGIN IMMEDIATE"), self._busy_timeout_s)
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            _hang_up(mine)
            raise

    @contextlib.contextmanager
    def _turn(self, mine: _Process) -> Iterator[None]:
        if not mine.turn.acquire(timeout=self._busy_timeout_s):
            raise StoreUnavailable(_TURN_OVER)
        try:
            yield
        finally:
            mine.turn.release()

    def _mine(self) -> _Process:
        if self._process.pid != os.getpid():
            self._inherited.append(self._process)
            self._process = _Process()
        return self._process


def _hang_up(mine: _Process) -> None:
    if mine.connection is not None:
        mine.connection.close()
        mine.connection = None
