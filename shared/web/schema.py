"""Schemas of what the JSON APIs take: every refusal says in German or English what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from shared.errors import Bilingual

_OBJECT = Bilingual("Send an object.", "Senden Sie ein Objekt.")
_SAYS = {
    "required": Bilingual("This is missing: send it.", "Das fehlt: Senden Sie es mit."),
    "null": Bilingual("Send a value, not null.", "Senden Sie einen Wert, nicht null."),
    "validator_failed": Bilingual("Send another value.", "Senden Sie einen anderen Wert."),
}
_WRONG_TYPE: tuple[tuple[type[fields.Field[Any]], Bilingual], ...] = (
    (fields.Integer, Bilingual("Send a whole number.", "Senden Sie eine ganze Zahl.")),
    (fields.String, Bilingual("Send a text.", "Senden Sie einen Text.")),
    (fields.List, Bilingual("Send a list.", "Senden Sie eine Liste.")),
    (fields.Dict, _OBJECT),
    (fields.Nested, _OBJECT),
)
_OUT_OF_BOUNDS = (
    (Length, Bilingual("Send {min} to {max} characters.", "Senden Sie {min} bis {max} Zeichen.")),
    (Range, Bilingual("Send a number from {min} to {max}.", "Senden Sie eine Zahl von {min} bis {max}.")),
    (OneOf, Bilingual("Send one of: {choices}.", "Senden Sie eines von: {choices}.")),
)


class ApiSchema(Schema):
    """A schema whose faults are sentences in both languages. Length and Range have both ends."""

    error_messages = {
        "type": _OBJECT,
        "unknown": Bilingual("This is not known here: leave it out.", "Das ist hier nicht bekannt: Lassen Sie es weg."),
    }

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give a field and what it holds their sentences."""
        for field in _with_inner(field_obj):
            invalid = next((says for kind, says in _WRONG_TYPE if isinstance(field, kind)), _SAYS["validator_failed"])
            field.error_messages = {**dict.fromkeys(field.error_messages, invalid), **_SAYS}
            for validator in field.validators:
                for kind, says in _OUT_OF_BOUNDS:
                    if isinstance(validator, kind):
                        validator.error = says


def _with_inner(field: fields.Field[Any]) -> Iterator[fields.Field[Any]]:
    yield field
    for name in ("inner", "key_field", "value_field"):
        inner = getattr(field, name, None)
        if inner is not None:
            yield from _with_inner(inner)
