"""Indicator values of one site in one wave: computed, or missing with a reason; small groups suppressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.scoring.domain.answers import NOT_ASKED
from services.scoring.domain.context import SiteContext, World
from services.scoring.domain.plan import Compiled, Measure
from shared.expressions import Missing, Reason, Result, as_number

ERROR = Missing(Reason.ERROR)
SMALL_N = Missing(Reason.SMALL_N)


@dataclass(frozen=True)
class ValueRecord:
    """One indicator value; `value` None = missing, `reason` says why.

    `n` is the number of valid respondents behind it. `num`/`den` are known where the value is a ratio.
    `benchmark` is the median of the other sites where the target asks for it. A suppressed value
    keeps no number but `n`.
    """

    value: float | None
    reason: str | None
    n: int
    suppressed: bool = False
    num: float | None = None
    den: float | None = None
    benchmark: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the record as stored: what is unknown or False is left out, but for value and reason."""
        further = {"suppressed": self.suppressed, "num": self.num, "den": self.den, "benchmark": self.benchmark}
        known = {name: value for name, value in further.items() if value is not None and value is not False}
        return {"value": self.value, "reason": self.reason, "n": self.n, **known}

    def result(self) -> Result:
        """Return the value as the expressions see it."""
        return self.value if self.value is not None else Missing(Reason(self.reason or "NO_DATA"))


def record_from(stored: dict[str, Any]) -> ValueRecord:
    """Read what `to_json` wrote."""
    return ValueRecord(**stored)


class Valuation:
    """Computes the indicators of one wave on demand, each once, so that order follows from what depends on what.

    `fielded` are the ids of the indicators whose form this wave fields.
    """

    def __init__(self, world: World, at: int) -> None:
        self._world, self._at = world, at
        self._wave = world.waves[at]
        self._records: dict[str, ValueRecord] = {}
        self._in_hand: set[str] = set()
        measures = world.plan.measures.values()
        self.fielded = frozenset(one.definition.id for one in measures if one.definition.form in self._wave.forms)

    def all(self) -> dict[str, ValueRecord]:
        """Return a record for every indicator that is fielded, by id."""
        return {name: self.record(name) for name in sorted(self.fielded)}

    def context(self, form: str) -> SiteContext:
        """Return this site and wave as seen from a form."""
        return SiteContext(self._world, self._at, form, self.result)

    def result(self, name: str) -> Result:
        """Return one indicator's value as the expressions see it; ERROR for one that depends on itself."""
        measure = self._world.plan.measures.get(name)
        if measure is None or name in self._in_hand:
            return ERROR
        if measure.definition.form not in self._wave.forms:
            return NOT_ASKED
        return self.record(name).result()

    def record(self, name: str) -> ValueRecord:
        """Return one indicator's record."""
        if name not in self._records:
            self._in_hand.add(name)
            try:
                self._records[name] = self._compute(self._world.plan.measures[name])
            finally:
                self._in_hand.discard(name)
        return self._records[name]

    def _compute(self, measure: Measure) -> ValueRecord:
        context = self.context(measure.definition.form)
        counted = measure.value.run(context)
        value = _valid(_as_number(counted.value), measure, context)
        n = counted.n if counted.n is not None else self._n_of(measure)
        if not isinstance(value, Missing) and n < measure.min_n and measure.min_n > 1:
            value = SMALL_N
        if isinstance(value, Missing):
            return ValueRecord(None, value.reason.value, n, suppressed=value == SMALL_N)
        num, den = _ratio(measure.ratio, context)
        return ValueRecord(value, None, n, num=num, den=den, benchmark=_number(measure.benchmark, context))

    def _n_of(self, measure: Measure) -> int:
        """Return the n of a value without an aggregate: the least of what it is made of, else the answers there are."""
        own = (measure.names & self.fielded) - self._in_hand
        if own:
            return min(self.record(name).n for name in own)
        return len(self._world.rows(self._wave.code, measure.definition.form))


def _valid(value: float | Missing, measure: Measure, context: SiteContext) -> float | Missing:
    if measure.valid_when is None or isinstance(value, Missing):
        return value
    holds = measure.valid_when.run(context).value
    if isinstance(holds, Missing):
        return holds
    return value if holds else SMALL_N


def _as_number(value: Result) -> float | Missing:
    if isinstance(value, Missing):
        return value
    if isinstance(value, list):
        return ERROR
    number = as_number(value)
    return number if number == number else ERROR


def _number(one: Compiled | None, context: SiteContext) -> float | None:
    value = None if one is None else _as_number(one.run(context).value)
    return None if value is None or isinstance(value, Missing) else value


def _ratio(ratio: tuple[Compiled, Compiled] | None, context: SiteContext) -> tuple[float | None, float | None]:
    return (None, None) if ratio is None else (_number(ratio[0], context), _number(ratio[1], context))
