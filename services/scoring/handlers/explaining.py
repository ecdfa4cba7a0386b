"""Why a flag stands where it stands: read from storage, or computed again from the stored answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from services.scoring.domain.cell import compute_cell
from services.scoring.domain.cells import EVERY_SITE
from services.scoring.domain.context import Values
from services.scoring.domain.digests import canonical
from services.scoring.domain.naming import Speaker
from services.scoring.domain.site_flags import fold_site
from services.scoring.domain.transitions import Detail, Folded
from services.scoring.handlers.definitions import Speakers
from services.scoring.handlers.refold import Refold
from services.scoring.handlers.worlds import Worlds, values_of
from services.scoring.ports import Cells, SiteFlags
from shared.errors import unknown
from shared.store.port import Document


@dataclass(frozen=True)
class Again:
    """An explanation as stored and as computed again."""

    stored: dict[str, Any]
    computed: dict[str, Any]

    @property
    def same(self) -> bool:
        """True if both are the same, byte for byte."""
        return canonical(self.stored) == canonical(self.computed)


class Explaining:
    """Finds episodes and their explanations."""

    def __init__(self, speakers: Speakers, worlds: Worlds, cells: Cells, flags: SiteFlags, refold: Refold) -> None:
        self._speakers, self._worlds, self._refold = speakers, worlds, refold
        self._cells, self._flags = cells, flags

    def episode(self, episode_id: str) -> Document:
        """Return the flags document that holds the episode. Raises NotFound."""
        document = self._flags.find(episode_id)
        if document is None or episode_id not in document["episodes"]:
            raise unknown("flag", episode_id)
        return document

    def detail(self, programme: str, site: str, episode_id: str, entry: Document) -> dict[str, Any]:
        """Return an episode's `explanation` and `values`: as stored, or folded again where they were not stored yet."""
        stored = self._flags.detail(episode_id)
        if stored is not None and stored["digest"] == entry["digest"]:
            return {"explanation": stored["explanation"], "values": stored["values"]}
        folded = self._refold.folded(self._speakers.of(programme), site)
        return _of(folded, episode_id, entry).to_json()

    def transitions(self, document: Document, episode_id: str) -> list[dict[str, Any]]:
        """Return the episode's transitions, oldest first, each with its explanation where that is kept."""
        found = []
        for one in document.get("transitions", ()):
            if one["episode_id"] == episode_id:
                kept = self._flags.transition(episode_id, one["seq"], one["digest"])
                found.append({**one, "explanation": None if kept is None else kept["explanation"]})
        return found

    def again(self, episode_id: str) -> Again:
        """Compute everything behind an episode again from the stored answers. Raises NotFound."""
        document = self.episode(episode_id)
        speaker = self._speakers.of(document["programme"])
        site = document["site"]
        folded = self._refold.folded(speaker, site) if site == EVERY_SITE else self._from_answers(speaker, site)
        entry = document["episodes"][episode_id]
        computed = _of(folded, episode_id, entry)
        return Again(self.detail(speaker.plan.programme.id, site, episode_id, entry), computed.to_json())

    def _from_answers(self, speaker: Speaker, site: str) -> Folded:
        world = self._worlds.of(speaker, site)
        fresh: dict[str, Document] = {}

        def values(wave: str) -> Values:
            return values_of(fresh.get(wave))

        world = replace(world, values=values)
        codes = [wave.code for wave in world.waves]
        for cell in self._cells.of_site(speaker.plan.programme.id, site, codes):
            fresh[cell["wave"]] = compute_cell(world, codes.index(cell["wave"]))
        return fold_site(speaker, site, list(fresh.values()))


def _of(folded: Folded, episode_id: str, entry: Document) -> Detail:
    found = folded.details.get(episode_id)
    return folded.afterwards(episode_id, entry) if found is None else found
