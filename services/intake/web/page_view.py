"""What a questionnaire page shows: fields with their values, choices and faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.outputs import filled_in, in_words
from services.intake.domain.pages import Page
from services.intake.domain.repeats import is_repeat
from services.intake.domain.typed import written_number
from services.intake.domain.values import Answer
from shared.errors import Fault
from shared.programme.model import Texts
from shared.web.language import day, pick

MODES = {"integer": "numeric", "decimal": "decimal", "range": "decimal"}


@dataclass(frozen=True)
class Option:
    """One choice; `id` is what links point at, the first choice carries the question's name."""

    id: str
    name: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Field:
    """One question as the template draws it.

    `kind`: line, text, one, several, rank, date, time, datetime-local, tick, note, or fixed (shown, not
    asked). `answers` are all chosen names in order.
    """

    name: str
    kind: str
    label: str
    hint: str
    optional: bool
    value: str
    options: tuple[Option, ...]
    error: str
    mode: str
    answers: tuple[str, ...]

    @property
    def sent(self) -> bool:
        """True when the page asks for an answer."""
        return self.kind not in ("note", "fixed")

    @property
    def described_by(self) -> str:
        """The ids of the hint and the error message, for aria-describedby."""
        ids = [f"{self.name}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.name}-error"] if self.error else ids)


@dataclass(frozen=True)
class SectionView:
    """Fields under a heading; an empty heading is none. `item` and `repeat` as in `Section`.

    `ids` are those of the items of the repeat that ends here.
    """

    label: str
    fields: tuple[Field, ...]
    item: str = ""
    repeat: str = ""
    counted: bool = False
    ids: tuple[str, ...] = ()

    @property
    def sent(self) -> tuple[str, ...]:
        """The keys of what the section sends."""
        asked = tuple(field.name for field in self.fields if field.sent)
        return (*asked, self.repeat) if self.repeat else asked


def sections(
    page: Page, draft: Draft, record: Record, faults: Sequence[Fault], language: str
) -> tuple[SectionView, ...]:
    """Return the shown fields of a page."""
    errors = {fault.path: fault.message for fault in faults}
    found = []
    for section in page.sections:
        items = [record.compiled.items[name] for name in section.names if name in record.shown]
        fields = tuple(_field(item, draft, record, errors, language) for item in items if not is_repeat(item))
        label = said(section.label, record.compiled, record.values, language)
        if section.repeat in record.shown:
            ids = record.values.get(section.repeat, ())
            held = tuple(ids) if isinstance(ids, list) else ()
            found.append(SectionView(label, (), "", section.repeat, section.counted, held))
        elif fields or section.item:
            found.append(SectionView(label, fields, section.item, counted=section.counted))
    return tuple(found)


def _field(item: Item, draft: Draft, record: Record, errors: Mapping[str, str], language: str) -> Field:
    question = item.question
    say = partial(said, compiled=record.compiled, values=record.values, language=language)
    chosen = _texts(draft, question.name, language)
    fixed = question.asked and record.is_readonly(item)
    options = tuple(
        Option(
            id=question.name if position == 0 else f"{question.name}-{position + 1}",
            name=choice.name,
            label=say(choice.label),
            chosen=choice.name in chosen,
        )
        for position, choice in enumerate(record.offered(item))
    )
    return Field(
        name=question.name,
        kind="fixed" if fixed else _kind(item),
        label=say(question.label) or question.name,
        hint=say(question.hint),
        optional=question.asked and not record.is_required(item),
        value=in_words(item, draft.answers.get(question.name), language, day)
        if fixed
        else (chosen[0] if chosen else ""),
        options=options,
        error=errors.get(question.name, ""),
        mode="numeric" if "numbers" in question.appearance else MODES.get(question.type, "text"),
        answers=tuple(chosen),
    )


def _kind(item: Item) -> str:
    question = item.question
    if question.type == "text":
        return "text" if "multiline" in question.appearance else "line"
    kinds = {
        "select_one": "one",
        "select_multiple": "several",
        "rank": "rank",
        "date": "date",
        "time": "time",
        "dateTime": "datetime-local",
        "acknowledge": "tick",
        "note": "note",
    }
    return kinds.get(question.type, "line")


def _texts(draft: Draft, name: str, language: str) -> list[str]:
    """Return what stands in a field: as typed if it was wrong, else as people of the language write it."""
    if name in draft.typed:
        return list(draft.typed[name])
    value = draft.answers.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [value if isinstance(value, str) else written_number(value, language)]


@dataclass(frozen=True)
class Line:
    """One answered question on the check page or receipt; `page` is the key of its page."""

    name: str
    label: str
    text: str
    page: str


@dataclass(frozen=True)
class Block:
    """The answers of one page."""

    label: str
    lines: tuple[Line, ...]


def summary(
    pages: Sequence[Page], compiled: CompiledForm, values: Mapping[str, Answer], shown: set[str], language: str
) -> tuple[Block, ...]:
    """Return every shown question with its answer in words, page by page."""
    blocks = []
    for page in pages:
        for label, names in _blocks(page):
            items = [compiled.items[name] for name in names if name in shown]
            lines = tuple(
                Line(
                    item.question.name,
                    said(item.question.label, compiled, values, language) or item.question.name,
                    in_words(item, values.get(item.question.name), language, day),
                    page.key,
                )
                for item in items
                if item.question.asked
            )
            if lines:
                blocks.append(Block(said(label, compiled, values, language), lines))
    return tuple(blocks)


def _blocks(page: Page) -> list[tuple[Texts, list[str]]]:
    """Return the questions of a page in one block, those of every item of a repeat in one of their own."""
    blocks: list[tuple[Texts, list[str]]] = [(page.label, [])]
    for section in page.sections:
        if section.item:
            blocks.append((section.label, []))
        blocks[-1][1].extend(section.names)
        if section.repeat:
            blocks.append(({}, []))
    return blocks


def said(texts: Mapping[str, str], compiled: CompiledForm, values: Mapping[str, Answer], language: str) -> str:
    """Return a text of the form in a language, with the answers it shows."""
    return filled_in(pick(texts, language), compiled, values, language, day)
