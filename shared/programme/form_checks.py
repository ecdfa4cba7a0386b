"""What the expressions of one form get wrong: syntax, names, cycles, conditions that can never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.expressions import Call, Current, Node, Question, Scope, check, compile_form, parse, references
from shared.expressions.faults import ExpressionError
from shared.expressions.forms import FormState
from shared.expressions.tree import LastSaved, Lookup, Name, walk
from shared.expressions.values import truth
from shared.programme.choice_checks import Offered, choice_faults
from shared.programme.cycle_checks import check_cycles
from shared.programme.entries import Entry, FormDraft
from shared.programme.model import Choice, Group
from shared.programme.model import Question as Asked
from shared.programme.place import Located, Report

OUTPUT = re.compile(r"\$\{\s*([^}\s]*)\s*\}")
_COLUMNS = ("relevant", "constraint", "required", "readonly", "calculation", "choice_filter", "repeat_count")
_TEXTS = ("label", "hint", "constraint_message", "required_message")
_CHANGING = frozenset({"today", "now", "random", "uuid", "once", "pulldata"})
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Condition:
    """One readable expression of a form, with the cell it stands in."""

    owner: Asked | Group
    column: str
    cell: Located
    text: str
    node: Node


def check_form(draft: FormDraft, report: Report) -> None:
    """Report every fault of the form's expressions, output references and defaults."""
    conditions = list(_conditions(draft, report))
    questions = draft.form.questions()
    names = dict.fromkeys([*(question.name for question in questions), *draft.form.repeats()], False)
    offered = {q.name: draft.form.choices.get(q.list_name, ()) for q in questions if q.list_name}
    lists = {name: _columns(choices) for name, choices in draft.form.choices.items()}
    for condition in conditions:
        _check_condition(condition, names, offered, lists, report)
    check_cycles(draft, [(c.owner, c.column, c.cell, c.node) for c in conditions], report)
    for entry in (*draft.entries.values(), *draft.choices.values()):
        _check_outputs(entry, names, report)


def _members(items: tuple[Asked | Group, ...]) -> Iterator[Asked | Group]:
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from _members(item.items)


def _conditions(draft: FormDraft, report: Report) -> Iterator[Condition]:
    seen: set[str] = set()
    for item in _members(draft.form.items):
        entry = draft.entries.get(item.name)
        if entry is None or item.name in seen:
            continue
        seen.add(item.name)
        for column in (*_COLUMNS, "default"):
            text = getattr(item, "count" if column == "repeat_count" else column, None)
            cell = entry.cell(column)
            if not text or not cell:
                continue
            if column == "default" and isinstance(item, Asked) and not item.computes_default:
                _check_literal(item, text, cell, draft, report)
            elif node := parsed(text, cell, report):
                yield Condition(item, column, cell, text, node)


def parsed(text: str, cell: Located, report: Report) -> Node | None:
    """Return the syntax tree; None (and a fault at the character) when it cannot be read."""
    try:
        return parse(text)
    except ExpressionError as error:
        report.fault(cell.place_at(error.column - 1), "syntax", f"{error.message} (in: {_short(text)})")
        return None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:79] + "…"


def _columns(choices: Sequence[Choice]) -> set[str]:
    return {"name", "label", *(column for choice in choices for column in choice.columns)}


def _check_condition(
    condition: Condition, names: dict[str, bool], offered: Offered, lists: Mapping[str, set[str]], report: Report
) -> None:
    owner = condition.owner
    columns = _columns(offered.get(owner.name, ())) if condition.column == "choice_filter" else ()
    mentioned = references(condition.node)
    for match in OUTPUT.finditer(condition.text):
        _check_reference(match.group(1).removeprefix("last-saved#"), names, condition.cell, match.start(), report)
    anything = dict.fromkeys(mentioned.questions | mentioned.last_saved, False)
    faults = check(condition.node, Scope("form", questions=anything, choice_columns=columns, lists=lists))
    for fault in faults:
        report.fault(condition.cell.place_at(fault.column - 1), fault.code, fault.message)
    for column, message in choice_faults(condition.node, offered, report, own=owner.name):
        report.fault(condition.cell.place_at(column - 1), "unknown_choice", message)
    if condition.column == "relevant" and not faults and _never(condition.node):
        message = "This is never true, so nobody is ever asked; correct the condition or remove the row."
        report.fault(condition.cell.place, "never_relevant", message)


def _never(node: Node) -> bool:
    for part, _ in walk(node):
        if isinstance(part, Question | LastSaved | Current | Name | Lookup):
            return False
        if isinstance(part, Call) and part.name in _CHANGING:
            return False
    return not truth(compile_form(node)(FormState({}, _SOME_DAY, new_id=str)))


def _check_literal(item: Asked, text: str, cell: Located, draft: FormDraft, report: Report) -> None:
    if item.type in ("integer", "decimal", "range") and not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text):
        report.fault(cell.place, "bad_default", f'The default of "{item.name}" must be a number, not "{text[:80]}".')
    names = [choice.name for choice in draft.form.choices.get(item.list_name or "", ())]
    chosen = [text] if item.type == "select_one" else text.split()
    for name in chosen if names else ():
        if name not in names:
            message = f'The default "{name[:80]}" is not in the list "{item.list_name}".{report.hint(name, names)}'
            report.fault(cell.place, "unknown_choice", message)


def _check_outputs(entry: Entry, names: dict[str, bool], report: Report) -> None:
    for column in _TEXTS:
        for cell in entry.cells(column).values():
            for match in OUTPUT.finditer(cell.text):
                _check_reference(match.group(1), names, cell, match.start(), report)


def _check_reference(name: str, names: dict[str, bool], cell: Located, offset: int, report: Report) -> None:
    if name not in names:
        message = f'There is no question "{name[:80]}".{report.hint(name, names)}'
        report.fault(cell.place_at(offset), "unknown_question", message)
