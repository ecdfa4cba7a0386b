"""The monitoring pages: programmes, one programme, one site, one flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.scoring.domain.cells import EVERY_SITE
from services.scoring.handlers.reading import Filters, worst_first
from services.scoring.web import views
from services.scoring.web.here import STAFF, reading, roles
from services.scoring.web.programme_view import aggregate_page, site_table
from shared.errors import unknown
from shared.programme.model import Indicator, Programme, Wave
from shared.web import declare, staff

pages = Blueprint("monitoring", __name__, url_prefix="/monitoring")
declare(pages, staff(*STAFF))
OPEN = "raised"


@pages.get("/")
def programmes() -> ResponseReturnValue:
    """The programmes the reader may see."""
    found = [(one, _counts(_open(one))) for one in reading().programmes(roles)]
    return render_template("programmes.html", programmes=found)


@pages.get("/<programme>")
def programme(programme: str) -> ResponseReturnValue:
    """One programme: who has reported, what needs attention, values by site; for leads over all sites."""
    definition = reading().programme(roles, programme)
    waves = reading().waves(definition)
    sites = reading().sites(roles, definition)
    progress = {code: reading().progress(definition, code) for code in sites}
    complete = reading().completeness(definition)
    seen = {wave: True for found in progress.values() for wave in found} or complete
    half = reading().site_count(definition) / 2
    wave = _chosen(waves, {code: True for code, forms in complete.items() if max(forms.values()) >= half} or seen)
    shared = {"programme": definition, "waves": waves, "wave": wave, "flags": _shown(definition, _open(definition))}
    if not sites:
        return render_template("programme_lead.html", **shared, **aggregate_page(definition, waves, wave))
    table = site_table(definition, sites, wave)
    return render_template("programme.html", **shared, sites=sites, progress=progress, table=table, seen=seen)


@pages.get("/<programme>/sites/<site>")
def site(programme: str, site: str) -> ResponseReturnValue:
    """One site: its flags and every indicator of a wave."""
    definition = reading().programme(roles, programme)
    name = reading().site(roles, definition, site)
    waves, cells = reading().waves(definition), reading().cells(definition, site)
    wave = _chosen(waves, views.with_values(cells) or cells)
    entries = reading().flags(roles, definition, Filters(site=site))
    return render_template(
        "site.html",
        programme=definition,
        site=site,
        name=name,
        waves=waves,
        wave=wave,
        cells=cells,
        progress=reading().progress(definition, site),
        wave_names=views.wave_names(waves),
        waiting=reading().waiting(definition, site),
        flags=_shown(definition, [one for one in entries if one["state"] == OPEN]),
        past=[one for one in entries if one["state"] != OPEN],
        forms=[] if wave is None else _figures(definition, reading().indicators(roles, definition, site), cells, wave),
    )


@pages.get("/flags/<episode_id>")
def flag(episode_id: str) -> ResponseReturnValue:
    """One episode of a flag: why, since when, what would end it."""
    definition, document, entry = reading().episode(roles, episode_id)
    detail = reading().detail(definition, entry)
    whole = entry["site"] == EVERY_SITE
    return render_template(
        "flag.html",
        programme=definition,
        name=None if whole else reading().site(roles, definition, entry["site"]),
        flag=views.raised(definition, entry, detail),
        wave_names=views.wave_names(reading().waves(definition)),
        explanation=detail["explanation"],
        transitions=reading().explaining.transitions(document, episode_id),
    )


def _open(definition: Programme) -> list[dict[str, Any]]:
    return reading().flags(roles, definition, Filters(state=OPEN))


def _shown(definition: Programme, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return open flags, most severe first, with reason and support."""
    found = []
    for entry in worst_first(entries):
        found.append(views.raised(definition, entry, reading().detail(definition, entry)))
    return found


def _counts(entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found = {"critical": 0, "warn": 0, "info": 0}
    for entry in entries:
        found[entry["severity"]] += 1
    return found


def _chosen(waves: Sequence[Wave], known: Mapping[str, Any]) -> Wave | None:
    """Return the wave asked for, else the newest with news. Raises NotFound for an unknown one."""
    asked = request.args.get("wave")
    if not asked:
        return views.newest(waves, known)
    wave = next((one for one in waves if one.code == asked), None)
    if wave is None:
        raise unknown("wave", asked)
    return wave


def _figures(
    definition: Programme, indicators: Sequence[Indicator], cells: views.Cells, wave: Wave
) -> list[tuple[Any, list[views.Figure]]]:
    waves = reading().waves(definition)
    found = []
    for form in definition.forms:
        if form.id in wave.forms:
            asked = [one for one in indicators if one.form == form.id]
            found.append((form, [views.figure(waves, cells, wave.code, one) for one in asked]))
    return found
