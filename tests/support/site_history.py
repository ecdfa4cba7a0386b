"""A site's answers over the waves of a programme, judged by the programme's own expressions."""

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
    compile_counted,
    compile_indicator,
    parse,
)
from shared.programme.model import SEVERITIES, Form, Programme

NOT_ASKED = Missing(Reason.NOT_ASKED)
SMALL_N = Missing(Reason.SMALL_N)
Answers = Mapping[str, Any]


@dataclass
class SiteHistory:
    """Answers by wave and form; `value` and `flag` evaluate an indicator or a flag in a wave."""

    programme: Programme
    features: Mapping[str, str] = field(default_factory=dict)
    peer_values: Mapping[str, Sequence[float]] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[Answers]] = field(default_factory=dict)

    def answer(self, wave: str, form: str, *answers: Answers) -> SiteHistory:
        """Add respondents to a wave's form."""
        self.answers.setdefault((wave, form), []).extend(answers)
        return self

    def value(self, indicator: str, wave: str) -> Result:
        """Return the indicator's value, missing below its smallest number of respondents."""
        return _Context(self, self.programme.indicator(indicator).form, wave).indicator(indicator)

    def flag(self, flag_id: str, wave: str) -> str:
        """Return the highest severity that holds, `clear` when the clear condition holds, else `between`."""
        flag = self.programme.flag(flag_id)
        context = _Context(self, flag.form, wave)
        held = [s for s in SEVERITIES if s in flag.raise_ and self._holds(flag.raise_[s], context)]
        clears = self._holds(flag.clear, context) if flag.clear else not held
        assert not (held and clears), f"{flag_id} raises and clears at once"
        return held[-1] if held else ("clear" if clears else "between")

    def _holds(self, expression: str, context: IndicatorContext) -> bool:
        return compile_indicator(parse(expression))(context) is True


@dataclass(frozen=True)
class _Row:
    answers: Answers
    form: Form

    def answer(self, question: str, /) -> Answer:
        value = self.answers.get(question, NOT_ASKED)
        cannot_say = self.form.question(question).list_name is not None and value in self.form.missing
        return Missing(Reason.DONT_KNOW) if cannot_say else value


@dataclass(frozen=True)
class _Context:
    history: SiteHistory
    form: str
    wave_code: str

    def rows(self, question: str | None = None, /) -> Sequence[Row]:
        for form in self.history.programme.forms:
            names = {item.name for item in form.questions()}
            if question in names if question else form.id == self.form:
                found = self.history.answers.get((self.wave_code, form.id), [])
                return [_Row(answers, form) for answers in found]
        raise KeyError(question)

    def scale(self, scale_id: str, /) -> Scale:
        scale = next(scale for scale in self.history.programme.scales if scale.id == scale_id)
        missing = frozenset(float(code) for code in scale.missing)
        return Scale(scale.items, *scale.range, scale.min_valid, frozenset(scale.reversed), missing)

    def indicator(self, name: str, /) -> Result:
        indicator = self.history.programme.indicator(name)
        if indicator.form not in self.history.programme.wave(self.wave_code).forms:
            return NOT_ASKED
        context = _Context(self.history, indicator.form, self.wave_code)
        if indicator.valid_when and compile_indicator(parse(indicator.valid_when))(context) is not True:
            return SMALL_N
        counted = compile_counted(parse(indicator.value))(context)
        return SMALL_N if counted.n is not None and counted.n < indicator.min_n else counted.value

    def at(self, offset: int, /) -> IndicatorContext | None:
        codes = [wave.code for wave in self.history.programme.waves if self.form in wave.forms]
        position = codes.index(self.wave_code) - offset
        return _Context(self.history, self.form, codes[position]) if position >= 0 else None

    def asked_back(self) -> Iterator[IndicatorContext]:
        codes = [wave.code for wave in self.history.programme.waves]
        for code in reversed(codes[: codes.index(self.wave_code) + 1]):
            yield _Context(self.history, self.form, code)

    def site(self, feature: str, /) -> str | float | Missing:
        return self.history.features.get(feature, Missing(Reason.NO_DATA))

    def wave(self, feature: str, /) -> str | float | Missing:
        return self.history.programme.wave(self.wave_code).features.get(feature, Missing(Reason.NO_DATA))

    def peers(self, indicator: str, group_feature: str | None = None, /) -> Sequence[float]:
        return self.history.peer_values.get(indicator, ())

    def days_overdue(self, form: str, /) -> int | Missing:
        return 0

    @property
    def reference_date(self) -> date:
        return date.fromisoformat(self.history.programme.wave(self.wave_code).ends_on)

    @property
    def min_peers(self) -> int:
        return self.history.programme.peers.min

    @property
    def peers_enabled(self) -> bool:
        return self.history.programme.peers.enabled
