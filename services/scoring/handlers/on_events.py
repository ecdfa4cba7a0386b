"""What happens when an event arrives: store it, mark the cells it concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.scoring.domain.cells import CellKey
from services.scoring.domain.digests import digest
from services.scoring.handlers.definitions import features_of
from services.scoring.ports import Cells, Definitions, Responses, Work
from shared.errors import NotFound
from shared.events import Event

Handler = Callable[[Event], None]


class EventHandlers:
    """One method per event; all idempotent, in any order.

    `registry` keeps the copy of what intake publishes, `purge` deletes parked messages with erased answers.
    """

    def __init__(
        self,
        responses: Responses,
        work: Work,
        cells: Cells,
        definitions: Definitions,
        registry: Mapping[str, Handler],
        purge: Callable[[], int],
    ) -> None:
        self._responses, self._work, self._cells = responses, work, cells
        self._definitions, self._registry, self._purge = definitions, registry, purge

    def handlers(self) -> dict[str, Handler]:
        """Return the handler per event name."""
        return {
            **self._registry,
            "submission.received": lambda e: self._mark(self._responses.keep(e.data)),
            "submission.erased": self.on_submission_erased,
            "report.overdue": lambda e: self._mark(self._responses.overdue(e.data)),
            "programme.published": self.on_programme_published,
            "site.changed": self.on_site_changed,
            "wave.opened": self.on_wave_opened,
            "wave.closed": self.on_wave_closed,
        }

    def on_submission_erased(self, event: Event) -> None:
        """Erase the answers here, and those that lie among the parked messages. Raises BusUnavailable."""
        key = self._responses.erase(event.data)
        self._purge()
        self._mark(key)

    def on_programme_published(self, event: Event) -> None:
        """Keep the definition; mark every cell last computed with an older one."""
        self._registry[event.name](event)
        programme, revision = event.data["programme"], event.data["revision"]
        for key in self._work.known(programme, before_revision=revision):
            self._work.mark(key, "definition")

    def on_site_changed(self, event: Event) -> None:
        """Keep the site; mark its cells that were computed with other features."""
        self._registry[event.name](event)
        programme, site = event.data["programme"], event.data["site"]
        now = digest(features_of(self._definitions.site(programme, site)))
        for key in self._work.known(programme):
            if key.site == site:
                cell = self._cells.get(key)
                if cell is None or cell["features_digest"] != now:
                    self._work.mark(key)

    def on_wave_opened(self, event: Event) -> None:
        """Keep the wave; mark its cells that could not be computed without it."""
        self._registry[event.name](event)
        for key in self._work.known(event.data["programme"]):
            if key.wave == event.data["wave"]:
                self._mark_new(key)

    def on_wave_closed(self, event: Event) -> None:
        """Keep the wave; every site has a cell in it from now on, also where nobody answered."""
        self._registry[event.name](event)
        programme, wave = event.data["programme"], event.data["wave"]
        for site in self._sites(programme):
            self._mark_new(CellKey(programme, site, wave))

    def _mark_new(self, key: CellKey) -> None:
        if self._cells.get(key) is None:
            self._work.mark(key)

    def _sites(self, programme: str) -> list[str]:
        known = {site["site"] for site in self._definitions.sites(programme)}
        try:
            known |= {site.code for site in self._definitions.programme(programme).sites}
        except NotFound:
            return sorted(known)
        return sorted(known)

    def _mark(self, key: CellKey) -> None:
        self._work.mark(key)
