"""A site's world, read from storage as far as its expressions ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from services.scoring.domain.cells import CellInputs, CellKey
from services.scoring.domain.context import Peer, Values, World
from services.scoring.domain.naming import Speaker
from services.scoring.domain.values import record_from
from services.scoring.handlers.definitions import features, site_codes, timeline
from services.scoring.ports import Cells, Definitions, Responses
from shared.store.port import Document

T = TypeVar("T")


class Worlds:
    """Builds worlds; each reads every wave's inputs, values and peers at most once."""

    def __init__(self, definitions: Definitions, responses: Responses, cells: Cells) -> None:
        self._definitions, self._responses, self._cells = definitions, responses, cells

    def of(self, speaker: Speaker, site: str) -> World:
        """Return the world of one site."""
        programme = speaker.plan.programme

        def inputs(wave: str) -> CellInputs:
            return self._responses.inputs(CellKey(programme.id, site, wave))

        def values(wave: str) -> Values:
            return values_of(self._cells.get(CellKey(programme.id, site, wave)))

        return World(
            plan=speaker.plan,
            features=features(programme, self._definitions, site),
            waves=timeline(programme, self._definitions),
            inputs=_once(inputs),
            values=_once(values),
            peers=_once(lambda wave: self._peers(speaker, site, wave)),
        )

    def _peers(self, speaker: Speaker, site: str, wave: str) -> Sequence[Peer]:
        programme = speaker.plan.programme
        found = []
        for code in site_codes(programme, self._definitions):
            cell = self._cells.get(CellKey(programme.id, code, wave)) if code != site else None
            if cell is not None:
                numbers = {name: r["value"] for name, r in cell["values"].items() if r["value"] is not None}
                found.append(Peer(features(programme, self._definitions, code), numbers))
        return found


def values_of(cell: Document | None) -> Values:
    """Return a stored cell's values as the expressions see them; empty for a cell never computed."""
    return {} if cell is None else {name: record_from(stored).result() for name, stored in cell["values"].items()}


def _once(read: Callable[[str], T]) -> Callable[[str], T]:
    known: dict[str, T] = {}

    def remembered(wave: str) -> T:
        if wave not in known:
            known[wave] = read(wave)
        return known[wave]

    return remembered
