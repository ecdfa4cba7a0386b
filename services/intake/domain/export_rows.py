"""The rows of an export: one per response, small groups left out, one value per column."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from services.intake.domain.export_columns import Column
from services.intake.domain.submission import Mark, reference

Value = str | int | float | None
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One response: a value per column, and the answers they were taken from."""

    values: Sequence[Value]
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """The responses of a site in a wave."""

    wave: str
    site: str


def large_enough(documents: Iterable[Document], least: int, left_out: list[Group]) -> Iterator[Document]:
    """Yield the responses of sites that have at least so many; the others are added to `left_out`.

    The responses of a site come next to each other.
    """
    for (wave, site), group in groupby(documents, key=itemgetter("wave", "site")):
        responses = iter(group)
        first = list(islice(responses, least))
        if len(first) < least:
            left_out.append(Group(wave, site))
        else:
            yield from first
            yield from responses


class RowReader:
    """Turns documents into rows; what a form version does not ask is empty there."""

    def __init__(self, columns: Sequence[Column], *, anonymous: bool) -> None:
        self._questions = [column for column in columns if column.question is not None]
        known = _about(anonymous, {str(column.question) for column in self._questions})
        self._about = [known.get(column.name) or _number(column) for column in columns if column.question is None]
        self._readers: dict[str, list[Callable[[Mapping[str, Any]], Value]]] = {}

    def read(self, document: Document) -> Row:
        """Return the row of one response."""
        answers = document["answers"]
        version = document["form_version"]
        readers = self._readers.get(version)
        if readers is None:
            readers = self._readers[version] = [_reader(column, version) for column in self._questions]
        return Row([*(tell(document) for tell in self._about), *(read(answers) for read in readers)], answers)


def _about(anonymous: bool, questions: Collection[str]) -> dict[str, Callable[[Document], Value]]:
    """Return how each column about a response is filled; an anonymous one is known to the day."""
    return {
        "reference": lambda document: reference(document["_id"]),
        "received_at": lambda document: document["received_at"][: 10 if anonymous else None],
        "marks": lambda document: _marks(document, questions),
        **{
            name: itemgetter(name) for name in ("instance_id", "respondent", "site", "wave", "form_version", "revision")
        },
    }


def _number(column: Column) -> Callable[[Document], Value]:
    """Return how the number of a repeat's item is read."""
    return lambda document: document["items"][column.name]


def _marks(document: Document, questions: Collection[str]) -> Value:
    """Return what is wrong with the answers, as `question:kind`; `?` stands for a question without a column."""
    marks = document.get("field", {}).get("marks", ())
    told = ((mark["question"], Mark(mark["question"], mark["code"]).kind) for mark in marks)
    return " ".join(dict.fromkeys(f"{name if name in questions else '?'}:{kind}" for name, kind in told)) or None


def _reader(column: Column, version: str) -> Callable[[Mapping[str, Any]], Value]:
    question, choice = str(column.question), column.choice
    if choice is None:
        return lambda answers: _plain(answers.get(question))
    if version not in column.versions:
        return lambda answers: None
    if column.kind == "rank":
        return lambda answers: answers[question].index(choice) + 1 if choice in answers.get(question, ()) else None
    return lambda answers: int(choice in answers[question]) if question in answers else None


def _plain(answer: Any) -> Value:
    """Return an answer as one value: a list in a column of texts is its names with blanks between."""
    return " ".join(answer) if isinstance(answer, list) else answer
