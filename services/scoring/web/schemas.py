"""What the JSON API takes and gives."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.programme.model import SEVERITIES
from shared.web.lists import PageQuery

STATES = ("raised", "cleared")


def _texts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True)


def _number() -> fields.Float:
    return fields.Float(required=True, allow_none=True)


def _code() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(1, 200))


class IndicatorQuery(PageQuery):
    """Which wave; without it, all of them in order of time."""

    wave = _code()


class FlagQuery(PageQuery):
    """Which flags."""

    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    severity = fields.String(load_default="", validate=validate.OneOf(SEVERITIES))
    site = _code()
    wave = _code()
    flag = _code()


class TargetOut(Schema):
    """Lowest and highest good value; null = open."""

    min = _number()
    max = _number()
    met = fields.Boolean(required=True, allow_none=True)


class IndicatorOut(Schema):
    """One indicator at one site in one wave; `value` null = missing, `reason` says why."""

    indicator = fields.String(required=True)
    label = _texts()
    form = fields.String(required=True)
    wave = fields.String(required=True)
    value = _number()
    reason = fields.String(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True, metadata={"description": "too few answers to be shown"})
    n = fields.Integer(required=True, metadata={"description": "valid respondents"})
    num = _number()
    den = _number()
    unit = fields.String(required=True)
    decimals = fields.Integer(required=True)
    good = fields.String(required=True, metadata={"description": "up, down or range"})
    target = fields.Nested(TargetOut, required=True, allow_none=True)
    as_of_seq = fields.Integer(required=True)
    computed_at = fields.String(required=True)
    engine_version = fields.String(required=True)
    inputs_digest = fields.String(required=True)
    definition_version = fields.String(required=True)


class FlagOut(Schema):
    """One episode of a flag; site `*` is the programme as a whole. `wave` is where it began."""

    flag = fields.String(required=True)
    episode_id = fields.String(required=True)
    programme = fields.String(required=True)
    site = fields.String(required=True)
    wave = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    severity = fields.String(required=True, validate=validate.OneOf(SEVERITIES))
    label = _texts()
    topic = fields.String(required=True, allow_none=True)
    support = fields.List(fields.String(), required=True)
    last_wave = fields.String(required=True, metadata={"description": "newest wave with evidence"})
    cleared_wave = fields.String(required=True, allow_none=True)
    stale = fields.Boolean(required=True, metadata={"description": "open without evidence for two waves"})
    withdrawn = fields.Boolean(required=True, metadata={"description": "ended by a corrected answer"})


class TransitionOut(Schema):
    """One change of an episode that was told; `explanation` as it was then."""

    seq = fields.Integer(required=True)
    kind = fields.String(required=True)
    wave = fields.String(required=True)
    state = fields.String(required=True)
    severity = fields.String(required=True)
    previous_severity = fields.String(required=True, allow_none=True)
    at = fields.String(required=True)
    explanation = fields.Dict(required=True, allow_none=True)


class EpisodeOut(FlagOut):
    """An episode with why it stands where it stands."""

    explanation = fields.Dict(required=True)
    values = fields.List(fields.Dict(), required=True)
    transitions = fields.List(fields.Nested(TransitionOut), required=True)
