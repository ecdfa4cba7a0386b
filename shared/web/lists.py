"""Lists in the JSON APIs: which part is asked for, and the one shape they all have."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from shared.web.schema import ApiSchema


class PageQuery(ApiSchema):
    """Which part of a list."""

    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    cursor = fields.String(
        load_default=None, validate=validate.Length(1, 1000), metadata={"description": "`next` of the page before"}
    )


def listed(schema: type[Schema]) -> type[Schema]:
    """Return the schema of a page of these: `{"items": […], "next": cursor or null}`."""
    name = schema.__name__.removesuffix("Out") + "List"
    shape: dict[str, Any] = {
        "items": fields.List(fields.Nested(schema), required=True),
        "next": fields.String(required=True, allow_none=True),
    }
    return type(name, (Schema,), {**shape, "__doc__": "A page."})
