"""The collections of scoring's database and their indexes."""

from __future__ import annotations

from shared import registry
from shared.outbox import OUTBOX_INDEX
from shared.store.port import CollectionSpec, Index

RESPONSES = CollectionSpec("responses", (Index("cell", ("cell",)),))
REPORTS = CollectionSpec("reports", (Index("cell", ("cell",)),))
WORK = CollectionSpec("work", (Index("due", ("due_at",)), Index("programme", ("programme",))))
CELLS = CollectionSpec("cells", (OUTBOX_INDEX,))
SITE_FLAGS = CollectionSpec("site_flags", (OUTBOX_INDEX,))
EPISODES = CollectionSpec("episodes")
TRANSITIONS = CollectionSpec("transitions")
ALL = (RESPONSES, REPORTS, WORK, CELLS, SITE_FLAGS, EPISODES, TRANSITIONS, *registry.COLLECTIONS)
WITH_OUTBOX = (CELLS.name, SITE_FLAGS.name)
