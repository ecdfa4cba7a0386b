"""Builds scoring: the only file that puts adapters and use cases together."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import Flask

from services.scoring.adapters.cells import StoredCells
from services.scoring.adapters.responses import StoredResponses
from services.scoring.adapters.site_flags import StoredSiteFlags
from services.scoring.adapters.work import StoredWork
from services.scoring.config import ScoringSettings
from services.scoring.domain.due import Timing
from services.scoring.handlers.definitions import Speakers
from services.scoring.handlers.explaining import Explaining
from services.scoring.handlers.on_events import EventHandlers, Handler
from services.scoring.handlers.reading import Reading
from services.scoring.handlers.recompute import Recompute
from services.scoring.handlers.refold import Refold
from services.scoring.handlers.worlds import Worlds
from services.scoring.ports import COLLECTIONS, WITH_OUTBOX
from services.scoring.web import api, pages
from shared.bus.admin import ParkedQueue
from shared.bus.contact import Contact
from shared.bus.publisher import Publisher
from shared.clock import Clock, SystemClock
from shared.outbox import Receipts, Relay
from shared.registry import COLLECTIONS as REGISTRY
from shared.registry import Registry
from shared.runtime import metrics
from shared.runtime.loops import Step
from shared.runtime.pacing import Every
from shared.store import open_store
from shared.store.port import Store
from shared.web import create_app
from shared.web.api import install_api

SERVICE = "scoring"
PURGE_S = 300.0
MEASURE_S = 15.0
DESCRIPTION = "Indicator values and challenge flags, each with the reason why."


@dataclass
class Scoring:
    """Everything that works on one store; the parts that talk to the bus are made on request."""

    settings: ScoringSettings
    store: Store
    clock: Clock = field(default_factory=SystemClock)
    owner: str = ""

    def __post_init__(self) -> None:
        self.owner = self.owner or f"{socket.gethostname()}-{os.getpid()}"
        self.timing = Timing(self.settings.quiet_s, self.settings.longest_s, self.settings.peers_s)
        self.contact = Contact(self.store, self.clock, self.settings.late_after_s)
        self.registry = Registry(self.store)
        self.responses = StoredResponses(self.store)
        self.cells = StoredCells(self.store)
        self.flags = StoredSiteFlags(self.store)
        self.work = StoredWork(self.store, self.clock, self.timing, self.owner)
        self.speakers = Speakers(self.registry)
        self.worlds = Worlds(self.registry, self.responses, self.cells)
        self.refold = Refold(self.registry, self.cells, self.flags, self.clock)
        self.explaining = Explaining(self.speakers, self.worlds, self.cells, self.flags, self.refold)

    def migrate(self) -> list[str]:
        """Create what the store lacks; return one line per change."""
        return self.store.migrate([*COLLECTIONS, *REGISTRY])

    def purge(self) -> int:
        """Delete parked messages with answers that have been erased; return how many. Raises BusUnavailable."""
        parked = ParkedQueue(self.settings.bus_url, SERVICE)
        return parked.discard(lambda message: self.responses.erased(message.data), reason="erased", by=self.owner)

    def handlers(self, purge: Callable[[], int] | None = None) -> Mapping[str, Handler]:
        """Return the handler of every event scoring consumes; `purge` replaces the one that needs a bus."""
        kept = self.registry.handlers()
        events = EventHandlers(self.responses, self.work, self.cells, self.registry, kept, purge or self.purge)
        return {**events.handlers(), "handled.scoring": Receipts(self.store, WITH_OUTBOX).on_handled}

    def recompute(self, number: int = 1) -> Recompute:
        """Return a worker for dirty cells."""
        owner = f"{self.owner}-{number}"
        work = StoredWork(self.store, self.clock, self.timing, owner, self.settings.lease_s)
        return Recompute(work, self.cells, self.speakers, self.worlds, self.refold, self.registry, self.clock)

    def measure(self) -> int:
        """Measure how many cells wait; always 0, as there is never more to do at once."""
        metrics.CELLS_DIRTY.set(self.work.dirty())
        return 0

    def steps(self) -> dict[str, Step]:
        """Return every loop of a worker process by name."""
        # again and again, as a message somebody else is looking at escapes the purge at the erasure
        loops: dict[str, Step] = {"purge": Every(PURGE_S, time.monotonic, self.purge)}
        loops["measure"] = Every(MEASURE_S, time.monotonic, self.measure)
        loops["contact"] = self.contact.keep
        for number in range(1, self.settings.workers + 1):
            loops[f"cells-{number}"] = self.recompute(number).step
        for name in WITH_OUTBOX:
            publisher = Publisher(self.settings.bus_url)
            relay = Relay(self.store.collection(name), publisher, self.clock, self.owner, self.settings.resend_s)
            loops[f"relay-{name}"] = relay.run_once
        return loops

    def rescore(self, programme: str) -> int:
        """Mark every cell of a programme dirty; what changes is restated, not raised. Return how many there are."""
        keys = self.work.known(programme)
        for key in keys:
            self.work.forget(key)
            self.work.mark(key, "definition")
        return len(keys)


def build_web(settings: ScoringSettings, scoring: Scoring | None = None) -> Flask:
    """Return the web application: pages and JSON API."""
    scoring = scoring or build(settings)
    app = create_app(
        SERVICE, "/monitoring", settings, scoring.registry, scoring.store.ping, "services.scoring.web",
        late_since=scoring.contact.lost_since,
    )  # fmt: skip
    app.extensions["scoring"] = Reading(
        scoring.registry, scoring.cells, scoring.flags, scoring.explaining, scoring.work, settings.late_after_s
    )
    app.register_blueprint(pages.pages)
    install_api(app, SERVICE, api.BLUEPRINTS, DESCRIPTION)
    return app


def build(settings: ScoringSettings) -> Scoring:
    """Return scoring on the store of the settings."""
    return Scoring(settings, open_store(settings.store_url))
