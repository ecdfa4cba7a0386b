"""Taking over answers from a table: everything judged first, then kept row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.intake.domain import refusals
from services.intake.domain.bulk import Line, columns_of, sent_of
from services.intake.domain.submission import Place, Sent, respondent_of
from services.intake.handlers.desk import Desk
from services.intake.handlers.submit import Submissions
from shared.errors import Conflict, Fault, Invalid, NotFound


@dataclass(frozen=True)
class Taken:
    """How many rows were kept now, and how many had been kept before."""

    new: int
    known: int


@dataclass
class BulkImport:
    """Judges tables and keeps them."""

    desk: Desk
    submissions: Submissions

    def check(self, lines: Sequence[Line], place: Place, language: str, past_at: str = "") -> list[Sent]:
        """Return what the rows hand in; keeps nothing.

        `place` names programme and form, and the site and wave of rows that name none. With `past_at` (an
        instant) waves need not be open. Raises NotFound for programme or form, Invalid with the faults of all
        rows, each path `row, question`.
        """
        programme = self.desk.registry.programme(place.programme)
        compiled = self.desk.compiled(programme, place.form)
        headings = list(dict.fromkeys(heading for line in lines for heading in line.cells))
        columns = columns_of(compiled, headings, language)
        faults, found = list(columns.faults), list[Sent]()
        if not lines:
            faults.append(Fault("1", "no_rows", refusals.NO_ROWS))
        for line in lines:
            sent, wrong = sent_of(line, columns, place, language, many=compiled.form.respondents == "many")
            known = {one.path for one in wrong}
            wrong += [one for one in self._faults(sent, language, past_at) if one.path not in known]
            faults += [replace(one, path=f"{line.number}, {one.path}".rstrip(", ")) for one in wrong]
            found.append(sent)
        faults += _twice(lines, found)
        if faults:
            raise Invalid(faults)
        return found

    def take(self, found: Sequence[Sent], told: Callable[[int, int], None], language: str, past_at: str = "") -> Taken:
        """Keep what `check` returned; `told` hears how many of how many. Doing it again changes nothing."""
        new = 0
        for done, sent in enumerate(found, start=1):
            if past_at:
                accepted = self.submissions.import_past(sent, past_at, language)
            else:
                accepted = self.submissions.submit(sent, language)
            new += accepted.created
            told(done, len(found))
        return Taken(new, len(found) - new)

    def _faults(self, sent: Sent, language: str, past_at: str) -> list[Fault]:
        try:
            asked = self.submissions.check(sent, language, past_at or None)
        except Invalid as refused:
            return list(refused.faults)
        except Conflict as refused:
            return [Fault("", refused.code, refused.message)]
        except NotFound as refused:
            return [Fault("", "not_found", refused.message)]
        latest = self.submissions.latest(sent.place, respondent_of(asked.form.respondents, sent))
        if latest is not None and (latest.instance_id, latest.content_hash) != (sent.instance_id, sent.content_hash):
            return [Fault("", "already_submitted", refusals.ALREADY)]
        return []


def _twice(lines: Sequence[Line], found: Sequence[Sent]) -> list[Fault]:
    """Return a fault for every row that is the same respondent's as one above it."""
    seen: dict[str, int] = {}
    faults = []
    for line, sent in zip(lines, found, strict=True):
        above = seen.setdefault(sent.instance_id, line.number)
        if above != line.number:
            faults.append(Fault(str(line.number), "row_twice", refusals.ROW_TWICE.format(row=above)))
    return faults
