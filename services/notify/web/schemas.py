"""What the JSON API takes and gives."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from shared.web.lists import PageQuery
from shared.web.schema import ApiSchema

STATES = ("open", "acknowledged", "resolved")
_INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
DELIVERY_STATES = ("queued", "leased", "retry", "sent", "uncertain", "failed_permanent", "expired")


def _code(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(1, 200), **options)


class AlertQuery(PageQuery):
    """Which alerts."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    programme = _code()
    site = _code()
    flag = _code()


class DeliveryQuery(PageQuery):
    """Which deliveries; with `alert`, all of that alert's in one page."""

    alert = _code(load_default=None)
    state = fields.String(validate=validate.OneOf(DELIVERY_STATES))
    programme = _code()
    site = _code()


class SilenceQuery(PageQuery):
    """Whose silences."""

    programme = _code(required=True)


class Acknowledgement(Schema):
    """Who took note, when, and until when it holds."""

    account = fields.String(required=True)
    name = fields.String(required=True)
    at = fields.String(required=True)
    until = fields.String(required=True)


class AlertOut(Schema):
    """One episode of a flag at a site; `id` is the episode."""

    id = fields.String(required=True)
    programme = fields.String(required=True)
    site = fields.String(required=True)
    wave = fields.String(required=True)
    flag = fields.String(required=True)
    severity = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    label = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    raised_at = fields.String(required=True)
    changed_at = fields.String(required=True)
    resolved_at = fields.String(required=True, allow_none=True)
    acknowledged = fields.Nested(Acknowledgement, required=True, allow_none=True)


class SilenceIn(ApiSchema):
    """What shall rest: at least one of site, flag and episode."""

    programme = _code(required=True)
    site = _code(load_default=None, allow_none=True)
    flag = _code(load_default=None, allow_none=True)
    episode = _code(load_default=None, allow_none=True)
    reason = fields.String(required=True, validate=validate.Length(1, 500))
    starts_at = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Default: now", "pattern": _INSTANT}
    )
    ends_at = fields.String(
        required=True, metadata={"description": "Instant in UTC, 2026-01-31T08:15:00.000Z", "pattern": _INSTANT}
    )


class SilenceOut(Schema):
    """A silence."""

    id = fields.String(required=True)
    programme = fields.String(required=True)
    site = fields.String(required=True, allow_none=True)
    flag = fields.String(required=True, allow_none=True)
    episode = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["pending", "active", "expired"]))
    starts_at = fields.String(required=True)
    ends_at = fields.String(required=True)
    created_at = fields.String(required=True)
    created_by = fields.String(required=True)
    ended_at = fields.String(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)


class LogLine(Schema):
    """One transition of a delivery."""

    state = fields.String(required=True)
    at = fields.String(required=True)
    detail = fields.String(required=True)


class DeliveryOut(Schema):
    """One mail. `address` is shown to administrators and to the recipient."""

    id = fields.String(required=True)
    programme = fields.String(required=True)
    site = fields.String(required=True)
    alerts = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    route = fields.String(required=True)
    severity = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(DELIVERY_STATES))
    recipient = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    message_id = fields.String(required=True)
    attempts = fields.Integer(required=True)
    created_at = fields.String(required=True)
    sent_at = fields.String(required=True, allow_none=True)
    next_at = fields.String(required=True, allow_none=True)
    log = fields.List(fields.Nested(LogLine), required=True)
