"""The JSON API: take submissions, publish programmes, read programmes, waves and who has answered."""

from __future__ import annotations

from typing import Any

from flask import g

from services.intake.domain.submission import Place, Sent
from services.intake.domain.waves import wave_data
from services.intake.web.here import office
from services.intake.web.schemas import (
    FormOut,
    ProgrammeIn,
    ProgrammeOut,
    PublishedOut,
    ResponseOut,
    SiteOut,
    SubmissionIn,
    SubmissionOut,
    WaveOut,
)
from shared.errors import unknown
from shared.programme.json_form import form_to_json
from shared.programme.model import Programme
from shared.registry import Account
from shared.web import api_key, declare, either, require, staff
from shared.web.api import ApiBlueprint
from shared.web.language import current
from shared.web.lists import listed

PREFIX = "/api/intake/v1"
READERS = ("evaluator", "lead", "consultant", "coordinator", "admin")

submissions = ApiBlueprint("submissions", __name__, url_prefix=PREFIX, description="Send answers")
declare(submissions, api_key("submissions:write"))
publishing = ApiBlueprint("publishing", __name__, url_prefix=PREFIX, description="Publish programmes")
declare(publishing, either(api_key("programmes:write"), staff("evaluator", "admin")))
reading = ApiBlueprint("reading", __name__, url_prefix=PREFIX, description="Read definitions and progress")
declare(reading, either(api_key("read"), staff(*READERS)))

BLUEPRINTS = (submissions, publishing, reading)
ProgrammeList, SiteList, WaveList, ResponseList = map(listed, (ProgrammeOut, SiteOut, WaveOut, ResponseOut))


@submissions.on("POST", "/programmes/<programme>/forms/<form>/submissions")
@submissions.takes(SubmissionIn)
@submissions.answers(201, SubmissionOut, "Kept.")
@submissions.also_answers(200, SubmissionOut, "Kept before, with the same content.")
@submissions.refuses(404, 409)
def submit(body: dict[str, Any], programme: str, form: str) -> tuple[dict[str, Any], int]:
    """Take one respondent's answers.

    Sending the same again is safe. `code` of a 409: instance_conflict, already_submitted,
    not_current, wave_closed, wave_not_open.
    """
    sent = Sent(
        place=Place(programme, form, body["site"], body["wave"]),
        instance_id=body["instance_id"],
        answers=body["answers"],
        respondent=body.get("respondent"),
        form_version=body.get("form_version"),
        deprecated_id=body.get("deprecated_id"),
    )
    accepted = office().submissions.submit(sent, current())
    kept = accepted.submission
    receipt = {"instance_id": kept.instance_id, "revision": kept.revision, "received_at": kept.received_at}
    return receipt, 201 if accepted.created else 200


@publishing.on("POST", "/programmes")
@publishing.takes(ProgrammeIn)
@publishing.answers(201, PublishedOut, "Published.")
@publishing.also_answers(200, PublishedOut, "Published before, with the same content.")
@publishing.refuses(409)
def publish(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Publish a programme version from the texts of its folder.

    A version never changes: other content under the same version is a 409 `version_exists`.
    Every fault of the definition is named with file, line and column.
    """
    programme = office().read_files(body["files"])
    require(("evaluator", "admin"), programme.id)
    published = office().publishing.publish(programme, by=_actor().id)
    answer = {"programme": published.programme, "version": published.version, "revision": published.revision}
    return answer, 201 if published.created else 200


@reading.on("GET", "/programmes")
@reading.answers(200, ProgrammeList)
@reading.refuses()
def programmes() -> dict[str, Any]:
    """List the programmes the caller may see."""
    known = office().desk.registry.programmes()
    return _page([_programme(programme) for programme in known if _may_read(programme.id)])


@reading.on("GET", "/programmes/<programme>")
@reading.answers(200, ProgrammeOut)
@reading.refuses(404)
def programme(programme: str) -> dict[str, Any]:
    """Return one programme in short, as it stands."""
    return _programme(readable(programme))


@reading.on("GET", "/programmes/<programme>/sites")
@reading.answers(200, SiteList)
@reading.refuses(404)
def sites(programme: str) -> dict[str, Any]:
    """List the sites of a programme."""
    known = readable(programme).sites
    shown = [
        {"code": site.code, "name": site.name, "features": site.features, "timezone": site.timezone} for site in known
    ]
    return _page(shown)


@reading.on("GET", "/programmes/<programme>/waves")
@reading.answers(200, WaveList)
@reading.refuses(404)
def waves(programme: str) -> dict[str, Any]:
    """List the waves of a programme in order, each with its state now."""
    desk = office().desk
    known = readable(programme).waves
    told = [wave_data(programme, wave, desk.zone, desk.now()) for wave in known]
    return _page([{**data, "code": data["wave"]} for data in told])


@reading.on("GET", "/programmes/<programme>/forms/<form>")
@reading.answers(200, FormOut)
@reading.refuses(404)
def form(programme: str, form: str) -> dict[str, Any]:
    """Return the current version of a form with its questions and choices."""
    try:
        found = readable(programme).form(form)
    except KeyError:
        raise unknown("form", form) from None
    return {"programme": programme, "form": found.id, "version": found.version, "definition": form_to_json(found)}


@reading.on("GET", "/programmes/<programme>/waves/<wave>/responses")
@reading.answers(200, ResponseList)
@reading.refuses(404)
def responses(programme: str, wave: str) -> dict[str, Any]:
    """List who has answered and who is missing: one entry per site and form of the wave."""
    return _page(office().monitor.responses(readable(programme), wave, own_sites(programme)))


def readable(programme: str) -> Programme:
    """Return the programme if the caller may see it; what may not be seen does not exist."""
    found = office().desk.registry.programme(programme)
    if not _may_read(programme):
        raise unknown("programme", programme)
    return found


def _may_read(programme: str) -> bool:
    actor = _actor()
    return _is_machine() or actor.may(READERS, programme)


def own_sites(programme: str) -> frozenset[str] | None:
    """Return the sites the caller may see progress of, None for all."""
    if _is_machine():
        return None
    own = _actor().sites(READERS, programme)
    return None if "*" in own else own


def _is_machine() -> bool:
    return bool(_actor().scopes) and not _actor().roles


def _actor() -> Account:
    actor: Account = g.actor
    return actor


def _programme(programme: Programme) -> dict[str, Any]:
    return {
        "programme": programme.id,
        "version": programme.version,
        "revision": office().desk.registry.revision(programme.id),
        "title": programme.title,
        "languages": list(programme.languages),
        "unit": programme.unit,
        "forms": [form.id for form in programme.forms],
    }


def _page(items: list[Any]) -> dict[str, Any]:
    return {"items": items, "next": None}
