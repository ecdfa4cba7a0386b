"""OpenRosa: forms out to ODK Collect and KoboCollect, filled forms in. The key in the path is an invitation."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import BadRequest

from services.intake.domain.openrosa import Unreadable, decoded
from services.intake.domain.openrosa_blank import Blank
from services.intake.web import openrosa_xml
from services.intake.web.here import office
from services.intake.web.openrosa_words import MEANING, NO_FILES, NOT_ONE_XML, SENT_BEFORE, TAKEN
from shared.errors import Bilingual
from shared.web import declare, public
from shared.web.language import pick

XML_PART = "xml_submission_file"

blueprint = Blueprint("openrosa", __name__, url_prefix="/openrosa/<key>")
declare(blueprint, public("devices cannot sign in: the unguessable key in the path is looked up by every view"))


@blueprint.get("/formList")
def form_list(key: str) -> Response:
    """List the form of the key while it can be filled in."""
    asked, given = office().openrosa, request.args
    blanks = asked.listed(key, given.get("formID"), all_versions=given.get("listAllVersions") == "true")
    described = given.get("verbose") == "true"
    return _xml(openrosa_xml.form_list([_entry(key, blank, described=described) for blank in blanks]))


@blueprint.get("/forms/<form>/<path:version>.xml")
def blank_form(key: str, form: str, version: str) -> Response:
    """Return a blank form."""
    return _xml(office().openrosa.blank(key, form, version).xml)


@blueprint.get("/forms/<form>/<path:version>/manifest")
def manifest(key: str, form: str, version: str) -> Response:
    """Return the files that belong to a form: none, for forms carry no media."""
    office().openrosa.blank(key, form, version)
    return _xml(openrosa_xml.NO_MEDIA)


@blueprint.get("/submission")
def ready(key: str) -> Response:
    """Say that submissions go here; clients ask with HEAD and insist on 204."""
    office().openrosa.check(key)
    return Response(status=204)


@blueprint.post("/submission")
def submit(key: str) -> Response:
    """Take a filled form. 201: kept; 202: kept before.

    A client that splits a submission sends the same XML in every part, so the answers are complete
    with the first, whatever `*isIncomplete*` says; forms ask for no files, and none are kept.
    """
    office().openrosa.check(key)
    parts = request.files.getlist(XML_PART)
    if len(parts) != 1:
        raise BadRequest(NOT_ONE_XML)
    try:
        accepted = office().openrosa.take(key, decoded(parts[0].stream.read()))
    except Unreadable as refused:
        raise BadRequest(refused.message) from None
    said = _spoken(TAKEN if accepted.created else SENT_BEFORE)
    if len(list(request.files.items(multi=True))) > 1:
        said = f"{said} {_spoken(NO_FILES)}"
    return _xml(openrosa_xml.response("submit_success", said), 201 if accepted.created else 202)


submit.one_click = True  # type: ignore[attr-defined]


def refused(status: int, message: str, code: str) -> Response:
    """Return an error as clients show it to people."""
    said = MEANING.get(code) or (message if isinstance(message, Bilingual) else None)
    usual = MEANING.get(str(status)) or MEANING["500" if status >= 500 else "400"]
    return _xml(openrosa_xml.response("error", _spoken(said or usual)), status)


blueprint.error_shape = refused  # type: ignore[attr-defined]


@blueprint.after_request
def speak_openrosa(response: Response) -> Response:
    """Say on every answer that this is OpenRosa, and how much one request may carry."""
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(current_app.config["MAX_CONTENT_LENGTH"])
    return response


def _xml(content: str, status: int = 200) -> Response:
    return Response(content, status, content_type="text/xml; charset=utf-8")


def _entry(key: str, blank: Blank, *, described: bool) -> openrosa_xml.Entry:
    form, base = blank.form, str(current_app.config["PUBLIC_URL"])

    def address(view: str) -> str:
        return base + url_for(f"openrosa.{view}", key=key, form=form.id, version=form.version)

    return openrosa_xml.Entry(
        form_id=form.id,
        name=pick(form.title, form.default_language) or form.id,
        version=form.version,
        hash=blank.hash,
        download_url=address("blank_form"),
        manifest_url=address("manifest"),
        description=blank.about if described else "",
    )


def _spoken(text: Bilingual) -> str:
    """Return the text in the language the client asks for; most ask for none and get German and English."""
    wanted = request.accept_languages.best_match(("de", "en"))
    return {"de": text.de, "en": str(text)}.get(wanted or "", f"{text.de} / {text}")
