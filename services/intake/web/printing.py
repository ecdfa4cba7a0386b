"""The questionnaire on paper: blank, and with what was answered."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.submission import reference
from services.intake.handlers.desk import Questionnaire
from services.intake.web.hand_in import blueprint
from services.intake.web.here import office
from services.intake.web.print_view import Paper
from services.intake.web.questionnaire import under_link
from services.intake.web.visit import Visit, record_of, visit
from shared.web.language import current

__all__ = ["blueprint"]


@under_link("/print", "GET")
def blank(token: str, run: str | None = None) -> ResponseReturnValue:
    """Show the whole form without answers, to read beforehand or to fill in on paper."""
    here = visit(token, run)
    asked = here.asked
    around = office().submissions.surroundings(asked, "", current())
    record = Record(asked.compiled, {}, around)
    lines = Paper(asked.compiled, record, None, current(), asked.programme.feature_labels).lines()
    return render_template("print.html", visit=here, lines=lines, filled=False)


@under_link("/print/answers", "GET")
def filled(token: str, run: str | None = None) -> ResponseReturnValue:
    """Show the whole form with the answers saved so far, or handed in."""
    here = visit(token, run)
    draft = here.draft
    if draft is None:
        return redirect(here.url("start"), 303)
    return _handed_in(here, draft) if draft.state == "submitted" else _saved(here, draft)


def _handed_in(here: Visit, draft: Draft) -> ResponseReturnValue:
    kept = office().handing_in.submission(draft)
    asked = office().desk.questionnaire(kept.place, kept.form_version)
    around = office().submissions.surroundings(asked, kept.respondent, current())
    record = Record(asked.compiled, kept.answers, around)
    at = {"number": reference(kept.id), "kept": kept}
    return _drawn(here, asked, record, {}, **at)


def _saved(here: Visit, draft: Draft) -> ResponseReturnValue:
    typed = {name: ", ".join(given) for name, given in draft.typed.items()}
    return _drawn(here, here.asked, record_of(draft), typed)


def _drawn(here: Visit, asked: Questionnaire, record: Record, typed: dict[str, str], **at: object) -> str:
    features = asked.programme.feature_labels
    lines = Paper(asked.compiled, record, typed, current(), features).lines()
    return render_template("print.html", visit=here, lines=lines, filled=True, **at)
