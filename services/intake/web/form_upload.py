"""Uploading a questionnaire: faults by cell, or what would change, then publishing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.intake.domain.waves import calendar
from services.intake.handlers.form_change import Proposal
from services.intake.web.forms import actor, blueprint, editable, zone
from services.intake.web.here import office
from shared.errors import Bilingual, Conflict, Fault, Invalid
from shared.programme.excerpt import excerpts
from shared.programme.exchange import Exchange, Use
from shared.programme.in_german import in_german
from shared.programme.model import Programme, Wave
from shared.programme.place import Finding
from shared.web.language import current

__all__ = ["blueprint"]

MOST_SHOWN = 300
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_BAD_VERSION = Bilingual(
    "Use 1 to 64 letters, digits and . _ - for the version.",
    "Verwenden Sie für die Fassung 1 bis 64 Buchstaben, Ziffern und . _ -",
)


@dataclass(frozen=True)
class Told:
    """A fault or notice as the page shows it: where it is in parts, and in the reader's language what it is."""

    sheet: str
    row: int
    column: str
    cell: str
    summary: str
    message: str


def told(finding: Finding) -> Told:
    """Take a finding apart for people."""
    place = finding.place
    cell = f"{place.letter}{place.line}" if place.letter else ""
    column = place.heading or (str(place.column) if place.column else "")
    summary = in_german(finding.code) if current() == "de" else ""
    return Told(place.sheet or place.file, place.line, column, cell, summary, finding.message)


def file_name(given: str | None) -> str:
    """Return the last part of a file name, as it may be shown and kept."""
    name = re.split(r"[/\\]", given or "")[-1]
    return "".join(letter for letter in name if letter.isprintable())[-80:] or "form"


@blueprint.get("/uploads")
def uploads(programme: str) -> ResponseReturnValue:
    """Ask for a file."""
    return _ask(editable(programme))


@blueprint.post("/uploads")
def upload(programme: str) -> ResponseReturnValue:
    """Check a file: show every fault by cell and keep nothing, or keep it and show what would change."""
    found = editable(programme)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _ask(found, missing=True), 422
    name = file_name(file.filename)
    outcome = office().form_changes.check(programme, file.read(), name, request.form.get("form", ""))
    if outcome.form is None:
        return _ask(found, outcome, name), 422
    notices = [notice.as_fault() for notice in outcome.notices]
    kept = office().form_changes.keep(programme, outcome.form, name, notices, actor().id)
    return redirect(url_for("forms.proposal", programme=programme, upload_id=kept.id), 303)


def _ask(programme: Programme, outcome: Exchange | None = None, file: str = "", *, missing: bool = False) -> str:
    wanted = request.values.get("form", "")
    faults = outcome.faults if outcome else []
    return render_template(
        "form_upload.html",
        programme=programme,
        form=next((form for form in programme.forms if form.id == wanted), None),
        file=file,
        missing=missing,
        faults=[told(fault) for fault in faults[:MOST_SHOWN]],
        count=len(faults),
        notices=[told(notice) for notice in outcome.notices] if outcome else [],
        excerpts=excerpts(outcome.sheets, faults[:MOST_SHOWN]) if outcome else [],
    )


@blueprint.get("/uploads/<upload_id>")
def proposal(programme: str, upload_id: str) -> ResponseReturnValue:
    """Show what publishing would change."""
    editable(programme)
    return _show(_proposal(programme, upload_id))


@blueprint.post("/uploads/<upload_id>")
def publish(programme: str, upload_id: str) -> ResponseReturnValue:
    """Publish, unless the programme is no longer the one that was looked at."""
    editable(programme)
    found = _proposal(programme, upload_id)
    version = request.form.get("version", "").strip()
    if request.form.get("revision") != str(found.revision):
        return _show(found, version, changed=True), 409
    if not VERSION.fullmatch(version):
        return _show(found, version, [Fault("version", "bad_name", _BAD_VERSION)]), 422
    try:
        office().form_changes.publish(found, version, actor().id)
    except Conflict as refused:
        at_version = [Fault("version", refused.code, refused.message)] if refused.code == "version_exists" else []
        return _show(_proposal(programme, upload_id), version, at_version, changed=not at_version), 409
    except Invalid:
        return _show(found, version), 422
    return redirect(url_for("forms.form", programme=programme, form=found.upload.form.id, published=1), 303)


@blueprint.post("/uploads/<upload_id>/discard")
def discard(programme: str, upload_id: str) -> ResponseReturnValue:
    """Forget an upload."""
    editable(programme)
    changes = office().form_changes
    changes.discard(changes.find(programme, upload_id, actor().id))
    return redirect(url_for("forms.forms", programme=programme), 303)


def _proposal(programme: str, upload_id: str) -> Proposal:
    changes = office().form_changes
    return changes.proposal(changes.find(programme, upload_id, actor().id), _use())


def _use() -> Use:
    """Return what the page says about the use of a form that is new."""
    given = request.form
    anonymous = given.get("respondents") == "anonymous"
    many = anonymous or given.get("respondents") == "many"
    return Use("many" if many else "one", anonymous=anonymous, waves=tuple(given.getlist("waves")))


def _show(found: Proposal, version: str | None = None, faults: Sequence[Fault] = (), *, changed: bool = False) -> str:
    spoken = [Fault(fault.path, fault.code, _spoken(fault.message)) for fault in faults]
    return render_template(
        "form_proposal.html",
        found=found,
        upload=found.upload,
        programme=found.programme,
        version=office().form_history.unused_version(found.programme.id) if version is None else version,
        faults=spoken,
        broken=_with_german(found.faults),
        notices=_with_german(found.upload.notices),
        changed=changed,
        waves=[wave for wave in found.programme.waves if _state(wave) != "closed"],
        use=_use(),
        zone=zone(),
    )


def _with_german(faults: Sequence[Fault]) -> list[tuple[Fault, str]]:
    return [(fault, in_german(fault.code) if current() == "de" else "") for fault in faults]


def _spoken(message: str) -> str:
    return message.de if current() == "de" and isinstance(message, Bilingual) else str(message)


def _state(wave: Wave) -> str:
    desk = office().desk
    return calendar(wave, desk.zone).state(desk.now())
