"""The worker: takes the dirty cell that is due, computes it, folds the site's flags, marks what depends on it."""

from __future__ import annotations

from dataclasses import replace

from services.scoring.domain.cell import compute_cell, outward_digest, settled_digest
from services.scoring.domain.cells import CellKey, programme_key
from services.scoring.domain.context import World
from services.scoring.domain.events import indicators_computed
from services.scoring.domain.naming import Speaker
from services.scoring.handlers.definitions import Speakers, site_codes
from services.scoring.handlers.refold import Refold
from services.scoring.handlers.worlds import Worlds
from services.scoring.ports import Cells, Definitions, Item, Work
from shared.clock import Clock, to_text
from shared.errors import NotFound
from shared.runtime import context, metrics
from shared.store.port import Document

NOTHING_TOLD = ("", "")


class Recompute:
    """Computes one cell per step. Several may run at once, in any process."""

    def __init__(
        self, work: Work, cells: Cells, speakers: Speakers, worlds: Worlds, refold: Refold, definitions: Definitions,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._work, self._cells, self._speakers = work, cells, speakers
        self._worlds, self._refold, self._definitions, self._clock = worlds, refold, definitions, clock

    def step(self) -> int:
        """Compute the cell that has been due longest; return how many there were (0 or 1).

        A crash at any point leaves the cell due: it is computed again when the lease ends, with the
        same result.
        """
        item = self._work.claim()
        if item is None:
            return 0
        with metrics.CELL_SECONDS.time():
            self._compute(item)
        return 1

    def _compute(self, item: Item) -> None:
        context.correlation_id.set(item.correlation_id)
        try:
            speaker = self._speakers.of(item.key.programme)
        except NotFound:
            self._work.done(item, 0, NOTHING_TOLD)  # `programme.published` marks it again
            return
        if item.key.of_programme:
            self._refold.store(speaker, item.key.site, item.cause, item.correlation_id)
            told = NOTHING_TOLD
        else:
            told = self._cell(speaker, item)
        self._work.done(item, speaker.plan.revision, told)

    def _cell(self, speaker: Speaker, item: Item) -> tuple[str, str]:
        world = self._worlds.of(speaker, item.key.site)
        codes = [wave.code for wave in world.waves]
        if item.key.wave not in codes:
            return NOTHING_TOLD
        at = codes.index(item.key.wave)
        cell = self._write(item, world, at)
        told = (outward_digest(cell), settled_digest(cell))
        if told[1] != item.told[1]:
            self._refold.store(speaker, item.key.site, item.cause, item.correlation_id)
            if speaker.plan.prevalence:
                self._work.mark(programme_key(item.key.programme), item.cause, "peers")
        if told[0] != item.told[0]:
            self._tell_values(speaker, item, codes[at + 1 :])
        return told

    def _write(self, item: Item, world: World, at: int) -> Document:
        now = to_text(self._clock.now())
        key = item.key
        cell = {
            **compute_cell(world, at),
            "programme": key.programme,
            "site": key.site,
            "as_of_seq": item.seq,
            "computed_at": now,
        }
        event = indicators_computed(key, cell, now, f"cells/{key}")
        self._cells.write(key, cell, replace(event, correlation_id=item.correlation_id))
        return cell

    def _tell_values(self, speaker: Speaker, item: Item, later: list[str]) -> None:
        key = item.key
        if speaker.plan.across_waves:
            for wave in later:
                self._work.mark(replace(key, wave=wave), item.cause, "wave", create=False)
        if speaker.plan.across_sites:
            for site in site_codes(speaker.plan.programme, self._definitions):
                if site != key.site:
                    self._work.mark(CellKey(key.programme, site, key.wave), item.cause, "peers", create=False)
