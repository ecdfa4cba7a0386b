"""Cells: what is known about one site in one wave, and the keys everything is stored under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.scoring.domain.answers import Response
from shared.programme.model import Form

EVERY_SITE = "*"


@dataclass(frozen=True, order=True)
class CellKey:
    """A site in a wave; site and wave `*` stand for the programme as a whole."""

    programme: str
    site: str
    wave: str

    def __str__(self) -> str:
        return f"{self.programme}/{self.site}/{self.wave}"

    @property
    def of_programme(self) -> bool:
        """True for the cell that stands for all sites."""
        return self.site == EVERY_SITE


def cell_key(text: str) -> CellKey:
    """Read a key from its text. Raises ValueError."""
    programme, site, wave = text.split("/")
    return CellKey(programme, site, wave)


def programme_key(programme: str) -> CellKey:
    """Return the key of the cell that stands for all sites of a programme."""
    return CellKey(programme, EVERY_SITE, EVERY_SITE)


@dataclass(frozen=True)
class CellInputs:
    """The raw inputs of one cell. `overdue` maps a form to the days its report is overdue."""

    responses: Sequence[Response] = ()
    overdue: Mapping[str, int] | None = None

    def of_form(self, form: Form) -> list[Response]:
        """Return the responses that count for a form: all, or the newest where a site answers once."""
        found = sorted((r for r in self.responses if r.form == form.id), key=lambda r: r.respondent)
        if form.respondents == "one" and len(found) > 1:
            return [max(found, key=lambda r: (r.received_at, r.revision, r.respondent))]
        return found

    @property
    def imported(self) -> bool:
        """True when every answer was taken over from earlier records: nothing here is news."""
        return bool(self.responses) and all(response.imported for response in self.responses)

    def days_overdue(self, form_id: str) -> int | None:
        """Return the days reported for a form, None if nothing was."""
        return (self.overdue or {}).get(form_id)
