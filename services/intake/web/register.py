"""Staff pages of the respondent register: enter addresses, see what became of them, remind, print letters."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.register import Contact, LineFault
from services.intake.domain.submission import Place
from services.intake.domain.waves import calendar
from services.intake.handlers.register import LinesRefused
from services.intake.web import qr
from services.intake.web.collection import chosen_wave
from services.intake.web.footsteps import MESSAGES
from services.intake.web.here import office
from services.intake.web.register_view import CONTACTS, blocks, sees_links
from shared.errors import Forbidden, NotFound
from shared.programme.model import Programme, Wave
from shared.registry import Account
from shared.web import declare, require, staff
from shared.web.language import LANGUAGES, current, message

_DONE = ("entered", "removed", "queued", "waiting")

blueprint = Blueprint("register", __name__, url_prefix="/collection/<programme>/register")
declare(blueprint, staff(*CONTACTS))


@blueprint.get("")
def show(programme: str) -> ResponseReturnValue:
    """Show who was invited in a wave, and the form to invite more."""
    require(CONTACTS, programme)
    return _page(_programme(programme))


@blueprint.post("")
def enter(programme: str) -> ResponseReturnValue:
    """Invite everybody on a list, or name the fault of every line."""
    given = request.form
    place = Place(programme, given.get("form", ""), given.get("site", ""), given.get("wave", ""))
    require(CONTACTS, programme, place.site)
    language = given.get("language", "") if given.get("language") in LANGUAGES else current()
    try:
        done = office().asking.register.enter(place, given.get("addresses", ""), language, g.actor.id)
    except LinesRefused as refused:
        return _page(_programme(programme), refused.faults), 422
    return redirect(_back(place, entered=done), 303)


@blueprint.post("/remind")
def remind(programme: str) -> ResponseReturnValue:
    """Write now to everybody who has not answered a form at the own sites."""
    require(CONTACTS, programme)
    found = _programme(programme)
    wave, form = chosen_wave(found, request.form.get("wave", "")), request.form.get("form", "")
    site = request.form.get("site", "")
    require(CONTACTS, programme, site)
    queued, waiting = office().asking.reminders.remind_now(found, wave, form, frozenset({site}))
    return redirect(_back(Place(programme, form, site, wave.code), queued=queued, waiting=waiting), 303)


@blueprint.post("/<contact>/remove")
def remove(programme: str, contact: str) -> ResponseReturnValue:
    """Delete an address and switch its link off."""
    known = _contact(programme, contact)
    office().asking.register.remove(known)
    return redirect(_back(known.place, removed=1), 303)


@blueprint.get("/<contact>/letter")
def letter(programme: str, contact: str) -> ResponseReturnValue:
    """Show the invitation as a letter to print, with link and code to scan."""
    known = _contact(programme, contact)
    asked = office().desk.questionnaire(known.place)
    if not sees_links(g.actor, programme, asked.form):
        raise Forbidden("who has this link can read the answers")
    letters = office().asking.letters
    link = letters.link(known)
    return render_template(
        "letter.html",
        contact=known,
        asked=asked,
        letter=letters.letter(known),
        link=link,
        stop_link=letters.stop_link(known),
        code=qr.Code(link),
    )


def _contact(programme: str, id_: str) -> Contact:
    require(CONTACTS, programme)
    known = office().asking.register.contact(programme, id_)
    require(CONTACTS, programme, known.place.site)
    return known


def _programme(programme: str) -> Programme:
    return office().desk.registry.programme(programme)


def _back(place: Place, **done: int) -> str:
    query = urlencode({"wave": place.wave, "form": place.form, "site": place.site, **done})
    return f"{url_for('register.show', programme=place.programme)}?{query}"


def _page(programme: Programme, faults: list[LineFault] | None = None) -> str:
    actor: Account = g.actor
    own = actor.sites(CONTACTS, programme.id)
    only = None if "*" in own else own
    sites = [site for site in programme.sites if only is None or site.code in only]
    if not sites:
        raise NotFound("this programme has no sites of yours")
    wave = chosen_wave(programme, request.values.get("wave", ""))
    entries = office().asking.register.listed(programme.id, wave.code, only)
    return render_template(
        "register.html",
        programme=programme,
        wave=wave,
        state=_state(wave),
        forms=[programme.form(form) for form in wave.forms],
        sites=sites,
        blocks=blocks(actor, programme, entries),
        faults=[_told(fault) for fault in faults or []],
        done={name: request.args.get(name, 0, type=int) for name in _DONE},
        typed=request.values,
        zone=office().desk.zone,
    )


def _told(fault: LineFault) -> dict[str, str]:
    return {
        "path": "addresses",
        "message": message(MESSAGES, current(), f"register.fault.{fault.code}", line=fault.line),
    }


def _state(wave: Wave) -> str:
    desk = office().desk
    return calendar(wave, desk.zone).state(desk.now())
