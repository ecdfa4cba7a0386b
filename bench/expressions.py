"""Evaluating an expression that was parsed once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import cast

from bench.rows import Row
from shared.expressions import FormState, IndicatorContext, Result, compile_form, compile_indicator, parse

TEN = "{a} >= 10 and {b} + {c} * 2 > {d} - 3 and {a} != {b} or {c} < 5"
VALUES = {"a": 12.0, "b": 7.0, "c": 9.0, "d": 21.0}
BUDGET = 100_000


@dataclass(frozen=True)
class _Indicators:
    values: Mapping[str, float]

    def indicator(self, name: str, /) -> Result:
        return self.values[name]


def measure(rounds: int, seconds: float) -> list[Row]:
    """Return one row per evaluator: ten operators on numbers, one core."""
    questions = {name: f"${{{name}}}" for name in VALUES}
    form = compile_form(parse(TEN.format(**questions)))
    record = FormState(VALUES, datetime.now(UTC), lambda: "")
    indicator = compile_indicator(parse(TEN.format(**{name: name.upper() for name in VALUES})))
    site = cast(IndicatorContext, _Indicators({name.upper(): value for name, value in VALUES.items()}))
    return [
        _row("form expression", lambda: form(record), rounds, seconds),
        _row("indicator expression", lambda: indicator(site), rounds, seconds),
    ]


def _row(what: str, evaluate: Callable[[], object], rounds: int, seconds: float) -> Row:
    per_s = median(_per_s(evaluate, seconds) for _ in range(rounds))
    return Row(
        what=f"{what}, ten operators",
        measured=f"{per_s:,.0f}/s",
        budget=f">= {BUDGET:,}/s",
        met=per_s >= BUDGET,
        note="seconds of CPU time of one core",
    )


def _per_s(evaluate: Callable[[], object], seconds: float) -> float:
    count, started = 0, time.process_time()
    while (passed := time.process_time() - started) < seconds:
        for _ in range(1000):
            evaluate()
        count += 1000
    return count / passed
