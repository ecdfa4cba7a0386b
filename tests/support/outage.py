"""A store that can be away: every call raises until it is back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shared.errors import StoreUnavailable
from shared.store.port import Collection, CollectionSpec, Store


class Outage:
    """Wraps a store; between `begin` and `end` every use of it raises StoreUnavailable and is counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._away = False
        self.refused = 0

    def begin(self) -> None:
        """Take the store away."""
        self._away = True

    def end(self) -> None:
        """Bring it back."""
        self._away = False

    def check(self) -> None:
        """Raise StoreUnavailable while the store is away."""
        if self._away:
            self.refused += 1
            raise StoreUnavailable("the store is away")

    def collection(self, name: str) -> Collection:
        """Return a collection that shares the outage."""
        return _Collection(self._store.collection(name), self.check)  # type: ignore[return-value]

    def migrate(self, specs: Sequence[CollectionSpec]) -> list[str]:
        """Create what is missing."""
        self.check()
        return self._store.migrate(specs)

    def ping(self) -> None:
        """Raise StoreUnavailable while the store is away."""
        self.check()
        self._store.ping()

    def close(self) -> None:
        """Release the real store."""
        self._store.close()


class _Collection:
    def __init__(self, collection: Collection, check: Callable[[], None]) -> None:
        self._collection = collection
        self._check = check

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            self._check()
            return getattr(self._collection, name)(*args, **more)

        return call
