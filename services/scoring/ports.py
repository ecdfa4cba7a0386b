"""What is stored, and what the use cases need of storage and of the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from services.scoring.domain.cells import CellInputs, CellKey
from services.scoring.domain.transitions import Cause, Merged
from shared.bus.contact import CONTACT
from shared.events import Event
from shared.outbox import OUTBOX_INDEX
from shared.programme.model import Programme
from shared.store.port import CollectionSpec, Document, Index

RESPONSES = CollectionSpec("responses", (Index("cell", ("cell",)),))
REPORTS = CollectionSpec("reports", (Index("cell", ("cell",)),))
WORK = CollectionSpec("work", (Index("due", ("due_at",)), Index("programme", ("programme",))))
CELLS = CollectionSpec("cells", (OUTBOX_INDEX,))
SITE_FLAGS = CollectionSpec("site_flags", (OUTBOX_INDEX, Index("programme", ("programme",))))
EPISODES = CollectionSpec("episodes")
TRANSITIONS = CollectionSpec("transitions")
COLLECTIONS = (RESPONSES, REPORTS, WORK, CELLS, SITE_FLAGS, EPISODES, TRANSITIONS, CONTACT)
WITH_OUTBOX = (CELLS.name, SITE_FLAGS.name)

Urgency = Literal["answer", "wave", "peers"]


class Definitions(Protocol):
    """The registry: this service's copy of programmes, sites and waves."""

    def programmes(self) -> list[Programme]:
        """Return every known programme, by id."""

    def programme(self, id_: str, /) -> Programme:
        """Return the newest version. Raises NotFound."""

    def revision(self, id_: str, /) -> int:
        """Return the newest version's revision. Raises NotFound."""

    def site(self, programme: str, code: str, /) -> Document:
        """Return a site. Raises NotFound."""

    def sites(self, programme: str, /) -> list[Document]:
        """Return the active sites, by code."""

    def waves(self, programme: str, /) -> list[Document]:
        """Return the waves that have opened or closed."""


class Responses(Protocol):
    """The newest answers per respondent, and how overdue reports are."""

    def keep(self, answered: Mapping[str, Any]) -> CellKey:
        """Store the data of `submission.received` unless a newer revision is known; return its cell."""

    def erase(self, erased: Mapping[str, Any]) -> CellKey:
        """Replace the answers named by `submission.erased` by a tombstone; return their cell."""

    def erased(self, data: Mapping[str, Any]) -> bool:
        """Return whether these are answers that have been erased; the event they are from may be damaged."""

    def overdue(self, report: Mapping[str, Any]) -> CellKey:
        """Store the data of `report.overdue`; the highest number of days wins."""

    def inputs(self, key: CellKey) -> CellInputs:
        """Return everything a cell is computed from."""


@dataclass(frozen=True)
class Item:
    """A leased dirty cell. `told` are the digests its dependants were last told of."""

    key: CellKey
    seq: int
    cause: Cause
    told: tuple[str, str]
    correlation_id: str
    fence: int


class Work(Protocol):
    """Which cells must be computed."""

    def mark(self, key: CellKey, cause: Cause = "data", urgency: Urgency = "answer", *, create: bool = True) -> bool:
        """Mark a cell dirty; with `create` False only if it was ever marked. True if it is marked now."""

    def forget(self, key: CellKey) -> None:
        """Forget what a cell's dependants were told, so that its next computation tells them anew."""

    def known(self, programme: str, *, before_revision: int | None = None) -> list[CellKey]:
        """Return the cells ever marked, or those last computed with an older definition."""

    def dirty(self) -> int:
        """Return how many cells must be computed."""

    def waiting(self, keys: Sequence[CellKey], longer_than_s: float) -> dict[str, str]:
        """Return the cells whose data have waited longer than this to be computed: since when, by wave."""

    def claim(self) -> Item | None:
        """Lease the cell that has been due longest, None if none is."""

    def done(self, item: Item, revision: int, told: tuple[str, str]) -> None:
        """Say that the cell was computed as of the item's `seq`; if it was marked since, it stays due."""


class Cells(Protocol):
    """Computed cells."""

    def get(self, key: CellKey) -> Document | None:
        """Return a cell."""

    def of_site(self, programme: str, site: str, waves: Sequence[str]) -> list[Document]:
        """Return the site's cells of these waves that exist, in the order of the waves."""

    def write(self, key: CellKey, cell: Document, event: Event) -> None:
        """Store a cell unless a newer one is stored; the event leaves with the write if the content changed."""


class SiteFlags(Protocol):
    """The folded flags of each site, and of the programme as site `*`."""

    def get(self, programme: str, site: str) -> Document | None:
        """Return a site's flags."""

    def of_programme(self, programme: str) -> dict[str, Document]:
        """Return the flags of every site that ever had any, by its code, and the programme's own as `*`."""

    def write(self, before: Document | None, address: tuple[str, str], merged: Merged, events: Sequence[Event]) -> bool:
        """Store a fold of programme and site with its events if nobody wrote since `before`; False if somebody did."""

    def find(self, episode_id: str) -> Document | None:
        """Return the flags document that holds an episode."""

    def detail(self, episode_id: str) -> Document | None:
        """Return `explanation`, `values` and their `digest` as last stored for an episode."""

    def transition(self, episode_id: str, seq: int, digest: str) -> Document | None:
        """Return `explanation` and `values` of one transition."""
