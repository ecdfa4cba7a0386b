"""Pages of a programme's questionnaires: which there are, their versions, the current one as a workbook."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from services.intake.handlers.form_history import FormVersion
from services.intake.web.here import office
from shared.errors import unknown
from shared.programme.book_writer import write_workbook
from shared.programme.model import Programme
from shared.programme.workbook import MAX_BYTES
from shared.registry import Account
from shared.web import declare, require, staff

EDITORS = ("evaluator", "admin")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = MAX_BYTES + 100_000

blueprint = Blueprint("forms", __name__, url_prefix="/collection/programmes/<programme>")
declare(blueprint, staff(*EDITORS))


@dataclass(frozen=True)
class Listed:
    """A form of the programme in its newest version, or a version among its form's others."""

    version: FormVersion
    by: str
    answers: int


def editable(programme: str) -> Programme:
    """Return the programme if the account may change its forms. Raises NotFound and Forbidden."""
    require(EDITORS, programme)
    return office().desk.registry.programme(programme)


def zone() -> str:
    """Return the time zone in which times are shown."""
    return office().desk.zone


@blueprint.url_value_preprocessor
def _let_files_in(endpoint: str | None, values: dict[str, str] | None) -> None:
    """Let a body be as large as a workbook where one is taken; this comes before anything reads the body."""
    if endpoint == "forms.upload":
        request.max_content_length = LARGEST


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say how large a file may be; who asks is not known yet, so nothing else is shown."""
    return render_template("form_too_large.html", limit=MAX_BYTES // 1_000_000), 413


@blueprint.get("/forms")
def forms(programme: str) -> ResponseReturnValue:
    """List the programme's forms."""
    found = editable(programme)
    history = office().form_history
    newest = {form.id: history.version(programme, form.id, form.version) for form in found.forms}
    listed = [_listed(programme, version, None) for version in newest.values()]
    return render_template("forms.html", programme=found, forms=listed, zone=zone())


@blueprint.get("/forms/<form>")
def form(programme: str, form: str) -> ResponseReturnValue:
    """Show one form with all its published versions."""
    found = editable(programme)
    try:
        current = found.form(form)
    except KeyError:
        raise unknown("form", form) from None
    versions = office().form_history.versions(programme, form)
    return render_template(
        "form.html",
        programme=found,
        form=current,
        versions=[_listed(programme, version, version.form.version) for version in versions],
        answers=office().form_history.answers(programme, form),
        waves=[wave for wave in found.waves if form in wave.forms],
        zone=zone(),
    )


def _listed(programme: str, version: FormVersion, counted: str | None) -> Listed:
    answers = office().form_history.answers(programme, version.form.id, counted)
    return Listed(version, _name(version.by), answers)


def _name(account_id: str) -> str:
    """Return who an account is, "" for a command or somebody who is gone."""
    account: Account | None = office().desk.registry.account(account_id) if account_id else None
    return (account.name or account.id) if account else ""


@blueprint.get("/forms/<form>/workbook")
def workbook(programme: str, form: str) -> ResponseReturnValue:
    """Give a form as a workbook, the current one or the version asked for: the next edit starts there."""
    editable(programme)
    found = office().form_history.version(programme, form, request.args.get("version", ""))
    name = f"{form}-{found.form.version}.xlsx"
    response = Response(write_workbook(found.form), mimetype=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def actor() -> Account:
    """Return who is signed in."""
    found: Account = g.actor
    return found
