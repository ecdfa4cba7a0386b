"""Staff pages: what is open at the own sites, who has answered, links to questionnaires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.export_access import Reader, reader_of
from services.intake.domain.submission import Place
from services.intake.domain.waves import calendar
from services.intake.handlers.monitor import Response
from services.intake.handlers.submit import NAME
from services.intake.web.devices import marks_of, set_up
from services.intake.web.here import office
from services.intake.web.register_view import CONTACTS, blocks
from shared.errors import NotFound
from shared.programme.model import Form, Programme, Site, Wave
from shared.registry import Account
from shared.web import declare, require, staff

MONITORS = ("consultant", "evaluator", "lead", "admin")
INVITERS = ("evaluator", "admin")

blueprint = Blueprint("collection", __name__, url_prefix="/collection")
declare(blueprint, staff())


@dataclass(frozen=True)
class Task:
    """One questionnaire a coordinator has to see to."""

    programme: Programme
    wave: Wave
    site: Site
    form: Form
    response: Response


@blueprint.get("/")
def overview() -> ResponseReturnValue:
    """Show what is open at the own sites, and the programmes whose progress the account may see."""
    actor: Account = g.actor
    programmes = office().desk.registry.programmes()
    return render_template(
        "overview.html",
        tasks=[task for programme in programmes for task in _tasks(actor, programme)],
        coordinates=actor.may("coordinator"),
        downloads=[(one, found) for one in programmes if (found := _own_downloads(actor, one))],
        monitored=[programme for programme in programmes if actor.may(MONITORS, programme.id)],
        inviting={programme.id for programme in programmes if actor.may(INVITERS, programme.id)},
    )


def _tasks(actor: Account, programme: Programme) -> Iterable[Task]:
    own = actor.sites("coordinator", programme.id)
    if not own:
        return
    only = None if "*" in own else own
    for wave in programme.waves:
        if _state(wave) == "open":
            for response in office().monitor.responses(programme, wave.code, only):
                yield Task(programme, wave, programme.site(response.site), programme.form(response.form), response)


def _own_downloads(actor: Account, programme: Programme) -> list[tuple[Form, Reader]]:
    """Return what coordinators may take away of their own sites; others find it beside the responses."""
    if actor.may(MONITORS, programme.id) or not actor.may("coordinator", programme.id):
        return []
    return _downloads(actor, programme, programme.forms)


def _downloads(actor: Account, programme: Programme, forms: Iterable[Form]) -> list[tuple[Form, Reader]]:
    return [(form, reader) for form in forms if (reader := reader_of(actor, programme.id, form))]


def _state(wave: Wave) -> str:
    desk = office().desk
    return calendar(wave, desk.zone).state(desk.now())


@blueprint.post("/fill")
def fill() -> ResponseReturnValue:
    """Go to the own link of a questionnaire; for an anonymous one show the link to pass on."""
    place = _place()
    require("coordinator", place.programme, place.site)
    invited = office().invitations.own(place, g.actor.id)
    asked = office().desk.questionnaire(place)
    if asked.form.anonymous:
        device = set_up(invited.token, asked)
        return render_template("pass_on.html", asked=asked, link=_outside(invited.token), device=device)
    return redirect(url_for("questionnaire.start", token=invited.token), 303)


@blueprint.get("/<programme>/responses")
def responses(programme: str) -> ResponseReturnValue:
    """Show who has answered, who has begun and who is missing in one wave."""
    require(MONITORS, programme)
    found = office().desk.registry.programme(programme)
    wave = chosen_wave(found, request.args.get("wave", ""))
    own = g.actor.sites(MONITORS, programme)
    rows = office().monitor.responses(found, wave.code, None if "*" in own else own)
    sites = {row.site for row in rows}
    entries = office().asking.register.listed(programme, wave.code, None if "*" in own else own)
    asked = blocks(g.actor, found, entries)
    forms = [found.form(form) for form in wave.forms]
    return render_template(
        "responses.html",
        programme=found,
        wave=wave,
        state=_state(wave),
        forms=forms,
        downloads=_downloads(g.actor, found, forms),
        sites=[site for site in found.sites if site.code in sites],
        cells={(row.site, row.form): row for row in rows},
        marks_of=marks_of,
        asked={(one.site.code, one.form.id): one for one in asked},
        contacts=g.actor.may(CONTACTS, programme),
        done=sum(row.status == "complete" for row in rows),
        total=len(rows),
        zone=office().desk.zone,
    )


def chosen_wave(programme: Programme, code: str) -> Wave:
    """Return the wave asked for, else the newest that has opened."""
    begun = [wave for wave in programme.waves if _state(wave) != "planned"]
    chosen = [wave for wave in programme.waves if wave.code == code] or begun[-1:] or list(programme.waves[:1])
    if not chosen:
        raise NotFound("this programme has no waves")
    return chosen[0]


@blueprint.get("/<programme>/invitations")
def invitations(programme: str) -> ResponseReturnValue:
    """Show the links of a wave and the form to make one."""
    require(INVITERS, programme)
    return _invitations(office().desk.registry.programme(programme))


@blueprint.post("/<programme>/invitations")
def invite(programme: str) -> ResponseReturnValue:
    """Make a link and show it, this once."""
    require(INVITERS, programme)
    found = office().desk.registry.programme(programme)
    respondent = request.form.get("respondent", "").strip()
    if respondent and not NAME.fullmatch(respondent):
        return _invitations(found, error=True), 422
    place = Place(programme, request.form.get("form", ""), request.form.get("site", ""), request.form.get("wave", ""))
    invited = office().invitations.invite(place, respondent=respondent or None, by=g.actor.id)
    return _invitations(found, token=invited.token, place=place)


@blueprint.post("/<programme>/invitations/<invitation>/revoke")
def revoke(programme: str, invitation: str) -> ResponseReturnValue:
    """Switch a link off."""
    require(INVITERS, programme)
    office().invitations.revoke(programme, invitation)
    wave = request.form.get("wave") or None
    return redirect(url_for("collection.invitations", programme=programme, wave=wave), 303)


def _invitations(programme: Programme, *, token: str = "", place: Place | None = None, error: bool = False) -> str:
    wave = chosen_wave(programme, request.values.get("wave", ""))
    return render_template(
        "invitations.html",
        programme=programme,
        wave=wave,
        forms=[programme.form(form) for form in wave.forms],
        known=office().invitations.listed(programme.id, wave.code),
        link=_outside(token) if token else "",
        device=set_up(token, office().desk.questionnaire(place)) if place else None,
        place=place,
        error=error,
        typed=request.form,
        now=office().desk.now(),
    )


def _place() -> Place:
    given = request.form
    return Place(given.get("programme", ""), given.get("form", ""), given.get("site", ""), given.get("wave", ""))


def _outside(token: str) -> str:
    return str(current_app.config["PUBLIC_URL"]) + url_for("questionnaire.start", token=token)
