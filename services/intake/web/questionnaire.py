"""The questionnaire behind a link: start, one page per group, saving, coming back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoSuchPage

from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.pages import Page, paginate
from services.intake.domain.repeats import name_of
from services.intake.domain.sealing import Unreadable
from services.intake.handlers.invite import LinkUsed
from services.intake.web import footsteps, unsaved
from services.intake.web.drawing import back_to_check, draw_page
from services.intake.web.here import office
from services.intake.web.visit import Visit, faults_of, record_of, visit, without_draft
from shared.errors import StoreUnavailable
from shared.web import declare, respondent
from shared.web.errors import RETRY_AFTER_S
from shared.web.language import current

AWAY = {"Retry-After": str(RETRY_AFTER_S)}

blueprint = Blueprint("questionnaire", __name__, url_prefix="/q")
declare(blueprint, respondent())
blueprint.context_processor(lambda: {"notice_version": footsteps.notice_version})
blueprint.register_error_handler(LinkUsed, footsteps.used_up)
View = Callable[..., ResponseReturnValue]


def under_link(rule: str, method: str) -> Callable[[View], View]:
    """Register a view under the link and under a respondent's own part of a shared link.

    The link itself is the secret: its pages work without cookies, so they carry no form token.
    """

    def register(view: View) -> View:
        view.one_click = True  # type: ignore[attr-defined]
        for prefix in ("/<token>", "/<token>/r/<run>"):
            blueprint.add_url_rule(prefix + rule, view.__name__, view, methods=[method])
        return view

    return register


@under_link("", "GET")
def start(token: str, run: str | None = None) -> ResponseReturnValue:
    """Show what this is about; of looking, only a personal link keeps a trace, so that mail scanners may look."""
    footsteps.opened(token, run)
    here = visit(token, run)
    if here.draft is not None and here.draft.state == "submitted":
        return redirect(here.url("receipt"), 303)
    editable = here.editable()
    last = here.last_page(record_of(editable)) if editable else None
    return render_template("start.html", visit=here, last=last)


@under_link("", "POST")
def begin(token: str, run: str | None = None) -> ResponseReturnValue:
    """Begin or continue: go to the first page that is not complete."""
    here = visit(token, run)
    if here.state != "open":
        return redirect(here.url("start"), 303)
    if here.draft is not None:
        footsteps.began(token, here.draft)
        return go_on(here, here.draft)
    if request.form.get("notice", shown := footsteps.notice_version(here.asked)) != shown:
        return redirect(here.url("start"), 303)
    footsteps.opened(token, run)
    begun = office().drafts.begin(office().invitations.find(token))
    footsteps.began(token, begun.draft)
    return go_on(here.now_with(begun.draft, begun.run), begun.draft)


def go_on(here: Visit, draft: Draft) -> ResponseReturnValue:
    """Go to the first page that was not sent or has a fault, else to the check page."""
    if draft.state == "submitted":
        return redirect(here.url("receipt"), 303)
    record = record_of(draft)
    faulty = {fault.path for fault in faults_of(draft, record)}
    for page in here.shown(record).pages:
        if page.key not in draft.seen or not faulty.isdisjoint(page.names):
            return redirect(here.url("page", key=page.key), 303)
    return redirect(here.url("check"), 303)


@blueprint.errorhandler(Unreadable)
def unreadable(_: Unreadable) -> ResponseReturnValue:
    """Say that the saved answers cannot be opened, and offer to begin again."""
    parts = request.view_args or {}
    here = without_draft(parts["token"], parts.get("run"))
    return render_template("unreadable.html", visit=here), 409


@under_link("/again", "POST")
def again(token: str, run: str | None = None) -> ResponseReturnValue:
    """Begin again where saved answers cannot be opened."""
    here = without_draft(token, run)
    if here.state != "open":
        return redirect(here.url("start"), 303)
    return go_on(here, office().drafts.begin_again(office().invitations.find(token), run))


@under_link("/p/<key>", "GET")
def page(token: str, key: str, run: str | None = None) -> ResponseReturnValue:
    """Show one page with what is saved."""
    here = visit(token, run)
    draft = here.editable()
    if draft is None:
        return redirect(here.url("start"), 303)
    record = record_of(draft)
    known = here.shown(record).page(key)
    return go_on(here, draft) if known is None else draw_page(here, known, draft, record)


@under_link("/p/<key>", "POST")
def send_page(token: str, key: str, run: str | None = None) -> ResponseReturnValue:
    """Save what was typed, right or wrong; go on when the page is right."""
    try:
        here = visit(token, run)
        draft = here.editable()
        if draft is None:
            return redirect(here.url("start"), 303)
        record = record_of(as_shown(here, draft))
        sent = typed_on(page_of(record, key), record)
        draft = office().drafts.save_page(draft, key, sent, current())
        return _after(here.now_with(draft), key, draft, list(sent))
    except StoreUnavailable:
        return _not_saved(token, run, key)


def _after(here: Visit, key: str, draft: Draft, names: list[str]) -> ResponseReturnValue:
    if draft.state == "submitted":
        return redirect(here.url("receipt"), 303)
    action, _, about = request.form.get("action", "").partition(":")
    if action == "save":
        return redirect(here.url("saved"), 303)
    if action in ("add", "remove", "removed"):
        return redirect(_changed(here, key, draft, action, about), 303)
    record = record_of(draft)
    known = page_of(record, key)
    faults = [fault for fault in faults_of(draft, record) if fault.path in names]
    if faults:
        return draw_page(here, known, draft, record, faults), 422
    fresh = [name for name in _asked(known, record) if name not in names]
    if fresh:
        parts = {"key": known.key, "more": "1", "back": back_to_check(), "_anchor": fresh[0]}
        return redirect(here.url("page", **parts), 303)
    if back_to_check():
        return redirect(here.url("check"), 303)
    return redirect(_next_url(here, known, record), 303)


def _changed(here: Visit, key: str, draft: Draft, action: str, about: str) -> str:
    """Add an item to a repeat, or remove one (asked first); return the address of the page with it."""
    parts = {"key": key, "back": back_to_check()}
    if action == "remove":
        return here.url("page", **parts, remove=about, _anchor="confirm")
    if action == "removed":
        office().drafts.remove_item(draft, about)
        return here.url("page", **parts)
    _, item = office().drafts.add_item(draft, about, current())
    return here.url("page", **parts, _anchor=item)


def _next_url(here: Visit, known: Page, record: Record) -> str:
    order = [page.key for page in paginate(record.compiled.form)]
    later = [page.key for page in here.shown(record).pages if order.index(page.key) > order.index(known.key)]
    return here.url("page", key=later[0]) if later else here.url("check")


def as_shown(here: Visit, draft: Draft) -> Draft:
    """Return the draft with the repeats' items that the page showed, whatever another window removed meanwhile."""
    repeats = here.asked.compiled.repeats
    keys = [key for key in request.form.get("shown", "").split() if name_of(key) in repeats]
    given = {key: request.form.getlist(key) for key in keys}
    return replace(draft, answers={**draft.answers, **given})


