"""The list of dirty cells in the document store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from services.scoring.domain.cells import CellKey, cell_key
from services.scoring.domain.due import Timing, due_after_answer, due_as_dependant
from services.scoring.domain.transitions import Cause
from services.scoring.ports import WORK, Item, Urgency
from shared.clock import Clock, to_text
from shared.errors import TransientError
from shared.runtime import context
from shared.store.port import Change, Document, Duplicate, Exists, Range, Store

_TRIES = 50


class StoredWork:
    """Implements `Work`: one document per cell ever marked; `seq` counts markings, `due_at` is set while dirty."""

    def __init__(self, store: Store, clock: Clock, timing: Timing, owner: str, lease_s: float = 30.0) -> None:
        self._work = store.collection(WORK.name)
        self._clock, self._timing, self._owner, self._lease_s = clock, timing, owner, lease_s

    def mark(self, key: CellKey, cause: Cause = "data", urgency: Urgency = "answer", *, create: bool = True) -> bool:
        """Mark a cell dirty; with `create` False only if it was ever marked. True if it is marked now."""
        for _ in range(_TRIES):
            known = self._work.get(str(key))
            if known is None and not create:
                return False
            if urgency != "answer" and _will_see(known, cause):
                return True
            if self._marked(key, known, cause, urgency):
                return True
        raise TransientError(f"{key} is marked too often at once")

    def _marked(self, key: CellKey, known: Document | None, cause: Cause, urgency: Urgency) -> bool:
        fields = self._fields(known or {}, urgency)
        if cause == "data":
            fields["by_data"] = "yes"
        if known is not None:
            where = {"seq": known["seq"]}
            return self._work.update_if(str(key), where, Change(set=fields, inc={"seq": 1})) is not None
        parts = {"programme": key.programme, "site": key.site, "wave": key.wave}
        try:
            self._work.insert({"_id": str(key), **parts, "seq": 1, "definition": 0, **fields})
        except Duplicate:
            return False
        return True

    def _fields(self, before: Document, urgency: Urgency) -> dict[str, str]:
        now, due = self._clock.now(), before.get("due_at")
        first = before.get("marked_at") if due else None
        if urgency == "answer":
            due = due_after_answer(now, first, self._timing)
        elif due is None:
            wait_s = self._timing.peers_s if urgency == "peers" else self._timing.quiet_s
            due = due_as_dependant(now, wait_s)
        return {"due_at": due, "marked_at": first or to_text(now), "correlation_id": context.correlation_id.get()}

    def forget(self, key: CellKey) -> None:
        """Forget what a cell's dependants were told, so that its next computation tells them anew."""
        self._work.update_if(str(key), {}, Change(unset=("told",)))

    def known(self, programme: str, *, before_revision: int | None = None) -> list[CellKey]:
        """Return the cells ever marked, or those last computed with an older definition."""
        older = {} if before_revision is None else {"definition": Range(lt=before_revision)}
        return [cell_key(found["_id"]) for found in self._work.find({"programme": programme, **older})]

    def dirty(self) -> int:
        """Return how many cells must be computed."""
        return self._work.count({"due_at": Exists()})

    def waiting(self, keys: Sequence[CellKey], longer_than_s: float) -> dict[str, str]:
        """Return the cells whose data have waited longer than this to be computed: since when, by wave."""
        before = to_text(self._clock.now() - timedelta(seconds=longer_than_s))
        known = [self._work.get(str(key)) or {} for key in keys]
        waits = [one for one in known if one.get("due_at") and one.get("by_data") and one["marked_at"] < before]
        return {one["wave"]: one["marked_at"] for one in waits}

    def claim(self) -> Item | None:
        """Lease the cell that has been due longest, None if none is."""
        now = self._clock.now()
        until = to_text(now + timedelta(seconds=self._lease_s))
        lease = self._work.claim({}, due="due_at", now=to_text(now), until=until, owner=self._owner)
        if lease is None:
            return None
        found = lease.document
        told = found.get("told") or ["", ""]
        return Item(
            key=cell_key(found["_id"]),
            seq=found["seq"],
            cause="data" if found.get("by_data") else "definition",
            told=(told[0], told[1]),
            correlation_id=found.get("correlation_id") or "",
            fence=lease.fence,
        )

    def done(self, item: Item, revision: int, told: tuple[str, str]) -> None:
        """Say that the cell was computed as of the item's `seq`; if it was marked since, it stays due."""
        id_, kept = str(item.key), {"told": list(told), "definition": revision}
        finished = Change(set=kept, unset=("due_at", "marked_at", "by_data", "lease_until", "lease_owner"))
        if self._work.update_if(id_, {"fence": item.fence, "seq": item.seq}, finished) is None:
            self._work.finish(id_, item.fence, Change(set={**kept, "marked_at": to_text(self._clock.now())}))


def _will_see(known: Document | None, cause: Cause) -> bool:
    """True if the cell is dirty and nobody has begun to compute it: whoever does will read what is stored now."""
    if known is None or not known.get("due_at") or known.get("lease_until"):
        return False
    return cause == "definition" or bool(known.get("by_data"))
