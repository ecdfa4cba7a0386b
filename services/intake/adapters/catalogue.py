"""The registry with a short memory: what every request asks for is read from the store once a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from shared.errors import StoreUnavailable
from shared.programme.model import Programme
from shared.registry import Account, Registry
from shared.store.port import Store

T = TypeVar("T")
FRESH_S = 1.0
AWAY_S = 1.0
_MOST = 5000


class Catalogue(Registry):
    """Intake's registry: its own collections, remembered for a second.

    While the store is away, what is remembered is handed out, so that a page that cannot be saved
    can at least be shown again with its answers; only the first question waits for the store in vain.
    """

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(store)
        self._monotonic = monotonic
        self._memory: dict[tuple[str, str], tuple[float, Any]] = {}
        self._memory_lock = threading.Lock()
        self._away_until = 0.0

    def programmes(self) -> list[Programme]:
        """Return every known programme, by id."""
        return self._remembered("programmes", "", super().programmes)

    def programme(self, id_: str) -> Programme:
        """Return the newest version of a programme. Raises NotFound."""
        return self._remembered("programme", id_, lambda: super(Catalogue, self).programme(id_))

    def revision(self, id_: str) -> int:
        """Return the revision of the programme's newest version. Raises NotFound."""
        return self._remembered("revision", id_, lambda: super(Catalogue, self).revision(id_))

    def account(self, id_: str) -> Account | None:
        """Return an account, active or not; None if unknown."""
        return self._remembered("account", id_, lambda: super(Catalogue, self).account(id_))

    def account_by_key(self, sha256: str) -> Account | None:
        """Return the active account an API key's hash belongs to, or None."""
        return self._remembered("key", sha256, lambda: super(Catalogue, self).account_by_key(sha256))

    def forget(self) -> None:
        """Read everything anew; called after a write of our own."""
        with self._memory_lock:
            self._memory.clear()

    def away(self) -> None:
        """Hand out what is remembered for a second: somebody has just waited for the store in vain."""
        self._away_until = self._monotonic() + AWAY_S

    def _remembered(self, kind: str, key: str, read: Callable[[], T]) -> T:
        now = self._monotonic()
        with self._memory_lock:
            known = self._memory.get((kind, key))
        if known is not None and (now - known[0] < FRESH_S or now < self._away_until):
            return known[1]  # type: ignore[no-any-return]
        try:
            value = read()
        except StoreUnavailable:
            if known is None:
                raise
            self.away()
            return known[1]  # type: ignore[no-any-return]
        self._remember(kind, key, now, value)
        return value

    def _remember(self, kind: str, key: str, now: float, value: Any) -> None:
        with self._memory_lock:
            if len(self._memory) >= _MOST:
                self._memory.clear()
            if value is None:
                self._memory.pop((kind, key), None)
            else:
                self._memory[kind, key] = (now, value)
