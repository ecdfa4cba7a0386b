"""Folded flags in the document store, with the events their transitions cause."""

from __future__ import annotations

from collections.abc import Sequence

from services.scoring.adapters.collections import EPISODES, SITE_FLAGS
from shared.events import Event
from shared.outbox import stage
from shared.store.port import Change, Document, Duplicate, Store


class StoredSiteFlags:
    """Implements `SiteFlags`: one document per site, compare-and-set on `revision` and the outbox.

    `episodes` is the address book that finds a site by an episode's id; it is written first, so that
    every episode in a flags document can be found.
    """

    def __init__(self, store: Store) -> None:
        self._flags = store.collection(SITE_FLAGS.name)
        self._episodes = store.collection(EPISODES.name)

    def get(self, programme: str, site: str) -> Document | None:
        """Return a site's flags."""
        return self._flags.get(f"{programme}/{site}")

    def write(self, before: Document | None, after: Document, events: Sequence[Event]) -> bool:
        """Store the fields of `after` with their events if nobody wrote since `before`; False if somebody did."""
        id_ = f"{after['programme']}/{after['site']}"
        known = (before or {}).get("episodes", {})
        for episode_id in after["episodes"]:
            if episode_id not in known:
                self._note(episode_id, id_)
        fields = {**after, "revision": (before or {}).get("revision", 0) + 1}
        if events:
            fields |= stage(before, events, events[0].time)
        if before is None:
            return self._inserted({"_id": id_, **fields})
        where = {"revision": before["revision"], "outbox_rev": before.get("outbox_rev")}
        return self._flags.update_if(id_, where, Change(set=fields)) is not None

    def find(self, episode_id: str) -> Document | None:
        """Return the flags document that holds an episode."""
        address = self._episodes.get(episode_id)
        return None if address is None else self._flags.get(address["flags"])

    def _note(self, episode_id: str, flags: str) -> None:
        try:
            self._episodes.insert({"_id": episode_id, "flags": flags})
        except Duplicate:
            return

    def _inserted(self, document: Document) -> bool:
        try:
            self._flags.insert(document)
        except Duplicate:
            return False
        return True
