"""Whether answers are taken now: by the calendar, or because what was handed in was sent back."""

from __future__ import annotations

from services.intake.domain import refusals
from services.intake.domain.review import SentBack
from services.intake.domain.submission import Place, submission_id
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.kept import sent_back_from
from services.intake.ports import SENT_BACK
from shared.errors import Conflict


def check_open(desk: Desk, asked: Questionnaire, replacing: str | None = None) -> None:
    """Raise Conflict unless the wave takes answers now, or this revision to be replaced was sent back."""
    state = asked.calendar.state(desk.now())
    if state == "open" or reopened(desk, asked.place, replacing):
        return
    if state == "closed":
        raise Conflict("wave_closed", refusals.CLOSED.format(wave=asked.wave.code))
    raise Conflict("wave_not_open", refusals.NOT_OPEN.format(wave=asked.wave.code, day=asked.wave.opens_on))


def reopened(desk: Desk, place: Place, instance_id: str | None) -> SentBack | None:
    """Return how this revision was sent back if changes to it are taken now, else None."""
    if instance_id is None:
        return None
    found = sent_back_from(desk.collection(SENT_BACK).get(submission_id(place, instance_id)))
    return found if found and desk.now() < found.until else None
