"""Everybody at once: read again only after somebody has changed, whichever process kept the change."""

from __future__ import annotations

import threading

from shared.registry.accounts import Account, account_from
from shared.store.port import Change, Collection, Duplicate

HEAD = "accounts"


class Roll:
    """A copy of all accounts; `heads` holds the number of changes so far. Safe to share between threads."""

    def __init__(self, heads: Collection, accounts: Collection) -> None:
        self._heads, self._accounts = heads, accounts
        self._known: tuple[int, tuple[Account, ...]] | None = None
        self._lock = threading.Lock()

    def everyone(self) -> tuple[Account, ...]:
        """Return all accounts by id, active or not."""
        head = self._heads.get(HEAD)
        changes = int(head["changes"]) if head else 0
        with self._lock:
            if self._known is None or self._known[0] != changes:
                self._known = changes, tuple(account_from(document) for document in self._accounts.find({}))
            return self._known[1]

    def moved_on(self) -> None:
        """Say that an account has been written, after every write, also a repeated one."""
        while self._heads.update_if(HEAD, {}, Change(inc={"changes": 1})) is None:
            try:
                self._heads.insert({"_id": HEAD, "changes": 1})
            except Duplicate:
                continue
            return
