"""Where drafts lie: every write is against the draft as it was read, so that two windows lose nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from services.intake.domain.draft import Draft
from services.intake.handlers.desk import Desk
from services.intake.handlers.kept import draft_from_document, draft_to_document, opened
from services.intake.ports import DRAFTS
from shared.errors import NotFound, TransientError
from shared.store.port import Change, Duplicate

_ATTEMPTS = 10
_ONCE_OPEN = ("answers", "typed", "seen")


class DraftStore:
    """Reads and writes drafts. `rev` 0 is a draft that was never written."""

    def __init__(self, desk: Desk) -> None:
        self._collection = desk.collection(DRAFTS)
        self._seal = desk.seal

    def find(self, id_: str, own: str) -> Draft | None:
        """Return a draft, None if there is none; `own` as in `Draft`. Raises Unreadable."""
        document = self._collection.get(id_)
        return None if document is None else opened(draft_from_document(document, own), document, self._seal)

    def find_empty(self, id_: str, own: str) -> Draft | None:
        """Return a draft without what was said in it, None if there is none: for one that cannot be opened."""
        document = self._collection.get(id_)
        return None if document is None else draft_from_document(document, own)

    def write(self, draft: Draft, change: Callable[[Draft], Draft]) -> Draft:
        """Apply the change to the draft as it is now and return the result.

        The change is applied again to what another writer left, until it can be written.
        """
        for _ in range(_ATTEMPTS):
            written = self._put(replace(change(draft), own=draft.own))
            if written is not None:
                return written
            draft = self._reread(draft)
        raise TransientError("the draft is being changed elsewhere")

    def _put(self, draft: Draft) -> Draft | None:
        newer = replace(draft, rev=draft.rev + 1)
        if draft.rev == 0:
            try:
                self._collection.insert(draft_to_document(newer, self._seal))
            except Duplicate:
                return None
            return newer
        fields = {key: value for key, value in draft_to_document(newer, self._seal).items() if key != "_id"}
        change = Change(set=fields, unset=_ONCE_OPEN)
        written = self._collection.update_if(draft.id, {"rev": draft.rev}, change)
        return newer if written is not None else None

    def _reread(self, draft: Draft) -> Draft:
        found = self.find(draft.id, draft.own)
        if found is None:
            raise NotFound("Nothing was begun under this link.")
        return found
