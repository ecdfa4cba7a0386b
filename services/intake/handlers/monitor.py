"""Who has answered, who has begun, who is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from services.intake.domain.overdue import complete
from services.intake.domain.submission import Submission
from services.intake.domain.waves import calendar
from services.intake.handlers.desk import Desk
from services.intake.handlers.submit import Submissions
from services.intake.ports import DRAFTS
from shared.errors import unknown
from shared.programme.model import Form, Programme, Wave

Status = Literal["complete", "submitted", "draft", "missing"]


@dataclass(frozen=True)
class Response:
    """What one site has answered in one form of a wave. `overdue`: incomplete after the due date.

    `marked` counts the submissions from devices that break rules; `marks` says which questions, and how.
    """

    site: str
    form: str
    status: Status
    submissions: int
    overdue: bool
    last_received_at: str | None
    saved_at: str | None = None
    marked: int = 0
    marks: tuple[tuple[str, str], ...] = ()


class Monitor:
    """Reads the state of a wave."""

    def __init__(self, desk: Desk, submissions: Submissions) -> None:
        self._desk = desk
        self._submissions = submissions

    def responses(self, programme: Programme, wave_code: str, sites: frozenset[str] | None = None) -> list[Response]:
        """Return one entry per site and form of the wave, `sites` None = all. Raises NotFound."""
        wave = self._wave(programme, wave_code)
        where = {"programme": programme.id, "wave": wave.code}
        answered: dict[tuple[str, str], list[Submission]] = defaultdict(list)
        for submission in self._submissions.newest(where):
            answered[submission.place.site, submission.place.form].append(submission)
        drafts: dict[tuple[str, str], str] = {}
        for draft in self._desk.collection(DRAFTS).find({**where, "state": "draft"}):
            key = (draft["site"], draft["form"])
            drafts[key] = max(drafts.get(key, ""), draft["saved_at"])
        late = self._desk.now() >= calendar(wave, self._desk.zone).due_at
        return [
            _response(programme.form(form), site.code, answered[site.code, form], drafts.get((site.code, form)), late)
            for site in programme.sites
            if sites is None or site.code in sites
            for form in wave.forms
        ]

    def _wave(self, programme: Programme, code: str) -> Wave:
        try:
            return programme.wave(code)
        except KeyError:
            raise unknown("wave", code) from None


def _response(form: Form, site: str, answers: list[Submission], saved_at: str | None, late: bool) -> Response:
    done = complete(form, [submission.answers for submission in answers])
    status: Status = "missing"
    if done:
        status = "complete"
    elif answers:
        status = "submitted"
    elif saved_at:
        status = "draft"
    last = max((submission.received_at for submission in answers), default=None)
    marked = [one.field.marks for one in answers if one.field and one.field.marks]
    marks = dict.fromkeys((mark.question, mark.kind) for marks in marked for mark in marks)
    return Response(site, form.id, status, len(answers), late and not done, last, saved_at, len(marked), tuple(marks))
