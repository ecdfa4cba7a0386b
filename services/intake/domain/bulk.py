"""Answers from a table: one row per response, columns named as in an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.messages import fault
from services.intake.domain.repeats import is_repeat
from services.intake.domain.submission import Place, Sent
from services.intake.domain.typed import read_typed
from services.intake.domain.values import LISTS, Refused
from shared.errors import Fault
from shared.events import derived_id

PLACED = ("site", "wave")
IDENTITY = ("respondent", "instance_id", "received_at")
# Columns of an export that say what the platform itself finds out.
TOLD = ("reference", "form_version", "revision", "marks")
_PREFIX = "answer."


@dataclass(frozen=True)
class Line:
    """One row of the table: its number as a spreadsheet counts, and its cells by heading."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """What the headings mean: question by heading, and (question, choice) by heading; `faults` of the others."""

    questions: Mapping[str, Item]
    choices: Mapping[str, tuple[Item, str]]
    faults: Sequence[Fault]


def columns_of(compiled: CompiledForm, headings: Sequence[str], language: str) -> Columns:
    """Sort headings; unknown ones are faults, what intake computes itself is passed over."""
    questions: dict[str, Item] = {}
    choices: dict[str, tuple[Item, str]] = {}
    faults: list[Fault] = []
    for heading in headings:
        if heading in (*PLACED, *IDENTITY, *TOLD):
            continue
        name = heading.removeprefix(_PREFIX)
        item, part = compiled.items.get(name), None
        if item is None:
            name, _, part = name.rpartition(".")
            item = compiled.items.get(name)
        if item is None or is_repeat(item) or name in compiled.repeats or (part and part not in item.names):
            faults.append(fault(f"1, {heading[:80]}", "unknown_question", language))
        elif part is not None:
            choices[heading] = (item, part)
        elif item.question.asked:
            questions[heading] = item
    return Columns(questions, choices, faults)


def sent_of(line: Line, columns: Columns, place: Place, language: str, *, many: bool) -> tuple[Sent, list[Fault]]:
    """Return what the row hands in, and the faults of its cells; `place` fills in what the row does not say.

    `many`: several respondents answer the form, so rows that name none are different ones.
    """
    answers: dict[str, Any] = {}
    faults: list[Fault] = []
    for heading, item in columns.questions.items():
        try:
            answer = read_typed(item.question, item.names, _typed(item, line.cells.get(heading, "")), language)
        except Refused as why:
            faults.append(why.at(item.question.name, language))
        else:
            if answer is not None:
                answers[item.question.name] = answer
    for name, chosen in _chosen(line, columns, faults, language).items():
        answers.setdefault(name, chosen)
    site, wave = (line.cells.get(name) or getattr(place, name) for name in PLACED)
    here = Place(place.programme, place.form, site, wave)
    respondent = line.cells.get("respondent") or None
    return Sent(
        here, _instance(line, here, respondent or (str(line.number) if many else "")), answers, respondent
    ), faults


def _typed(item: Item, text: str) -> list[str]:
    return text.split() if item.question.type in LISTS else [text]


def _chosen(line: Line, columns: Columns, faults: list[Fault], language: str) -> dict[str, list[str]]:
    """Return lists of choices from columns with 0 and 1, or with ranks, in order."""
    places: dict[str, list[tuple[float, str]]] = {}
    for heading, (item, choice) in columns.choices.items():
        text = line.cells.get(heading, "").removesuffix(".0")
        if not text.isdigit() and text:
            faults.append(fault(heading, "wrong_type", language, wanted="number"))
        elif text.isdigit() and int(text):
            rank = int(text) if item.question.type == "rank" else item.position
            places.setdefault(item.question.name, []).append((rank, choice))
    return {name: [choice for _, choice in sorted(found, key=lambda one: one[0])] for name, found in places.items()}


def _instance(line: Line, place: Place, who: str) -> str:
    """Return the row's instance id, else one that the same row of the same table has again."""
    derived = derived_id("import", place.programme, place.form, place.site, place.wave, who)
    return line.cells.get("instance_id") or f"import:{derived}"
