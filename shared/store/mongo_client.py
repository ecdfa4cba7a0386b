"""The MongoDB connection: one client per process, bounded calls, errors as ours."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

import pymongo
from bson.errors import BSONError
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, DocumentTooLarge, PyMongoError, WriteError

from shared.errors import Fault, Invalid, StoreUnavailable

# A call and the reading back after an unknown outcome together stay within five seconds.
CALL_TIMEOUT_S = 4.0
READ_BACK_TIMEOUT_S = 0.9

# The server judges this document, not its own state: bad value, unparsable, wrong type, field names, validation, size.
_REFUSED_DOCUMENT = {2, 9, 14, 52, 57, 121, 10334, 17280, 17419}

Stored = dict[str, Any]


class Client:
    """The driver's client of this process; made at first use, and again after a fork."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._held: tuple[int, pymongo.MongoClient[Stored]] | None = None
        # A client must be neither used nor closed in a child process: it is only kept from being collected.
        self._inherited: list[pymongo.MongoClient[Stored]] = []

    def database(self) -> Database[Stored]:
        """Return the database the URL names."""
        with self._lock:
            if self._held is not None and self._held[0] != os.getpid():
                self._inherited.append(self._held[1])
                self._held = None
            if self._held is None:
                self._held = (os.getpid(), _connect(self._url))
            return self._held[1].get_default_database()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            held, self._held = self._held, None
        if held is not None and held[0] == os.getpid():
            held[1].close()


@contextlib.contextmanager
def bounded(timeout_s: float = CALL_TIMEOUT_S) -> Iterator[None]:
    """Give everything inside one deadline, and turn the driver's errors into ours."""
    try:
        with pymongo.timeout(timeout_s):
            yield
    except (BSONError, PyMongoError) as error:
        if isinstance(error, (BSONError, DocumentTooLarge)) or _refuses_document(error):
            raise Invalid([Fault("_id", "not_storable", "The store does not take this document.")]) from error
        # Only connection errors are free of stored values.
        detail = str(error)[:200] if isinstance(error, ConnectionFailure) else f"code {getattr(error, 'code', None)}"
        raise StoreUnavailable(f"MongoDB: {type(error).__name__}: {detail}") from error


def _refuses_document(error: Exception) -> bool:
    return isinstance(error, WriteError) and error.code in _REFUSED_DOCUMENT


def _connect(url: str) -> pymongo.MongoClient[Stored]:
    return pymongo.MongoClient(
        url,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        retryWrites=True,
        timeoutMS=int(1000 * CALL_TIMEOUT_S),
        serverSelectionTimeoutMS=3000,
        maxPoolSize=50,
        appname="peilung",
    )
