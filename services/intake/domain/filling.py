"""One record while it is filled in: what is shown, what counts, what is computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.messages import in_language
from services.intake.domain.repeats import MAX_DEPTH, is_repeat, with_count
from services.intake.domain.unfolding import unfold
from services.intake.domain.values import Answer
from shared.expressions import Value, form_value
from shared.expressions.context import Nodes
from shared.expressions.values import as_number, first
from shared.programme.model import Choice


@dataclass(frozen=True)
class Surroundings:
    """What a record knows besides its answers.

    `now` is aware local time; `previous` the answers of the record before (empty if none);
    `given` values that intake fills in for hidden questions ('' = known to be empty); `ids` makes random ids.
    """

    now: datetime
    language: str
    ids: Callable[[], str]
    previous: Mapping[str, Answer] = field(default_factory=dict)
    given: Mapping[str, Answer] = field(default_factory=dict)


class Record:
    """Answers under the form's rules. Values that are hidden or not offered count as empty.

    `compiled` is the form unfolded for the items of its repeats. `values` are the answers that count
    (computed ones included), `shown` the questions that are relevant, `not_offered` those whose stored
    choice the choice filter no longer offers.
    """

    def __init__(self, compiled: CompiledForm, answers: Mapping[str, Answer], around: Surroundings) -> None:
        self._around = around
        self._judging: Choice | None = None
        self._current: Value = ""
        self._fill(unfold(compiled, answers), answers)
        for _ in range(MAX_DEPTH):
            counted = self._counted() if compiled.repeats else {}
            if not counted:
                break
            answers = {**answers, **counted}
            self._fill(unfold(compiled, answers), answers)

    def _fill(self, compiled: CompiledForm, answers: Mapping[str, Answer]) -> None:
        self.compiled = compiled
        self.values: dict[str, Answer] = {}
        self.shown: set[str] = set()
        self.not_offered: set[str] = set()
        self._seen: dict[str, Value] = {}
        for item in compiled.order:
            self._place(item, answers.get(item.question.name))

    def _counted(self) -> dict[str, list[str]]:
        """Return the items of every shown repeat that has another number of them than its form says."""
        found: dict[str, list[str]] = {}
        for item in self.compiled.order:
            name = item.question.name
            if is_repeat(item) and item.calculation and name in self.shown:
                held, count = self.values.get(name, []), as_number(item.calculation.run(self))
                ids = with_count(held if isinstance(held, list) else [], int(count) if math.isfinite(count) else 0)
                if ids != held and (ids or held):
                    found[name] = ids
        return found

    def _place(self, item: Item, answer: Answer | None) -> None:
        for rule in item.shown_if:
            if not rule.holds(self):
                return
        name = item.question.name
        self.shown.add(name)
        value = self._value_of(item, answer)
        if value is not None and item.choice_filter and not self._all_offered(item, value):
            self.not_offered.add(name)
        elif value is not None:
            self.values[name] = value
            self._seen[name] = Nodes(value) if isinstance(value, list) and is_repeat(item) else form_value(value)
        elif is_repeat(item):
            self._seen[name] = Nodes()

    def _value_of(self, item: Item, answer: Answer | None) -> Answer | None:
        kind = item.question.type
        if kind == "calculate":
            return stored(item.calculation.run(self)) if item.calculation else None
        if kind == "hidden":
            given = self._around.given.get(item.question.name)
            if given is None and answer is None and item.default:
                given = stored(item.default.run(self))
            return answer if given is None else (None if given == "" else given)
        return None if kind == "note" or answer == [] else answer

    def _all_offered(self, item: Item, value: Answer) -> bool:
        chosen = value if isinstance(value, list) else [str(value)]
        return len(self._let_through(item, [choice for choice in item.choices if choice.name in chosen])) == len(chosen)

    def offered(self, item: Item) -> tuple[Choice, ...]:
        """Return the choices the filter lets through, all if there is no filter."""
        return tuple(self._let_through(item, item.choices))

    def _let_through(self, item: Item, choices: Sequence[Choice]) -> Sequence[Choice]:
        if item.choice_filter is None:
            return choices
        kept: list[Choice] = []
        for choice in choices:
            self._judging = choice
            if item.choice_filter.holds(self):
                kept.append(choice)
        self._judging = None
        return kept

    def is_required(self, item: Item) -> bool:
        """Return whether a shown question must be answered."""
        return item.required is not None and item.required.holds(self)

    def is_readonly(self, item: Item) -> bool:
        """Return whether the person may see the answer but not change it."""
        return item.readonly is not None and item.readonly.holds(self)

    def keeps_constraint(self, item: Item) -> bool:
        """Return whether the answer keeps the question's constraint; an empty one always does."""
        value = self.values.get(item.question.name)
        if value is None or item.constraint is None:
            return True
        self._current = self._seen[item.question.name]
        kept = item.constraint.holds(self)
        self._current = ""
        return kept

    def default_of(self, item: Item) -> Answer | None:
        """Return the default a new record starts with, None if there is none."""
        return stored(item.default.run(self)) if item.default else None

    # what expressions ask (FormContext)

    def value(self, question: str, /) -> Value:
        """Return the answer that counts, '' if none."""
        return self._seen.get(question, "")

    def indexed(self, question: str, indexes: Mapping[str, int], /) -> Value:
        """Return the answer in a repeat's item; outside of repeats there is one item."""
        return self.value(question) if all(number == 1 for number in indexes.values()) else ""

    def position(self, levels: int, /) -> float:
        """Return which item of a repeat this is; 1 outside of repeats."""
        return 1.0

    def rows(self, list_name: str, /) -> Sequence[Mapping[str, str]]:
        """Return the rows of a choice list, labels in the language the person reads."""
        language = self._around.language
        choices = self.compiled.form.choices.get(list_name, ())
        return [{**c.columns, "name": c.name, "label": in_language(c.label, language)} for c in choices]

    def last_saved(self, question: str, /) -> Value:
        """Return the answer in the previous record, '' if none."""
        return form_value(self._around.previous.get(question))

    def choice(self, column: str, /) -> Value:
        """Return a column of the choice being judged."""
        if self._judging is None:
            return ""
        if column == "name":
            return self._judging.name
        if column == "label":
            return in_language(self._judging.label, self._around.language)
        return self._judging.columns.get(column, "")

    def choices(self, question: str, /) -> Mapping[str, str]:
        """Return name → label of a question's list."""
        item = self.compiled.items.get(question)
        return {c.name: in_language(c.label, self._around.language) for c in item.choices} if item else {}

    def instance_ids(self) -> str:
        """Return a new random id."""
        return self._around.ids()

    @property
    def current(self) -> Value:
        """The value of `.`."""
        return self._current

    @property
    def today(self) -> date:
        """Today, local."""
        return self._around.now.date()

    @property
    def now(self) -> datetime:
        """The local time."""
        return self._around.now

    @property
    def language(self) -> str:
        """The language the person reads."""
        return self._around.language


def stored(value: Value) -> Answer | None:
    """Return a computed value as it is stored: '' and NaN are empty, whole numbers are ints, booleans text."""
    value = first(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) <= 2**53 else value
    return value or None
