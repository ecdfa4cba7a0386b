"""indicators.yaml: scales and indicators."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from shared.programme.drafts import Draft, ProgrammeDraft
from shared.programme.each import Turn, turns
from shared.programme.fields import NAME, Record
from shared.programme.model import Indicator, Scale, Target
from shared.programme.place import Report
from shared.programme.yaml_source import Node, Scalar, Sequence

FILE = "indicators.yaml"
SCALE_KEYS = ("items", "reversed", "range", "missing", "min_valid")
INDICATOR_KEYS = (
    "id", "label", "form", "value", "unit", "good", "target", "level", "step", "criterion", "decimals", "min_n",
    "valid_when", "description", "audience", "hidden_from", "each",
)  # fmt: skip
LEVELS = ("", "input", "activity", "output", "outcome", "impact")
AUDIENCES = ("consultant", "evaluator")
CRITERIA = ("", "relevance", "coherence", "effectiveness", "efficiency", "impact", "sustainability")


def read_indicators(node: Node, draft: ProgrammeDraft, report: Report) -> None:
    """Fill the draft's scales and indicators; the forms must have been read."""
    record = Record(node, report, FILE, ("scales", "indicators"))
    for name, scale in record.named("scales"):
        draft.scales.append(_scale(name, Record(scale, report, f'scale "{name.text}"', SCALE_KEYS)))
    for entry in record.records("indicators", "An indicator", INDICATOR_KEYS):
        draft.indicators.extend(_indicators(entry, draft))


def _scale(name: Scalar, record: Record) -> Draft[Scale]:
    if not NAME.fullmatch(name.text):
        record.fault(name.place, "bad_name", f'"{name.text[:80]}" cannot be a scale id; use letters, digits and _.')
    items = record.names("items", required=True)
    scale = Scale(
        id=name.text,
        items=items,
        reversed=record.names("reversed"),
        range=_range(record),
        missing=record.names("missing"),
        min_valid=record.integer("min_valid", 1, 1, 1000, required=True),
    )
    return Draft(scale, record)


def _range(record: Record) -> tuple[float, float]:
    node = record.node.entries.get("range")
    texts = [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
    try:
        low, high = (float(text) for text in texts)
        if -1e6 <= low < high <= 1e6:
            return low, high
    except ValueError:
        pass
    message = f"{record.what} needs `range: [lowest, highest]` with two numbers, the lower one first."
    record.fault(record.at("range"), "bad_range", message)
    return -math.inf, math.inf


def _indicators(record: Record, draft: ProgrammeDraft) -> Iterator[Draft[Indicator]]:
    languages = draft.frame.languages
    plain_id = record.text("id", required=True)
    label = record.texts("label", languages)
    description = record.texts("description", languages, required=False)
    value = record.text("value", required=True)
    valid_when = record.text("valid_when")
    shared = _shared(record, draft)
    for turn in turns(record, shared.form, draft):
        indicator = replace(
            shared,
            id=_checked_id(record, turn, plain_id),
            label=turn.texts(label, label=True),
            value=turn.text(value),
            valid_when=turn.text(valid_when) or None,
            description=turn.texts(description),
        )
        yield Draft(indicator, record)


def _shared(record: Record, draft: ProgrammeDraft) -> Indicator:
    form = record.text("form", required=True)
    return Indicator(
        id="",
        label={},
        form=form,
        value="",
        unit=record.text("unit"),
        good=record.choice("good", ("up", "down", "range"), "up"),  # type: ignore[arg-type]
        target=_target(record),
        level=record.choice("level", LEVELS, ""),  # type: ignore[arg-type]
        step=record.integer("step", 0, 0, 7) if record.has("step") else None,
        criterion=record.choice("criterion", CRITERIA, ""),
        decimals=record.integer("decimals", 1, 0, 6),
        min_n=record.integer("min_n", _smallest(form, draft), 1, 1000),
        audience=record.choice("audience", AUDIENCES, "consultant"),  # type: ignore[arg-type]
        hidden_from=record.names("hidden_from"),
    )


def _smallest(form: str, draft: ProgrammeDraft) -> int:
    plan = draft.plans.get(form)
    return draft.frame.min_n if plan and plan.anonymous else 1


def _checked_id(record: Record, turn: Turn, plain: str) -> str:
    id_ = turn.id(plain)
    if id_ and not NAME.fullmatch(id_):
        message = f'"{id_[:80]}" cannot be the id of an indicator; use letters, digits and _, starting with a letter.'
        record.fault(record.at("id"), "bad_name", message)
    return id_


def _target(record: Record) -> Target | None:
    target = record.record("target", ("min", "max", "peers"))
    if target is None:
        return None
    low, high = target.number("min"), target.number("max")
    median = bool(target.choice("peers", ("median",), ""))
    if low is not None and high is not None and low > high:
        target.fault(target.at("min"), "bad_range", "The target's min is above its max; swap them.")
    if median and (low is not None or high is not None):
        target.fault(target.at("peers"), "bad_target", "A target is either min/max or `peers: median`, not both.")
    if low is None and high is None and not median and not target.node.keys:
        target.fault(target.place, "bad_target", "A target needs min, max or `peers: median`.")
    return Target(low, high, median)
