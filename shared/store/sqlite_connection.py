"""SQLite connections: one per thread and process to read with, durable, errors as ours."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

from shared.errors import StoreUnavailable

BUSY_TIMEOUT_S = 30.0
_ASK_AGAIN_S = 0.001
# Our own mistakes (bad SQL, misuse, constraint): not a sign of an unavailable store.
_OURS = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_CONSTRAINT}


class Connections:
    """The connections to one database file. Opens lazily, so it survives a fork."""

    def __init__(self, path: str, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._local = threading.local()
        self._generation = 0
        self._creating = threading.Lock()
        # A connection must be neither used nor closed in a child process: it is only kept from being collected.
        self._inherited: list[sqlite3.Connection] = []

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection, opened if there is none."""
        held: tuple[int, int, sqlite3.Connection] | None = getattr(self._local, "held", None)
        if held is not None and held[:2] == (os.getpid(), self._generation):
            return held[2]
        self.discard()
        connection = self.open(self._busy_timeout_s)
        self._local.held = (os.getpid(), self._generation, connection)
        return connection

    def open(self, timeout_s: float, *, shared: bool = False) -> sqlite3.Connection:
        """Return a new connection in autocommit mode; a lock is waited for at most `timeout_s`.

        A `shared` one may be used by one thread after the other.
        """
        with self._creating:
            _create_private(self._path)
        connection = sqlite3.connect(
            self._path, timeout=timeout_s, isolation_level=None, cached_statements=256, check_same_thread=not shared
        )
        try:
            when_free(lambda: connection.execute("PRAGMA journal_mode=WAL"), self._busy_timeout_s)
            connection.execute("PRAGMA synchronous=FULL")
        except BaseException:
            connection.close()
            raise
        return connection

    def discard(self) -> None:
        """Close this thread's connection, if it has one."""
        held: tuple[int, int, sqlite3.Connection] | None = getattr(self._local, "held", None)
        self._local.held = None
        if held is not None and held[0] == os.getpid():
            held[2].close()
        elif held is not None:
            self._inherited.append(held[2])

    def close(self) -> None:
        """Close this thread's connection now, those of other threads at their next use or with their thread."""
        self._generation += 1
        self.discard()

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Turn SQLite's failures (locked too long, disk, corrupt file) into StoreUnavailable."""
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _OURS:
                raise
            self.discard()
            raise StoreUnavailable(f"SQLite: {error}") from error


def _create_private(path: str) -> None:
    """Create a missing file readable by its owner only; never opens an existing one (that would drop its locks)."""
    if not os.path.exists(path):
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return
        except OSError as error:
            raise StoreUnavailable(f"SQLite: cannot create the database: {error.strerror}") from error


def when_free(run: Callable[[], object], timeout_s: float) -> None:
    """Run what needs a lock, again and again while others hold it; at the deadline raise what SQLite says."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            run()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_ASK_AGAIN_S)
