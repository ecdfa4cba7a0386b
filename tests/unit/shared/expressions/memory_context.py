"""An IndicatorContext over plain dictionaries, and short ways to evaluate in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.expressions import (
    Answer,
    IndicatorContext,
    Missing,
    Reason,
    Result,
    Row,
    Scale,
    compile_indicator,
    parse,
)

GAPS = {reason.value: Missing(reason) for reason in Reason}
NO_DATA = GAPS["NO_DATA"]


@dataclass(frozen=True)
class MemoryRow:
    answers: Mapping[str, Any]

    def answer(self, question: str, /) -> Answer:
        if question not in self.answers:
            return Missing(Reason.NOT_ASKED)
        value = self.answers[question]
        return Missing(Reason.NOT_ANSWERED) if value in ("", None, []) else value


@dataclass(frozen=True)
class MemoryContext:
    """One site in one wave; `earlier` are the fielded waves before, newest first."""

    answers: Sequence[Mapping[str, Any]] = ()
    values: Mapping[str, Result] = field(default_factory=dict)
    earlier: Sequence[MemoryContext | None] = ()
    scales: Mapping[str, Scale] = field(default_factory=dict)
    features: Mapping[str, str | float] = field(default_factory=dict)
    wave_features: Mapping[str, str | float] = field(default_factory=dict)
    peer_values: Mapping[tuple[str, str | None], Sequence[float]] = field(default_factory=dict)
    overdue: Mapping[str, int] = field(default_factory=dict)
    reference_date: date = date(2026, 6, 30)
    min_peers: int = 5
    peers_enabled: bool = True

    def rows(self, question: str | None = None, /) -> Sequence[Row]:
        return [MemoryRow(answers) for answers in self.answers]

    def scale(self, scale_id: str, /) -> Scale:
        return self.scales[scale_id]

    def indicator(self, name: str, /) -> Result:
        return self.values.get(name, NO_DATA)

    def at(self, offset: int, /) -> IndicatorContext | None:
        if offset == 0:
            return self
        return self.earlier[offset - 1] if offset <= len(self.earlier) else None

    def asked_back(self) -> Iterator[IndicatorContext]:
        yield self
        yield from (context for context in self.earlier if context)

    def site(self, feature: str, /) -> str | float | Missing:
        return self.features.get(feature, NO_DATA)

    def wave(self, feature: str, /) -> str | float | Missing:
        return self.wave_features.get(feature, NO_DATA)

    def peers(self, indicator: str, group_feature: str | None = None, /) -> Sequence[float]:
        return self.peer_values.get((indicator, group_feature), ())

    def days_overdue(self, form: str, /) -> int | Missing:
        return self.overdue.get(form, NO_DATA)


def evaluate(text: str, context: MemoryContext | None = None, **values: Result) -> Result:
    return compile_indicator(parse(text))(context or MemoryContext(values=values))


def single(**answers: Any) -> MemoryContext:
    return MemoryContext([answers])


def survey(question: str, values: list[Any]) -> MemoryContext:
    return MemoryContext([{question: value} for value in values])


def waves(name: str, *values: Result) -> MemoryContext:
    """Build contexts from the newest wave back; every wave knows those before it."""
    earlier: list[MemoryContext] = []
    for value in reversed(values):
        earlier.insert(0, MemoryContext(values={name: value}, earlier=list(earlier)))
    return earlier[0]
