"""flags.yaml and support.yaml: challenge rules and the support measures they propose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from shared.programme.drafts import Draft, ProgrammeDraft
from shared.programme.each import Turn, turns
from shared.programme.fields import CODE, CODE_RULE, Record
from shared.programme.model import SEVERITIES, Flag, Measure, Severity
from shared.programme.place import Report
from shared.programme.yaml_source import Node

FLAGS_FILE = "flags.yaml"
SUPPORT_FILE = "support.yaml"
FLAG_KEYS = (
    "id", "label", "form", "kind", "raise", "clear", "overdue", "min_sites", "severity", "raise_after", "clear_after",
    "topic", "support", "audience", "hidden_from", "description", "each",
)  # fmt: skip
KINDS = ("threshold", "change", "peer", "missing", "self_reported", "composite", "quality")
ROLES = ("coordinator", "consultant", "evaluator", "lead", "admin")
AUDIENCES = ("consultant", "lead", "evaluator")
_DAYS = re.compile(r"([1-9]\d{0,2})\s*d")


def read_measures(node: Node, draft: ProgrammeDraft, report: Report) -> None:
    """Fill the draft's support measures."""
    record = Record(node, report, SUPPORT_FILE, ("measures",))
    for entry in record.records("measures", "A measure", ("id", "label", "description", "topics")):
        measure = Measure(
            id=entry.code("id"),
            label=entry.texts("label", draft.frame.languages),
            description=entry.texts("description", draft.frame.languages, required=False),
            topics=entry.names("topics"),
        )
        draft.measures.append(Draft(measure, entry))


def read_flags(node: Node, draft: ProgrammeDraft, report: Report) -> None:
    """Fill the draft's flags; forms and indicators must have been read."""
    record = Record(node, report, FLAGS_FILE, ("flags",))
    for entry in record.records("flags", "A flag", FLAG_KEYS):
        draft.flags.extend(_flags(entry, draft))


def _flags(record: Record, draft: ProgrammeDraft) -> Iterator[Draft[Flag]]:
    languages = draft.frame.languages
    label = record.texts("label", languages)
    description = record.texts("description", languages, required=False)
    conditions = record.record("raise", SEVERITIES)
    plain_id = record.text("id", required=True)
    shared = _shared(record, draft)
    if conditions is None and not shared.overdue and shared.min_sites is None:
        message = "A flag needs `raise:` with a condition per severity, or `overdue:`, or `min_sites:`."
        record.fault(record.place, "missing_key", message)
    for turn in turns(record, shared.form, draft):
        flag = replace(
            shared,
            id=_checked_id(record, turn, plain_id),
            label=turn.texts(label, label=True),
            description=turn.texts(description),
            raise_=_conditions(conditions, turn),
            clear=turn.text(record.text("clear")) or None,
            topic=turn.text(record.text("topic")) or None,
        )
        yield Draft(flag, record)


def _shared(record: Record, draft: ProgrammeDraft) -> Flag:
    overdue = record.record("overdue", ("form", *SEVERITIES))
    return Flag(
        id="",
        label={},
        form=record.text("form") or (overdue.text("form") if overdue else "") or _only_form(record, draft),
        overdue=_overdue(overdue),
        min_sites=record.integer("min_sites", 1, 2, 100_000) if record.has("min_sites") else None,
        raise_after=record.integer("raise_after", draft.frame.raise_after, 1, 12),
        clear_after=record.integer("clear_after", draft.frame.clear_after, 1, 12),
        support=record.names("support"),
        audience=record.choice("audience", AUDIENCES, "consultant"),  # type: ignore[arg-type]
        hidden_from=record.names("hidden_from"),
        kind=record.choice("kind", KINDS, "missing" if overdue else "threshold"),  # type: ignore[arg-type]
        severity=record.choice("severity", SEVERITIES, "info"),  # type: ignore[arg-type]
    )


def _only_form(record: Record, draft: ProgrammeDraft) -> str:
    if len(draft.plans) == 1:
        return next(iter(draft.plans))
    if draft.plans and not record.has("min_sites"):
        message = "Say with `form:` which form's waves this flag is judged in; the programme has several."
        record.fault(record.place, "missing_key", message)
    return ""


def _overdue(record: Record | None) -> dict[Severity, int]:
    found: dict[Severity, int] = {}
    for severity in SEVERITIES:
        scalar = record.scalar(severity) if record else None
        if record is None or scalar is None:
            continue
        match = _DAYS.fullmatch(scalar.text)
        if match:
            found[severity] = int(match.group(1))
        else:
            message = f'Write the days after the due date as 10d (1 to 999), not "{scalar.text}".'
            record.fault(scalar.place, "bad_duration", message)
    if record and not any(record.has(severity) for severity in SEVERITIES):
        record.fault(record.place, "missing_key", "`overdue` needs days for a severity, such as `warn: 10d`.")
    order = list(found.values())
    if record and order != sorted(set(order)):
        message = "A graver severity must come later: give it more days than the milder one."
        record.fault(record.place, "bad_order", message)
    return found


def _conditions(record: Record | None, turn: Turn) -> dict[Severity, str]:
    if record is None:
        return {}
    return {severity: turn.text(text) for severity in SEVERITIES if (text := record.text(severity))}


def _checked_id(record: Record, turn: Turn, plain: str) -> str:
    id_ = turn.id(plain)
    if id_ and not CODE.fullmatch(id_):
        record.fault(record.at("id"), "bad_name", f'"{id_[:80]}" cannot be the id of a flag: {CODE_RULE}.')
    return id_
