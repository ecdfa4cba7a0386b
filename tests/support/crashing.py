"""A store that dies: before or after its n-th write, as a killed process would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shared.store.port import Collection, CollectionSpec, Store

WRITES = frozenset({"insert", "update_if", "put_if_newer", "claim", "finish", "delete"})


class Killed(BaseException):
    """The process is gone; no handler of the code under test may catch this."""


class Steps:
    """Called around every write with its name; a test decides here who dies and who waits."""

    def before(self, name: str) -> None:
        """The write has not happened yet."""

    def after(self, name: str, result: object) -> None:
        """The write has happened, or found nothing to do (None or False)."""


class KillAt(Steps):
    """Dies at the n-th write (from 1), before it or after it; a claim that finds nothing is none."""

    def __init__(self, number: int, *, after: bool = False) -> None:
        self._left, self._after = number, after

    def before(self, name: str) -> None:
        if not self._after and name != "claim":
            self._count(name)

    def after(self, name: str, result: object) -> None:
        if self._after and result not in (None, False):
            self._count(name)

    def _count(self, name: str) -> None:
        self._left -= 1
        if self._left == 0:
            raise Killed(name)


class SteppedStore:
    """A store whose writes go through `steps`, which can be exchanged at any time."""

    def __init__(self, store: Store, steps: Steps | None = None) -> None:
        self._store = store
        self.steps = steps or Steps()

    def collection(self, name: str) -> Collection:
        return _SteppedCollection(self._store.collection(name), self)  # type: ignore[return-value]

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        return self._store.migrate(specs)

    def ping(self) -> None:
        self._store.ping()

    def close(self) -> None:
        self._store.close()


class _SteppedCollection:
    def __init__(self, collection: Collection, store: SteppedStore) -> None:
        self._collection, self._store = collection, store

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        return self._stepped(name, method) if name in WRITES else method

    def _stepped(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self._store.steps.before(name)
            result = method(*args, **options)
            self._store.steps.after(name, result)
            return result

        return call
