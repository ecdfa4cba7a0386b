"""The API of exports: all answers of a form as a file, streamed as it is read."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Response, g
from marshmallow import fields, validate

from services.intake.domain.export_access import READ
from services.intake.handlers.export import Wanted
from services.intake.web.formats import FORMATS, Format
from services.intake.web.here import office
from shared.web import api_key, declare, either, staff
from shared.web.api import ApiBlueprint
from shared.web.schema import ApiSchema

EXPORTERS = ("evaluator", "consultant", "coordinator")
log = logging.getLogger(__name__)

exports = ApiBlueprint(
    "exports", __name__, url_prefix="/api/intake/v1", description="Take the answers of a form away as a file"
)
declare(exports, either(api_key(READ), staff(*EXPORTERS)))
BLUEPRINTS = (exports,)


class ExportQuery(ApiSchema):
    """Which responses, and in which language labels are."""

    wave = fields.String(
        load_default="", validate=validate.Length(0, 80), metadata={"description": "All when left out"}
    )
    site = fields.String(
        load_default="", validate=validate.Length(0, 80), metadata={"description": "All you may see when left out"}
    )
    language = fields.String(
        load_default="",
        validate=validate.Length(0, 20),
        metadata={"description": "Of labels in the SPSS file; the form's first one when left out"},
    )
    repeat = fields.String(
        load_default="",
        validate=validate.Length(0, 80),
        metadata={"description": "A repeat: a row per item, linked by `reference`; responses when left out"},
    )


def _register(suffix: str, kind: Format) -> None:
    def export(query: dict[str, Any], programme: str, form: str) -> Response:
        table = office().exports.open(Wanted(programme, form, **query), g.actor)
        log.info("export begun", extra={"programme": programme, "form": form, "kind": suffix, "account": g.actor.id})
        response = Response(kind.write(table), mimetype=kind.media_type)
        name = "-".join(part for part in (programme, form, query["wave"], query["site"], query["repeat"]) if part)
        response.headers["Content-Disposition"] = f'attachment; filename="{_plain(name)}.{suffix}"'
        return response

    export.__name__ = f"export_{suffix}"
    export.__doc__ = f"""Take all answers of a form away as {suffix.upper()}: one row per response, as it stands.

    {kind.description} Free texts need the scope `answers:read` or a role that reads them. Of an anonymous
    form, others than evaluators get waves that are closed, and of these the sites with enough responses.
    """
    documented: Callable[..., Any] = exports.alt_response(
        200,
        schema={"type": "string", "format": "binary"},
        content_type=kind.media_type,
        description=kind.description,
        success=True,
    )(export)
    taking = exports.takes(ExportQuery, "query")(exports.refuses(404)(documented))
    exports.on("GET", f"/programmes/<programme>/forms/<form>/export.{suffix}")(taking)


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


for _suffix, _format in FORMATS.items():
    _register(_suffix, _format)
