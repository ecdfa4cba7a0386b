"""Staff pages: single responses, what changed between their revisions, and sending one back for correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.export_access import reader_of
from services.intake.domain.filling import Record
from services.intake.domain.outputs import in_words
from services.intake.domain.pages import paginate
from services.intake.domain.review import Difference, differences
from services.intake.domain.submission import Place, Submission, reference
from services.intake.web.here import office
from services.intake.web.page_view import Block, said, summary
from shared.clock import to_text
from shared.errors import Fault
from shared.web import declare, staff
from shared.web.language import current, day, message

MOST, DAYS, LONGEST_DAYS = 2000, 14, 365

blueprint = Blueprint("review", __name__, url_prefix="/collection")
declare(blueprint, staff("coordinator", "consultant", "evaluator"))


@dataclass(frozen=True)
class Change:
    """One question with its answer before and after, in words; "" = none."""

    label: str
    before: str
    after: str


@blueprint.get("/<programme>/responses/<wave>/<form>/<site>")
def single(programme: str, wave: str, form: str, site: str) -> ResponseReturnValue:
    """List the responses of a site; the only one of a form that the site answers itself is shown at once."""
    asked = office().desk.questionnaire(Place(programme, form, site, wave))
    found = office().reviewing.responses(asked.place, g.actor)
    if len(found) == 1 and asked.form.respondents == "one":
        return redirect(_address(found[0]), 303)
    reader = reader_of(g.actor, programme, asked.form)
    return render_template(
        "response_list.html",
        asked=asked,
        rows=[(one, reference(one.id), _address(one)) for one in found],
        named=bool(reader and reader.full) and not asked.form.anonymous,
        zone=office().desk.zone,
    )


@blueprint.get("/<programme>/response/<response>")
def response(programme: str, response: str) -> ResponseReturnValue:
    """Show a response: its newest answers, its revisions, the difference between two, and sending it back."""
    return _draw(programme, response)


def _draw(programme: str, response: str, faults: Sequence[Fault] = ()) -> str:
    found = office().reviewing.revisions(programme, response, g.actor)
    newest = found[-1]
    after = _chosen(found, "after", newest)
    earlier = [one for one in found if one.revision < after.revision]
    before = _chosen(found, "before", earlier[-1] if earlier else after)
    asked = office().desk.questionnaire(newest.place)
    return render_template(
        "response.html",
        asked=asked,
        response=response,
        newest=newest,
        reference=reference(newest.id),
        revisions=[(one, office().reviewing.sent_back(one)) for one in reversed(found)],
        before=before,
        after=after,
        changes=_changes(before, after),
        blocks=_answers(newest),
        may_send_back=office().reviewing.may_send_back(newest, g.actor),
        back=office().reviewing.sent_back(newest),
        until=request.form.get("until") or str(_today() + timedelta(days=DAYS)),
        comment=request.form.get("comment", ""),
        faults=faults,
        errors={fault.path: fault.message for fault in faults},
        zone=office().desk.zone,
    )


@blueprint.post("/<programme>/response/<response>/send-back")
def send_back(programme: str, response: str) -> ResponseReturnValue:
    """Send the newest revision back with a comment, open for changes until a day."""
    newest = office().reviewing.revisions(programme, response, g.actor)[-1]
    comment, until = request.form.get("comment", "").strip(), _until(request.form.get("until", ""))
    faults = []
    if not 0 < len(comment) <= MOST or "\x00" in comment:
        faults.append(_fault("comment", most=MOST))
    if until is None:
        faults.append(_fault("until", most=LONGEST_DAYS))
    if faults or until is None:
        return _draw(programme, response, faults), 422
    office().reviewing.send_back(newest, g.actor, comment, until)
    return redirect(_address(newest), 303)


def _fault(field: str, **params: object) -> Fault:
    packages = ("shared.web", "services.intake.web")
    return Fault(field, field, message(packages, current(), f"response.bad_{field}", **params))


def _today() -> date:
    return office().desk.local_now().date()


def _until(typed: str) -> str | None:
    """Return the end of the day that was typed, None if it is no day from today to in a year."""
    try:
        on = date.fromisoformat(typed.strip())
    except ValueError:
        return None
    if not _today() <= on <= _today() + timedelta(days=LONGEST_DAYS):
        return None
    return to_text(datetime.combine(on + timedelta(days=1), time(), ZoneInfo(office().desk.zone)))


def _chosen(found: Sequence[Submission], name: str, otherwise: Submission) -> Submission:
    wanted = request.args.get(name, "")
    return next((one for one in found if str(one.revision) == wanted), otherwise)


def _address(one: Submission) -> str:
    return url_for("review.response", programme=one.place.programme, response=one.response)


def _changes(before: Submission, after: Submission) -> list[Change]:
    reviewing = office().reviewing
    return [_in_words(change, after) for change in differences(reviewing.stated(before), reviewing.stated(after))]


def _in_words(change: Difference, after: Submission) -> Change:
    item = change.item
    compiled = office().reviewing.stated(after).compiled
    label = said(item.question.label, compiled, after.answers, current()) or item.question.name
    was, now = (in_words(one[0], one[1], current(), day) if one[0] else "" for one in (change.before, change.after))
    return Change(label, was, now)


def _answers(revision: Submission) -> tuple[Block, ...]:
    desk = office().desk
    asked = desk.questionnaire(revision.place, revision.form_version)
    around = office().submissions.surroundings(asked, revision.respondent, current())
    record = Record(asked.compiled, revision.answers, around)
    return summary(paginate(record.compiled.form), record.compiled, revision.answers, record.shown, current())
