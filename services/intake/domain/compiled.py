"""A form made ready to run: every expression parsed once, questions in the order they depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.expressions import Call, FormContext, Node, Text, Value, compile_form, parse, references, truth, uses_first
from shared.expressions import Question as Asked
from shared.expressions.tree import walk
from shared.programme.form import REPEAT
from shared.programme.model import Choice, Form, Group, Question
from shared.programme.travel import travelling


@dataclass(frozen=True)
class Rule:
    """One expression, ready to run, and the questions it looks at; `anywhere`: in any item of a repeat."""

    run: Callable[[FormContext], Value]
    asks: frozenset[str]
    asks_previous: bool
    anywhere: frozenset[str] = frozenset()

    def holds(self, record: FormContext) -> bool:
        """Evaluate as a condition, the XPath way: '', 0 and NaN are false, other text is true."""
        return truth(self.run(record))


@dataclass(frozen=True)
class Item:
    """A question where it stands: what shows it (its own condition and its groups'), what judges it.

    A repeat is an item, too: its answer is the list of its items' ids, its calculation how many there are.
    """

    question: Question
    position: int
    groups: tuple[str, ...]
    shown_if: tuple[Rule, ...]
    required: Rule | None
    readonly: Rule | None
    constraint: Rule | None
    calculation: Rule | None
    default: Rule | None
    choice_filter: Rule | None
    choices: tuple[Choice, ...]
    names: frozenset[str]

    @cached_property
    def decided_by(self) -> frozenset[str]:
        """The questions whose answers decide whether this one is shown, what it offers or what it is."""
        rules = (*self.shown_if, self.calculation, self.choice_filter, self._given)
        return frozenset(name for rule in rules if rule for name in rule.asks)

    @property
    def _given(self) -> Rule | None:
        return self.default if self.question.type == "hidden" else None


@dataclass(frozen=True)
class CompiledForm:
    """A form ready to be filled in. `order` is the order of evaluation, `items` that of the sheet.

    `travels` are the questions whose answers may leave intake: coded ones, and calculations that
    rest on coded answers only, so that no calculation carries free text out. `asks_previous`: an
    expression or a hidden question looks at the record before. `repeats` are the repeats around every
    repeat and repeated question; such a form is unfolded (`repeats.py`) before it is filled in.
    """

    form: Form
    items: Mapping[str, Item]
    order: tuple[Item, ...]
    travels: frozenset[str]
    hidden: tuple[str, ...]
    asks_previous: bool
    repeats: Mapping[str, tuple[str, ...]]


def compile_questions(form: Form) -> CompiledForm:
    """Parse and order everything in the form. Raises ExpressionError for a definition that was never checked."""
    items: dict[str, Item] = {}
    for question, groups in _placed(form.items, ()):
        items[question.name] = _item(form, question, groups, len(items))
    hidden = tuple(name for name, item in items.items() if item.question.type == "hidden")
    looks_back = any(name.startswith("prev_") for name in hidden)
    asks_previous = looks_back or any(rule.asks_previous for item in items.values() for rule in _rules(item))
    return CompiledForm(form, items, in_order(items), travelling(form), hidden, asks_previous, form.repeats())


def in_order(items: Mapping[str, Item]) -> tuple[Item, ...]:
    """Return the items so that each stands after those its place, choices and value depend on."""
    graph = {name: sorted(item.decided_by) for name, item in items.items()}
    return tuple(items[name] for name in uses_first(graph))


def _placed(
    parts: tuple[Question | Group, ...], groups: tuple[Group, ...]
) -> Iterator[tuple[Question, tuple[Group, ...]]]:
    for part in parts:
        if isinstance(part, Group):
            if part.repeat:
                yield Question(part.name, REPEAT, part.label, calculation=part.count), (*groups, part)
            yield from _placed(part.items, (*groups, part))
        else:
            yield part, groups


def _item(form: Form, question: Question, groups: tuple[Group, ...], position: int) -> Item:
    conditions = [group.relevant for group in groups] + [question.relevant]
    choices = tuple(form.choices.get(question.list_name or "", ()))
    return Item(
        question=question,
        position=position,
        groups=tuple(group.name for group in groups),
        shown_if=tuple(rule for rule in map(_rule, conditions) if rule),
        required=_rule(question.required),
        readonly=_rule(question.readonly),
        constraint=_rule(question.constraint),
        calculation=_rule(question.calculation),
        default=_default(question),
        choice_filter=_rule(question.choice_filter),
        choices=choices,
        names=frozenset(choice.name for choice in choices),
    )


def _rule(source: str | None) -> Rule | None:
    if source is None or not source.strip():
        return None
    return _ready(parse(source))


def _ready(node: Node) -> Rule:
    found = references(node)
    anywhere = (part.args[0] for part, _ in walk(node) if isinstance(part, Call) and part.name == "indexed-repeat")
    names = frozenset(asked.name for asked in anywhere if isinstance(asked, Asked))
    return Rule(compile_form(node), found.questions, bool(found.last_saved), names)


def _default(question: Question) -> Rule | None:
    source = question.default
    if source is None or not source.strip():
        return None
    return _rule(source) if question.computes_default else _ready(Text(source))


def _rules(item: Item) -> list[Rule]:
    single = (item.required, item.readonly, item.constraint, item.calculation, item.default, item.choice_filter)
    return [*item.shown_if, *(rule for rule in single if rule)]
