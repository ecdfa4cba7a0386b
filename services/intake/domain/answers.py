"""Answers against a form: every fault at once, what is kept, and what may leave intake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain.compiled import CompiledForm, Item, Rule
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.messages import fault, in_language
from services.intake.domain.outputs import filled_in
from services.intake.domain.repeats import flattened
from services.intake.domain.unfolding import unfold
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
    flat = flattened(compiled, raw)
    items = unfold(compiled, flat).items
    for name, value in flat.items():
        item = items.get(name)
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


def judge(record: Record, refused: Mapping[str, Fault], language: str) -> list[Fault]:
    """Return every fault among the shown questions, in the order of the form.

    What rests on a faulty answer waits: whether a question is shown, what it offers and whether it
    keeps its rules is judged once the answers it looks at are in order. So one mistake is one fault,
    and the first faulty answer of a chain is always named.
    """
    found: dict[str, Fault] = {}
    faulty = {name for name in refused if name in record.shown}
    for item in record.compiled.order:
        name = item.question.name
        if not faulty.isdisjoint(item.decided_by):
            faulty.add(name)
        elif name in record.shown:
            fault_ = refused.get(name) or _broken(record, item, faulty, language)
            if fault_ is not None:
                found[name] = fault_
                faulty.add(name)
    return [found[name] for name in record.compiled.items if name in found]


def _broken(record: Record, item: Item, faulty: Collection[str], language: str) -> Fault | None:
    """Return the fault of an answer of the right form, None if it keeps the rules that can be judged."""
    name = item.question.name
    if name in record.not_offered:
        return fault(name, "not_offered", language)
    if item.question.asked and name not in record.values and _can_judge(item.required, faulty):
        return _told(record, item, "required", language) if record.is_required(item) else None
    if _can_judge(item.constraint, faulty) and not record.keeps_constraint(item):
        return _told(record, item, "constraint", language)
    return None


def _can_judge(rule: Rule | None, faulty: Collection[str]) -> bool:
    return rule is not None and rule.asks.isdisjoint(faulty)


def _told(record: Record, item: Item, code: str, language: str) -> Fault:
    own = item.question.required_message if code == "required" else item.question.constraint_message
    standard = fault(item.question.name, code, language)
    said = filled_in(in_language(own, language), record.compiled, record.values, language)
    return Fault(standard.path, code, said or standard.message)


def accept(compiled: CompiledForm, raw: Mapping[str, Any], around: Surroundings) -> dict[str, Answer]:
    """Return the answers to keep: shown, non-empty, computed ones included. Raises Invalid with every fault."""
    answers, faults = take(compiled, raw, around)
    if faults:
        raise Invalid(faults)
    return answers


def take(compiled: CompiledForm, raw: Mapping[str, Any], around: Surroundings) -> tuple[dict[str, Answer], list[Fault]]:
    """Return the answers that can be kept, and every fault.

    Answers that break a rule are among them; what is no answer to its question is not.
    """
    found = read_all(compiled, raw, around.language)
    record = Record(compiled, found.answers, around)
    faults = [*judge(record, found.refused, around.language), *found.unknown]
    return in_form_order(record.compiled, record.values), faults


def in_form_order(compiled: CompiledForm, values: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the values in the order of the form."""
    return {name: values[name] for name in compiled.items if name in values}


def coded(compiled: CompiledForm, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return what may leave intake: codes, numbers, dates, and calculations that rest on nothing else."""
    return {name: value for name, value in answers.items() if name in compiled.travels}
