"""Wiring: the only place that builds adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.scoring.adapters import collections
from services.scoring.adapters.cells import StoredCells
from services.scoring.adapters.responses import StoredResponses
from services.scoring.adapters.site_flags import StoredSiteFlags
from services.scoring.adapters.work import StoredWork
from services.scoring.config import ScoringSettings
from services.scoring.domain.due import Timing
from services.scoring.handlers.definitions import Speakers
from services.scoring.handlers.on_events import EventHandlers, Handler
from services.scoring.handlers.recompute import Recompute
from services.scoring.handlers.refold import Refold
from services.scoring.handlers.worlds import Worlds
from shared.clock import Clock
from shared.outbox import Receipts
from shared.registry import Registry
from shared.store.port import Store

SERVICE = "scoring"


@dataclass(frozen=True)
class Scoring:
    """Everything scoring does, without processes around it."""

    store: Store
    registry: Registry
    responses: StoredResponses
    cells: StoredCells
    flags: StoredSiteFlags
    work: StoredWork
    speakers: Speakers
    worlds: Worlds
    handlers: Mapping[str, Handler]
    new_worker: Callable[[str], Recompute]


def build(store: Store, clock: Clock, timing: Timing, owner: str) -> Scoring:
    """Wire the use cases to a store; `owner` names this process in leases."""
    registry = Registry(store)
    responses, cells, flags = StoredResponses(store), StoredCells(store), StoredSiteFlags(store)
    work = StoredWork(store, clock, timing, owner)
    speakers, worlds = Speakers(registry), Worlds(registry, responses, cells)
    refold = Refold(registry, cells, flags, clock)
    events = EventHandlers(responses, work, registry, registry.handlers())
    receipts = Receipts(store, collections.WITH_OUTBOX)

    def new_worker(name: str) -> Recompute:
        own = StoredWork(store, clock, timing, f"{owner}-{name}")
        return Recompute(own, cells, speakers, worlds, refold, registry, clock)

    return Scoring(
        store=store,
        registry=registry,
        responses=responses,
        cells=cells,
        flags=flags,
        work=work,
        speakers=speakers,
        worlds=worlds,
        handlers={**events.handlers(), "handled.scoring": receipts.on_handled},
        new_worker=new_worker,
    )


def timing(settings: ScoringSettings) -> Timing:
    """Return the waiting times from the settings."""
    return Timing(settings.quiet_s, settings.longest_s, settings.peers_s)
