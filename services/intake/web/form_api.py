"""The API of form files: every fault by cell, or the form they define."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from marshmallow import Schema, fields
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from services.intake.web.form_upload import file_name
from services.intake.web.forms import EDITORS, LARGEST, XLSX
from services.intake.web.here import office
from shared.errors import Bilingual
from shared.programme.changes import compare
from shared.programme.exchange import Exchange
from shared.programme.json_form import form_to_json
from shared.programme.model import Form
from shared.programme.place import Finding
from shared.web import api_key, declare, either, require, staff
from shared.web.api import ApiBlueprint
from shared.web.errors import answer

ENDINGS = {XLSX: "xlsx", "text/csv": "csv", "text/markdown": "md"}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD = {"type": "object", "required": ["file"], "properties": {"file": _BINARY["schema"]}}
_BODY = {"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}, **dict.fromkeys(ENDINGS, _BINARY)}}
_NO_FILE = Bilingual(
    "Send the file as part `file` of multipart/form-data, or as the body with its own content type (.xlsx, text/csv, "
    "text/markdown).",
    "Senden Sie die Datei als Teil `file` von multipart/form-data oder als Inhalt mit ihrem eigenen Typ (.xlsx, "
    "text/csv, text/markdown).",
)
_TOO_LARGE = Bilingual("A form file has 5 MB at most.", "Eine Fragebogendatei hat höchstens 5 MB.")

checks = ApiBlueprint("form_checks", __name__, url_prefix="/api/intake/v1", description="Check forms before publishing")
declare(checks, either(api_key("programmes:write"), staff(*EDITORS)))
BLUEPRINTS = (checks,)


class FindingOut(Schema):
    """A fault or notice at its place; `row` 0 and empty texts where the place is larger than a cell."""

    path = fields.String(required=True)
    sheet = fields.String(required=True)
    row = fields.Integer(required=True)
    column = fields.String(required=True)
    cell = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ChangesOut(Schema):
    """Names of questions by what happens to them, against the published form of the same id."""

    added = fields.List(fields.String(), required=True)
    removed = fields.List(fields.String(), required=True)
    renamed = fields.List(fields.String(), required=True)
    relabelled = fields.List(fields.String(), required=True)
    ruled = fields.List(fields.String(), required=True)


class CheckOut(Schema):
    """What was found; `form` and `changes` are null when there are faults."""

    faults = fields.List(fields.Nested(FindingOut), required=True)
    notices = fields.List(fields.Nested(FindingOut), required=True)
    changes = fields.Nested(ChangesOut, required=True, allow_none=True)
    form = fields.Dict(required=True, allow_none=True)


def _let_files_in(endpoint: str | None, values: dict[str, str] | None) -> None:
    """Let a body be as large as a workbook; this comes before anything reads it."""
    request.max_content_length = LARGEST


def _too_large(_: RequestEntityTooLarge) -> Any:
    return answer(413, _TOO_LARGE)


checks.url_value_preprocessor(_let_files_in)
checks.register_error_handler(RequestEntityTooLarge, _too_large)
_takes_file: Callable[[Callable[..., Any]], Callable[..., Any]] = checks.doc(requestBody=_BODY)


@checks.on("POST", "/programmes/<programme>/forms/check")
@_takes_file
@checks.answers(200, CheckOut, "Looked at; nothing is kept.")
@checks.refuses(404, 413, 415)
def check_form(programme: str) -> dict[str, Any]:
    """Check a form file (XLSForm) as if it were to replace or join the programme's forms.

    Every fault is named at once with its sheet, row and cell: in the file itself, against the form's
    published versions, and in indicators, flags and waves that rest on it.
    """
    require(EDITORS, programme)
    known = office().desk.registry.programme(programme)
    data, name = _file()
    outcome = office().form_changes.check(programme, data, name)
    old = next((form for form in known.forms if outcome.form and form.id == outcome.form.id), None)
    return {
        "faults": [_told(finding) for finding in outcome.faults],
        "notices": [_told(finding) for finding in outcome.notices],
        "changes": _changes(old, outcome),
        "form": form_to_json(outcome.form) if outcome.form else None,
    }


def _file() -> tuple[bytes, str]:
    """Return the file that was sent, and a name with the ending that says what it is."""
    sent = request.files.get("file")
    if sent is not None:
        return sent.read(), file_name(sent.filename)
    if request.mimetype not in ENDINGS:
        raise UnsupportedMediaType(_NO_FILE)
    return request.get_data(), f"form.{ENDINGS[request.mimetype]}"


def _told(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "path": str(place),
        "sheet": place.sheet,
        "row": place.line,
        "column": place.heading or (str(place.column) if place.column else ""),
        "cell": f"{place.letter}{place.line}" if place.letter else "",
        "code": finding.code,
        "message": finding.message,
    }


def _changes(old: Form | None, outcome: Exchange) -> dict[str, list[str]] | None:
    if outcome.form is None:
        return None
    if old is None:
        return {**dict.fromkeys(ChangesOut().fields, []), "added": [one.name for one in outcome.form.questions()]}
    found = compare(old, outcome.form)
    return {
        "added": [one.name for one in found.added],
        "removed": [one.name for one in found.removed],
        "renamed": [f"{before.name} → {after.name}" for before, after in found.renamed],
        "relabelled": [one.name for one, _ in found.relabelled],
        "ruled": [one.name for one, _ in found.ruled],
    }
