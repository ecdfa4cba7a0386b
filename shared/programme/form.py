"""A questionnaire as immutable values: questions, groups, choices.

Texts in several languages are mappings language code -> text (`{"de": …, "en": …}`).
Expressions are source text, already checked; consumers compile them once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One option of a list; `columns` are further columns usable in a choice filter."""

    name: str
    label: Texts
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One XLSForm row that holds a value.

    `type` is the XLSForm type without its list (`integer`, `decimal`, `text`, `select_one`,
    `select_multiple`, `date`, `calculate`, `hidden`, `note`, …). Expressions are None when absent;
    `required` and `readonly` are expressions too (`true()`). `coded` answers may leave intake.
    """

    name: str
    type: str
    label: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    list_name: str | None = None
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Texts = field(default_factory=dict)
    required: str | None = None
    required_message: Texts = field(default_factory=dict)
    readonly: str | None = None
    calculation: str | None = None
    default: str | None = None
    choice_filter: str | None = None
    appearance: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def computes_default(self) -> bool:
        """True when `default` is an expression (it holds a call or a reference), False for a literal."""
        return self.default is not None and ("(" in self.default or "${" in self.default)

    @property
    def coded(self) -> bool:
        """True when the answer is a code, number or date, and so may travel in events."""
        return self.type in CODED_TYPES

    @property
    def asked(self) -> bool:
        """True when a person is asked (not hidden, calculated or a note; a repeat itself asks nothing)."""
        return self.type not in ("hidden", "calculate", "note", REPEAT)


REPEAT = "repeat"
CODED_TYPES = frozenset(
    {"integer", "decimal", "range", "select_one", "select_multiple", "rank", "date", "time", "dateTime", "calculate",
     "acknowledge"}
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A page of questions; groups nest. `relevant` hides everything inside.

    `repeat`: the questions are answered once for every item; people add and remove items, unless
    `count` (an expression) says how many there are.
    """

    name: str
    label: Texts
    items: tuple[Question | Group, ...]
    relevant: str | None = None
    appearance: str = ""
    repeat: bool = False
    count: str | None = None


@dataclass(frozen=True)
class Form:
    """One questionnaire version. Items outside any group stand in `items` in sheet order.

    `respondents`: `one` (one answer per site and wave) or `many`. `anonymous`: no link between a
    person and the answers. A site's report is complete with `complete_min` submissions, which must
    include, per question of `complete_with`, every listed choice.
    `missing` are choice names that mean "cannot say" and count as missing in indicators.
    """

    id: str
    version: str
    title: Texts
    default_language: str
    languages: tuple[str, ...]
    items: tuple[Question | Group, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    respondents: Literal["one", "many"] = "one"
    anonymous: bool = False
    complete_min: int = 1
    complete_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes: int | None = None
    missing: tuple[str, ...] = ()

    def questions(self) -> tuple[Question, ...]:
        """Return every question in sheet order, whatever its depth, those of repeats once."""
        return tuple(_flatten(self.items))

    def repeats(self) -> Mapping[str, tuple[str, ...]]:
        """Return the repeats around every repeat and every question inside one, outermost first; in sheet order."""
        return dict(_repeated(self.items, ()))

    def repeat_labels(self) -> Mapping[str, Texts]:
        """Return every repeat with its label, in sheet order."""
        return dict(_repeat_labels(self.items))

    def question(self, name: str) -> Question:
        """Return the question with this name. Raises KeyError."""
        for question in self.questions():
            if question.name == name:
                return question
        raise KeyError(name)


def _repeat_labels(items: tuple[Question | Group, ...]) -> Iterator[tuple[str, Texts]]:
    for item in items:
        if isinstance(item, Group):
            if item.repeat:
                yield item.name, item.label
            yield from _repeat_labels(item.items)


def _flatten(items: tuple[Question | Group, ...]) -> list[Question]:
    found: list[Question] = []
    for item in items:
        if isinstance(item, Question):
            found.append(item)
        else:
            found.extend(_flatten(item.items))
    return found


def _repeated(items: tuple[Question | Group, ...], around: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in items:
        if isinstance(item, Group):
            if item.repeat:
                yield item.name, around
            yield from _repeated(item.items, (*around, item.name) if item.repeat else around)
        elif around:
            yield item.name, around
