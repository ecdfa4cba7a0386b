"""Folding a site's flags anew and telling what changed."""

from __future__ import annotations

import logging
from dataclasses import replace

from services.scoring.domain.cells import EVERY_SITE
from services.scoring.domain.events import flag_events
from services.scoring.domain.naming import Speaker
from services.scoring.domain.prevalence import fold_programme
from services.scoring.domain.site_flags import fold_site
from services.scoring.domain.transitions import Cause, Folded, Transition, merged
from services.scoring.handlers.definitions import site_codes, timeline
from services.scoring.ports import Cells, Definitions, SiteFlags
from shared.clock import Clock, to_text
from shared.errors import TransientError
from shared.runtime import metrics
from shared.store.port import Document

log = logging.getLogger(__name__)

_TRIES = 20


class Refold:
    """Folds and stores; when others write at the same time, reads and folds again."""

    def __init__(self, definitions: Definitions, cells: Cells, flags: SiteFlags, clock: Clock) -> None:
        self._definitions, self._cells, self._flags, self._clock = definitions, cells, flags, clock

    def folded(self, speaker: Speaker, site: str) -> Folded:
        """Return a fresh fold: of a site's stored cells, or, for `*`, of all sites' stored flags."""
        if site == EVERY_SITE:
            return self._programme(speaker)
        programme = speaker.plan.programme
        waves = [wave.code for wave in timeline(programme, self._definitions)]
        return fold_site(speaker, site, self._cells.of_site(programme.id, site, waves))

    def _programme(self, speaker: Speaker) -> Folded:
        programme = speaker.plan.programme
        found = self._flags.of_programme(programme.id)
        sites = {code: found[code] for code in site_codes(programme, self._definitions) if code in found}
        seen = {wave for document in sites.values() for wave in document["waves"]}
        waves = [wave for wave in timeline(programme, self._definitions) if wave.code in seen]
        return fold_programme(speaker, {code: document["episodes"] for code, document in sites.items()}, waves)

    def store(self, speaker: Speaker, site: str, cause: Cause, correlation_id: str = "") -> None:
        """Fold the flags of a site, or, for `*`, of the programme; store and tell what changed. Idempotent."""
        programme = speaker.plan.programme
        for _ in range(_TRIES):
            before = self._flags.get(programme.id, site)
            at = to_text(self._clock.now())
            result = merged(before, self.folded(speaker, site), cause, at)
            if result is None:
                return
            told = flag_events(programme, site, result.transitions, at, f"site_flags/{programme.id}/{site}")
            events = [replace(event, correlation_id=correlation_id) for event in told]
            if self._flags.write(before, (programme.id, site), result, events):
                _report(programme.id, site, result.transitions)
                return
        raise TransientError(f"{programme.id}/{site}: flags are written too often at once")


def _report(programme: str, site: str, transitions: list[Transition]) -> None:
    for one in transitions:
        facts: Document = {"programme": programme, "site": site, "flag": one.entry["flag"], "kind": one.kind}
        metrics.FLAG_TRANSITIONS.labels(one.kind, one.entry["severity"]).inc()
        log.info("flag changed", extra={**facts, "severity": one.entry["severity"], "episode_id": one.episode_id})
