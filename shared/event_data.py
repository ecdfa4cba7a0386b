"""What the data of each event looks like: one marshmallow schema per name and version."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate


class _Whole(fields.Field[int]):
    """A whole number; no bool, no text, no float."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("not a whole number")
        return value


class _Flag(fields.Field[bool]):
    """True or false and nothing that looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if type(value) is not bool:
            raise ValidationError("not true or false")
        return value


class _Answers(fields.Field[Mapping[str, Any]]):
    """Answers by question: text, list of texts, finite number or null; one field, as there are many."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("not an object")
        wrong = {str(name): ["not a coded or numeric answer"] for name in value if not _is_answer(value[name])}
        if wrong:
            raise ValidationError(wrong)
        return value


class _Scalar(fields.Field[Any]):
    """Text, finite number, true, false or null."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool) or (_is_answer(value) and not isinstance(value, list)):
            return value
        raise ValidationError("not a single value")


class _Number(fields.Field[float]):
    """A finite number, not a bool, not text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValidationError("not a finite number")
        return float(value)


def _is_answer(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str) or type(value) is int


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def _id() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1))


def _texts(**options: Any) -> fields.List[Any]:
    return fields.List(fields.String(), required=True, **options)


def _labels(**options: Any) -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True, **options)


def _object() -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True)


def _whole() -> _Whole:
    return _Whole(required=True)


def _nested(schema: Schema) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


def _schema(**declared: fields.Field[Any]) -> Schema:
    return Schema.from_dict(declared)(unknown=INCLUDE)


_SEVERITY = validate.OneOf(["info", "warn", "critical"])

_ROLE = _schema(
    role=fields.String(
        required=True, validate=validate.OneOf(["coordinator", "consultant", "evaluator", "lead", "admin"])
    ),
    programme=_text(),
    sites=_texts(),
    topics=fields.List(fields.String(), allow_none=True),
    lead=_Flag(allow_none=True),
)
_WAVE = _schema(
    programme=_id(),
    wave=_id(),
    revision=_whole(),
    sequence=_whole(),
    forms=_texts(),
    starts_on=_text(allow_none=True),
    ends_on=_text(allow_none=True),
    opens_at=_text(allow_none=True),
    due_at=_text(allow_none=True),
    closes_at=_text(allow_none=True),
    state=_text(validate=validate.OneOf(["planned", "open", "closed"])),
    features=_object(),
)
_POINT = _schema(wave=_id(), value=_Scalar(required=True, allow_none=True))
_EXPLAINED = _schema(
    name=_id(),
    label=_labels(),
    value=_Scalar(required=True, allow_none=True),
    unit=_text(allow_none=True),
    history=_nested(_POINT),
)
_FLAG = _schema(
    programme=_id(),
    site=_id(),
    wave=_id(),
    flag=_id(),
    episode_id=_id(),
    transition_seq=_whole(),
    batch_end=_Whole(),
    state=_text(validate=validate.OneOf(["raised", "cleared"])),
    severity=_text(validate=_SEVERITY),
    previous_severity=_text(allow_none=True, validate=_SEVERITY),
    label=_labels(),
    topic=_text(allow_none=True),
    support=_texts(),
    hidden_from=_texts(),
    values=_nested(_EXPLAINED),
    rule=_labels(),
    counterfactual=_labels(allow_none=True),
    occurred_at=_id(),
)
_VALUE = _schema(
    indicator=_id(),
    value=_Number(required=True, allow_none=True),
    reason=_text(allow_none=True),
    n=_Whole(required=True, allow_none=True),
)
_ALERT = _schema(alert=_id(), programme=_id(), site=_id(), episodes=_texts(), account=_text(), at=_id())
_HANDLED = _schema(event_id=_id(), origin=_id(), by=_id())
_SUBMISSION: dict[str, fields.Field[Any]] = {
    "submission": _id(),
    "programme": _id(),
    "form": _id(),
    "site": _id(),
    "wave": _id(),
    "respondent": _text(allow_none=True),
    "revision": _whole(),
}

# (name, version) -> schema of the data; a new version is a new line, the old one stays
SCHEMAS: Mapping[tuple[str, int], Schema] = {
    ("programme.published", 1): _schema(programme=_id(), version=_id(), revision=_whole(), definition=_object()),
    ("account.changed", 1): _schema(
        account=_id(),
        revision=_whole(),
        email=_text(),
        name=_text(),
        language=_text(),
        roles=_nested(_ROLE),
        active=_Flag(required=True),
    ),
    ("site.changed", 1): _schema(
        programme=_id(),
        site=_id(),
        revision=_whole(),
        name=_labels(),
        features=_object(),
        active=_Flag(required=True),
        timezone=_text(),
    ),
    ("wave.opened", 1): _WAVE,
    ("wave.closed", 1): _WAVE,
    ("report.overdue", 1): _schema(
        programme=_id(), site=_id(), wave=_id(), form=_id(), days_overdue=_whole(), due_at=_id()
    ),
    ("submission.received", 1): _schema(
        **_SUBMISSION,
        form_version=_id(),
        received_at=_id(),
        answers=_Answers(required=True),
        imported=_Flag(),
    ),
    ("submission.erased", 1): _schema(**_SUBMISSION),
    ("indicators.computed", 1): _schema(
        programme=_id(), site=_id(), wave=_id(), as_of_seq=_whole(), values=_nested(_VALUE)
    ),
    ("flag.raised", 1): _FLAG,
    ("flag.changed", 1): _FLAG,
    ("flag.cleared", 1): _FLAG,
    ("flag.restated", 1): _FLAG,
    ("alert.sent", 1): _ALERT,
    ("alert.acknowledged", 1): _ALERT,
    ("handled.intake", 1): _HANDLED,
    ("handled.scoring", 1): _HANDLED,
}
