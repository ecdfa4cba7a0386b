"""Folded flags in the document store, with the events their transitions cause."""

from __future__ import annotations

from collections.abc import Sequence

from services.scoring.domain.transitions import Merged
from services.scoring.ports import EPISODES, SITE_FLAGS, TRANSITIONS
from shared.events import Event
from shared.outbox import stage
from shared.store.port import Change, Collection, Document, Duplicate, Store


class StoredSiteFlags:
    """Implements `SiteFlags`: one small document per site, compare-and-set on `revision` and the outbox.

    What is written before it: `episodes` (finds a site by an episode's id) and `transitions` (details,
    never changed, found by what the flags document says). What is written after it: the newest detail of
    an episode; its digest in the flags document tells whether that happened.
    """

    def __init__(self, store: Store) -> None:
        self._flags = store.collection(SITE_FLAGS.name)
        self._episodes = store.collection(EPISODES.name)
        self._transitions = store.collection(TRANSITIONS.name)

    def get(self, programme: str, site: str) -> Document | None:
        """Return a site's flags."""
        return self._flags.get(f"{programme}/{site}")

    def of_programme(self, programme: str) -> dict[str, Document]:
        """Return the flags of every site that ever had any, by its code, and the programme's own as `*`."""
        return {document["site"]: document for document in self._flags.find({"programme": programme})}

    def write(self, before: Document | None, address: tuple[str, str], merged: Merged, events: Sequence[Event]) -> bool:
        """Store a fold of programme and site with its events if nobody wrote since `before`; False if somebody did."""
        id_ = "/".join(address)
        revision = (before or {}).get("revision", 0) + 1
        self._prepare(id_, (before or {}).get("episodes", {}), merged)
        fields = {**merged.fields, "programme": address[0], "site": address[1], "revision": revision}
        if events:
            fields |= stage(before, events, events[0].time)
        if not self._written(id_, before, fields):
            return False
        for episode_id, detail in merged.details.items():
            content = {**detail.to_json(), "digest": detail.digest}
            self._episodes.put_if_newer({"_id": episode_id, "flags": id_, "revision": revision, **content})
        return True

    def find(self, episode_id: str) -> Document | None:
        """Return the flags document that holds an episode."""
        address = self._episodes.get(episode_id)
        return None if address is None else self._flags.get(address["flags"])

    def detail(self, episode_id: str) -> Document | None:
        """Return `explanation`, `values` and their `digest` as last stored for an episode."""
        found = self._episodes.get(episode_id)
        return found if found is not None and "digest" in found else None

    def transition(self, episode_id: str, seq: int, digest: str) -> Document | None:
        """Return `explanation` and `values` of one transition."""
        return self._transitions.get(f"{episode_id}/{seq}/{digest}")

    def _prepare(self, id_: str, known: Document, merged: Merged) -> None:
        for episode_id in merged.fields["episodes"]:
            if episode_id not in known:
                _insert(self._episodes, {"_id": episode_id, "flags": id_, "revision": 0})
        for one in merged.transitions:
            key = f"{one.episode_id}/{one.seq}/{one.detail.digest}"
            _insert(self._transitions, {"_id": key, **one.detail.to_json()})

    def _written(self, id_: str, before: Document | None, fields: Document) -> bool:
        if before is None:
            return _insert(self._flags, {"_id": id_, **fields})
        where = {"revision": before["revision"], "outbox_rev": before.get("outbox_rev")}
        return self._flags.update_if(id_, where, Change(set=fields)) is not None


def _insert(collection: Collection, document: Document) -> bool:
    """Insert; False if the key is taken."""
    try:
        collection.insert(document)
    except Duplicate:
        return False
    return True
