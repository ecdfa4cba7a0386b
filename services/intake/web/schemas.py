"""What the JSON API takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from services.intake.domain.values import MAX_TEXT
from shared.web.json_body import MAX_INT
from shared.web.schema import ApiSchema

_ANSWERS = (
    {"type": "string", "maxLength": MAX_TEXT},
    {"type": "number", "minimum": -MAX_INT, "maximum": MAX_INT},
    {"type": "array", "items": {"type": "string"}},
    {"type": "boolean"},
    {"type": "null"},
)


def _name(description: str, **options: Any) -> fields.String:
    metadata = {"description": description, "pattern": "^[A-Za-z0-9._:-]+$"}
    return fields.String(validate=validate.Length(1, 200), metadata=metadata, **options)


class SubmissionIn(ApiSchema):
    """One respondent's answers."""

    instance_id = _name("Yours, one per submission, random", required=True)
    site = fields.String(required=True, validate=validate.Length(1, 80))
    wave = fields.String(required=True, validate=validate.Length(1, 80))
    respondent = _name("A code, never a name")
    form_version = _name("Judge by this version of the form; without it, the current one")
    deprecated_id = _name("The instance_id this one replaces")
    answers = fields.Dict(
        required=True,
        metadata={
            "description": "Question name to value: a choice's name (select_one), a list of names (select_multiple, "
            "rank), a number (integer, decimal, range), a text (date as 2026-01-31); null or left out = no answer",
            "additionalProperties": {"anyOf": list(_ANSWERS)},
        },
    )


class SubmissionOut(Schema):
    """The receipt."""

    instance_id = fields.String(required=True)
    revision = fields.Integer(required=True)
    received_at = fields.String(required=True)


class ProgrammeIn(ApiSchema):
    """A programme folder, as texts."""

    files = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "File name as in a programme folder to its text"},
    )


class PublishedOut(Schema):
    """A published version."""

    programme = fields.String(required=True)
    version = fields.String(required=True)
    revision = fields.Integer(required=True)


class TextsField(fields.Dict):
    """A text per language."""

    def __init__(self) -> None:
        super().__init__(keys=fields.String(), values=fields.String(), required=True)


class ProgrammeOut(Schema):
    """A programme in short."""

    programme = fields.String(required=True)
    version = fields.String(required=True)
    revision = fields.Integer(required=True)
    title = TextsField()
    languages = fields.List(fields.String(), required=True)
    unit = fields.String(required=True)
    forms = fields.List(fields.String(), required=True)


class SiteOut(Schema):
    """A site."""

    code = fields.String(required=True)
    name = TextsField()
    features = fields.Dict(keys=fields.String(), required=True)
    timezone = fields.String(required=True)


class WaveOut(Schema):
    """A wave with its moments; answers are taken from `opens_at` until before `closes_at`."""

    code = fields.String(required=True)
    sequence = fields.Integer(required=True)
    label = TextsField()
    state = fields.String(required=True, validate=validate.OneOf(["planned", "open", "closed"]))
    forms = fields.List(fields.String(), required=True)
    starts_on = fields.String(required=True)
    ends_on = fields.String(required=True)
    opens_at = fields.String(required=True)
    due_at = fields.String(required=True)
    closes_at = fields.String(required=True)


class ResponseOut(Schema):
    """What one site has answered in one form of a wave."""

    site = fields.String(required=True)
    form = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["complete", "submitted", "draft", "missing"]))
    submissions = fields.Integer(required=True)
    overdue = fields.Boolean(required=True)
    last_received_at = fields.String(required=True, allow_none=True)


class FormOut(Schema):
    """A form: questions, groups and choices as in its definition, and the order of its pages."""

    programme = fields.String(required=True)
    form = fields.String(required=True)
    version = fields.String(required=True)
    definition = fields.Dict(keys=fields.String(), required=True)