def typed_on(known: Page, record: Record) -> dict[str, list[str]]:
    """Return what was typed for the questions of the page that were on the screen and could be changed."""
    shown = request.form.get("shown", "").split()
    names = [name for name in known.names if name in shown and not record.is_readonly(record.compiled.items[name])]
    return {name: request.form.getlist(name) for name in names}


def _asked(known: Page, record: Record) -> list[str]:
    """Return the questions of the page that can be answered now."""
    items = [record.compiled.items[name] for name in known.names if name in record.shown]
    return [item.question.name for item in items if item.question.asked and not record.is_readonly(item)]


def page_of(record: Record, key: str) -> Page:
    """Return a page of the form, shown or not."""
    known = next((page for page in paginate(record.compiled.form) if page.key == key), None)
    if known is None:
        raise NoSuchPage
    return known


def _not_saved(token: str, run: str | None, key: str) -> ResponseReturnValue:
    """Show the page again with everything that was typed, and say that it is not saved yet."""
    carried = unsaved.unpack(request.form.get("carried", ""))
    here = Visit(token, run, carried.asked, carried.draft)
    shown = carried.record(as_shown(here, carried.draft))
    sent = typed_on(page_of(shown, key), shown)
    draft = carried.draft.with_page(carried.asked.compiled, key, sent, current())
    record = carried.record(draft)
    return draw_page(here, page_of(record, key), draft, record, not_saved=True), 503, AWAY


@under_link("/saved", "GET")
def saved(token: str, run: str | None = None) -> ResponseReturnValue:
    """Say that everything is saved and how to come back."""
    here = visit(token, run)
    if here.editable() is None:
        return redirect(here.url("start"), 303)
    return render_template("saved.html", visit=here)
