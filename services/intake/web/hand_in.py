"""The end of a questionnaire: check the answers, hand them in, see the receipt, change them again."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.pages import paginate
from services.intake.domain.refit import refit
from services.intake.domain.submission import reference
from services.intake.web import footsteps, unsaved
from services.intake.web.drawing import draw_check
from services.intake.web.here import office
from services.intake.web.page_view import summary
from services.intake.web.questionnaire import AWAY, blueprint, go_on, under_link
from services.intake.web.visit import Visit, record_of, visit
from shared.errors import Conflict, Invalid, StoreUnavailable
from shared.web.language import current

__all__ = ["blueprint"]


@under_link("/check", "GET")
def check(token: str, run: str | None = None) -> ResponseReturnValue:
    """Show all answers with links to change them; nothing is judged until they are sent."""
    here = visit(token, run)
    draft = here.editable()
    if draft is None:
        return redirect(here.url("start"), 303)
    return draw_check(here, draft, record_of(draft))


@under_link("/submit", "POST")
def submit(token: str, run: str | None = None) -> ResponseReturnValue:
    """Hand the answers in; a double click, a reload or a retry leads to the same receipt."""
    try:
        here = visit(token, run)
        draft = here.draft
        if draft is None or (draft.state == "draft" and here.state != "open"):
            return redirect(here.url("start"), 303)
        footsteps.may_hand_in(token, draft)
        return _hand_in(here, draft)
    except StoreUnavailable:
        carried = unsaved.unpack(request.form.get("carried", ""))
        here = Visit(token, run, carried.asked, carried.draft)
        return draw_check(here, carried.draft, carried.record(carried.draft), not_saved=True), 503, AWAY


def _hand_in(here: Visit, draft: Draft) -> ResponseReturnValue:
    try:
        office().handing_in.submit(draft, current())
        footsteps.handed_in(here.token)
    except Invalid as refused:
        return draw_check(here, draft, record_of(draft), refused.faults), 422
    except Conflict as refused:
        if refused.code not in ("already_submitted", "not_current"):
            raise
        return render_template("conflict.html", visit=here), 409
    return redirect(here.url("receipt"), 303)


@under_link("/submit", "GET")
def resubmitted(token: str, run: str | None = None) -> ResponseReturnValue:
    """Somebody reloads or bookmarks the address of the button: show where things stand."""
    here = visit(token, run)
    return redirect(here.url("check" if here.editable() else "start"), 303)


@under_link("/receipt", "GET")
def receipt(token: str, run: str | None = None) -> ResponseReturnValue:
    """Show what was handed in, with its reference number; made to be printed."""
    here = visit(token, run)
    if here.draft is None or here.draft.state != "submitted":
        return redirect(here.url("start"), 303)
    kept = office().handing_in.submission(here.draft)
    asked = office().desk.questionnaire(kept.place, kept.form_version)
    around = office().submissions.surroundings(asked, kept.respondent, current())
    record = Record(asked.compiled, kept.answers, around)
    blocks = summary(paginate(record.compiled.form), record.compiled, kept.answers, record.shown, current())
    return render_template("receipt.html", visit=here, kept=kept, reference=reference(kept.id), blocks=blocks)


@under_link("/change", "POST")
def change(token: str, run: str | None = None) -> ResponseReturnValue:
    """Open what was handed in for changes; it stays valid until the changes are handed in."""
    here = visit(token, run)
    if here.draft is None or here.state != "open":
        return redirect(here.url("start"), 303)
    draft = office().handing_in.change(here.draft)
    return go_on(here, refit(draft, here.asked.compiled, current()))


@under_link("/settle", "POST")
def settle(token: str, run: str | None = None) -> ResponseReturnValue:
    """Decide between this draft and what came in by another way meanwhile."""
    here = visit(token, run)
    draft = here.editable()
    if draft is None:
        return redirect(here.url("start"), 303)
    if request.form.get("keep") == "mine":
        return _hand_in(here, office().handing_in.replace_other(draft))
    office().handing_in.give_up(draft)
    return redirect(here.url("receipt"), 303)
