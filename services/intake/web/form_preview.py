"""A questionnaire as respondents will see it, filled in on the pages alone: nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.answers import judge
from services.intake.domain.compiled import compile_questions
from services.intake.domain.defaults import defaults_of
from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.pages import Page, paginate
from services.intake.domain.repeats import ids_of, key_of, name_of, with_first_items
from services.intake.domain.submission import Place
from services.intake.domain.waves import calendar
from services.intake.handlers.desk import Questionnaire
from services.intake.handlers.submit import given_to
from services.intake.web import unsaved
from services.intake.web.drawing import draw_page
from services.intake.web.form_upload import blueprint
from services.intake.web.forms import actor, editable
from services.intake.web.here import office
from services.intake.web.page_view import summary
from services.intake.web.visit import Visit
from shared.errors import NotFound, unknown
from shared.programme.model import Form, Programme
from shared.web.language import current

__all__ = ["blueprint"]

NO_KEY = ""


@dataclass(frozen=True)
class Preview(Visit):
    """A visit behind no link: its addresses are those of the preview, `back` leads out of it."""

    address: Callable[..., str] = url_for
    back: str = ""

    @property
    def template(self) -> str:
        """The template that draws a page: the questionnaire's own, with other ways out."""
        return "form_preview.html"

    def url(self, view: str, **parts: str) -> str:
        """Return the address of a page of the preview; everything else of a questionnaire lies outside it."""
        return self.address(key=parts["key"]) if view == "page" else self.back


@blueprint.route("/forms/<form>/preview", methods=["GET"], defaults={"key": NO_KEY})
@blueprint.route("/forms/<form>/preview/<key>", methods=["GET", "POST"])
def preview(programme: str, form: str, key: str) -> ResponseReturnValue:
    """Show a page of a published form."""
    found = editable(programme)
    try:
        current_form = found.form(form)
    except KeyError:
        raise unknown("form", form) from None

    def address(key: str) -> str:
        return url_for("forms.preview", programme=programme, form=form, key=key)

    return _answer(_open(found, current_form, address, url_for("forms.form", programme=programme, form=form)), key)


@blueprint.route("/uploads/<upload_id>/preview", methods=["GET"], defaults={"key": NO_KEY})
@blueprint.route("/uploads/<upload_id>/preview/<key>", methods=["GET", "POST"])
def preview_upload(programme: str, upload_id: str, key: str) -> ResponseReturnValue:
    """Show a page of a form that waits for a decision."""
    found = editable(programme)
    form = office().form_changes.find(programme, upload_id, actor().id).form

    def address(key: str) -> str:
        return url_for("forms.preview_upload", programme=programme, upload_id=upload_id, key=key)

    return _answer(
        _open(found, form, address, url_for("forms.proposal", programme=programme, upload_id=upload_id)), key
    )


def _open(programme: Programme, form: Form, address: Callable[..., str], back: str) -> Preview:
    """Return a visit at the programme's first site, in the newest wave that asks the form (else in the last one)."""
    if not programme.sites or not programme.waves:
        raise NotFound("this programme has no sites or waves")
    site = programme.sites[0]
    wave = [*programme.waves[-1:], *(wave for wave in programme.waves if form.id in wave.forms)][-1]
    place = Place(programme.id, form.id, site.code, wave.code)
    desk = office().desk
    asked = Questionnaire(programme, place, compile_questions(form), site, wave, calendar(wave, desk.zone))
    return Preview("", None, asked, None, address, back)


def _answer(here: Preview, key: str) -> ResponseReturnValue:
    draft, given = _carried(here)
    record = _record(here, draft, given)
    shown = here.shown(record)
    known = shown.page(key)
    if known is None:
        return redirect(here.url("page", key=shown.pages[0].key), 303) if shown.pages else _end(here, record)
    if request.method == "GET":
        return _draw(here, known, draft, record)
    return _sent(here, known, draft, given)


def _carried(here: Preview) -> tuple[Draft, Mapping[str, Any]]:
    """Return the answers the page carried, at first the form's defaults, and what fills its hidden questions."""
    given = given_to(here.asked, {}, current())
    empty = Draft("", here.asked.place, None, "", "")
    carried = unsaved.opened(request.form.get("carried", "")) if request.method == "POST" else None
    if carried is None:
        first = replace(empty, answers=with_first_items(here.asked.compiled, {}))
        return _with_defaults(here, first, given), given
    return replace(empty, answers=carried["answers"], typed=carried["typed"]), carried["given"] or given


def _with_defaults(here: Preview, draft: Draft, given: Mapping[str, Any]) -> Draft:
    return replace(draft, answers={**defaults_of(_record(here, draft, given)), **draft.answers})


def _record(here: Preview, draft: Draft, given: Mapping[str, Any]) -> Record:
    return unsaved.Carried(here.asked, draft, given).record(draft)


def _sent(here: Preview, known: Page, draft: Draft, given: Mapping[str, Any]) -> ResponseReturnValue:
    """Take in what was typed on a page and go on to the next, as the questionnaire does."""
    before = _record(here, draft, given)
    names = _fields(known, before)
    sent = {name: request.form.getlist(name) for name in names}
    draft = draft.with_page(here.asked.compiled, known.key, sent, current())
    action, _, about = request.form.get("action", "").partition(":")
    if action in ("add", "remove"):
        draft = _with_defaults(here, _changed(here, draft, before, action, about), given)
        record = _record(here, draft, given)
        return _draw(here, here.shown(record).page(known.key) or known, draft, record)
    return _next(here, known, draft, given, names)


def _changed(here: Preview, draft: Draft, record: Record, action: str, about: str) -> Draft:
    """Add an item to a repeat of the page, or remove one."""
    if action == "add":
        return draft.with_item(here.asked.compiled, about, _fresh_id()) if about in record.compiled.items else draft
    *around, id_ = ids_of(about) or ("",)
    repeat = key_of(name_of(about), around)
    return draft.without_item(here.asked.compiled, repeat, id_) if repeat in record.compiled.items else draft


def _fresh_id() -> str:
    return office().desk.new_id().replace("-", "")[:8].lower()


def _next(
    here: Preview, known: Page, draft: Draft, given: Mapping[str, Any], names: Sequence[str]
) -> ResponseReturnValue:
    record = _record(here, draft, given)
    faults = judge(record, draft.refused(record.compiled, current()), current())
    own = [fault for fault in faults if fault.path in names]
    fresh = [name for name in _fields(known, record, shown=record.shown) if name not in names]
    if own or fresh:
        return _draw(here, known, draft, record, own), 422 if own else 200
    order = [page.key for page in paginate(record.compiled.form)]
    later = [page for page in here.shown(record).pages if order.index(page.key) > order.index(known.key)]
    return _draw(here, later[0], draft, record) if later else _end(here, record)


def _fields(known: Page, record: Record, shown: set[str] | None = None) -> list[str]:
    """Return the questions of the page that were on the screen (or are shown now) and can be answered."""
    there = set(request.form.get("shown", "").split()) if shown is None else shown
    items = [record.compiled.items[name] for name in known.names if name in there and name in record.compiled.items]
    return [item.question.name for item in items if item.question.asked and not record.is_readonly(item)]


def _draw(here: Preview, known: Page, draft: Draft, record: Record, faults: Any = ()) -> str:
    return draw_page(here, known, draft, record, faults)


def _end(here: Preview, record: Record) -> str:
    blocks = summary(paginate(record.compiled.form), record.compiled, record.values, record.shown, current())
    return render_template("form_preview_end.html", visit=here, blocks=blocks)
