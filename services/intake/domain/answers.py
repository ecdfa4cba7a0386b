"""Answers against a form: every fault at once, what is kept, and what may leave intake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.messages import fault, in_language
from services.intake.domain.values import Answer, Refused, read
from shared.errors import Fault, Invalid


@dataclass(frozen=True)
class Read:
    """Raw values turned into answers; `refused` are faults by question name."""

    answers: Mapping[str, Answer]
    refused: Mapping[str, Fault]
    unknown: tuple[Fault, ...] = ()


def read_all(compiled: CompiledForm, raw: Mapping[str, Any], language: str) -> Read:
    """Turn JSON values into answers. Values sent for calculations are dropped: intake computes them."""
    answers: dict[str, Answer] = {}
    refused: dict[str, Fault] = {}
    unknown: list[Fault] = []
    for name, value in raw.items():
        item = compiled.items.get(name)
        if item is None:
            unknown.append(fault(str(name)[:80], "unknown_question", language))
            continue
        if item.question.type == "calculate":
            continue
        try:
            answer = read(item.question, item.names, value)
        except Refused as why:
            refused[name] = why.at(name, language)
        else:
            if answer is not None:
                answers[name] = answer
    return Read(answers, refused, tuple(unknown))


def judge(
    record: Record, refused: Mapping[str, Fault], language: str, only: Collection[str] | None = None
) -> list[Fault]:
    """Return every fault among the shown questions (or those named in `only`), in the order of the form.

    A rule that looks at an answer which is itself faulty is not judged: it would only echo that fault.
    """
    found: dict[str, Fault] = {name: fault_ for name, fault_ in refused.items() if name in record.shown}
    items = [item for item in record.compiled.items.values() if item.question.name in record.shown]
    for item in items:
        name = item.question.name
        if name not in found and name in record.not_offered:
            found[name] = fault(name, "not_offered", language)
        elif name not in found and _missing(record, item, found):
            found[name] = _told(item, "required", language)
    broken = {
        item.question.name: _told(item, "constraint", language)
        for item in items
        if _judged(item, found) and not record.keeps_constraint(item)
    }
    found |= broken
    ordered = (found[name] for name in record.compiled.items if name in found)
    return [f for f in ordered if only is None or f.path in only]


def _missing(record: Record, item: Item, found: Mapping[str, Fault]) -> bool:
    if not item.question.asked or item.question.name in record.values or item.required is None:
        return False
    return not (item.required.asks & found.keys()) and record.is_required(item)


def _judged(item: Item, found: Mapping[str, Fault]) -> bool:
    rule = item.constraint
    return rule is not None and item.question.name not in found and not (rule.asks & found.keys())


def _told(item: Item, code: str, language: str) -> Fault:
    own = item.question.required_message if code == "required" else item.question.constraint_message
    standard = fault(item.question.name, code, language)
    return Fault(standard.path, code, in_language(own, language) or standard.message)


def accept(compiled: CompiledForm, raw: Mapping[str, Any], around: Surroundings) -> dict[str, Answer]:
    """Return the answers to keep: shown, non-empty, computed ones included. Raises Invalid with every fault."""
    found = read_all(compiled, raw, around.language)
    record = Record(compiled, found.answers, around)
    faults = [*judge(record, found.refused, around.language), *found.unknown]
    if faults:
        raise Invalid(faults)
    return in_form_order(compiled, record.values)


def in_form_order(compiled: CompiledForm, values: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the values in the order of the form."""
    return {name: values[name] for name in compiled.items if name in values}


def coded(compiled: CompiledForm, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return what may leave intake: codes, numbers, dates, and calculations that rest on nothing else."""
    return {name: value for name, value in answers.items() if name in compiled.travels}
