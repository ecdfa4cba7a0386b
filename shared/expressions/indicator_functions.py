"""How an indicator function is described, and what a compiled indicator works on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from shared.expressions.context import IndicatorContext, Row
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.signatures import ArgumentRule
from shared.expressions.tree import Call, Number, Text, size
from shared.expressions.values import as_number

MAX_STEPS = 50_000
LARGEST = 1.7976931348623157e308
GAPS = {reason: Missing(reason) for reason in Reason}


class OutOfSteps(Exception):
    """A value would need more node visits than allowed."""


class Tally:
    """Counts what one value costs and the fewest valid respondents any of its aggregates saw."""

    __slots__ = ("n", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.n: int | None = None

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise OutOfSteps

    def saw(self, n: int) -> None:
        self.n = n if self.n is None else min(n, self.n)


class Frame:
    """Where a node is evaluated: a site in a wave and, inside an aggregate, one respondent."""

    __slots__ = ("context", "row", "tally")

    def __init__(self, context: IndicatorContext, row: Row | None, tally: Tally) -> None:
        self.context = context
        self.row = row
        self.tally = tally


Run = Callable[[Frame], Result]


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call: as written, and compiled."""

    call: Call
    runs: Sequence[Run]

    def number(self, index: int, default: float = 0.0) -> float:
        """Return a number that is written out."""
        node = self.call.args[index] if index < len(self.call.args) else None
        return node.value if isinstance(node, Number) else default

    def text(self, index: int) -> str | None:
        """Return a text that is written out."""
        node = self.call.args[index] if index < len(self.call.args) else None
        return node.value if isinstance(node, Text) else None

    def run(self, index: int) -> Run | None:
        return self.runs[index] if index < len(self.runs) else None

    @property
    def size(self) -> int:
        return sum(size(arg) for arg in self.call.args)


class Kind(Enum):
    """Where a function may stand."""

    PLAIN = auto()
    ROW = auto()
    AGGREGATE = auto()
    ACROSS = auto()


@dataclass(frozen=True)
class IndicatorFunction:
    """`ROW` reads one respondent, `AGGREGATE` all of them, `ACROSS` other waves or sites."""

    least: int
    most: int | None
    make: Callable[[Arguments], Run]
    kind: Kind = Kind.PLAIN
    rules: Mapping[int, ArgumentRule] = field(default_factory=dict)


def strict(
    function: Callable[..., Result], least: int, most: int | None = -1, rules: Mapping[int, ArgumentRule] | None = None
) -> IndicatorFunction:
    """Describe a function of present values; a missing argument makes the result missing."""

    def make(args: Arguments) -> Run:
        runs = args.runs

        def run(frame: Frame) -> Result:
            values = [run(frame) for run in runs]
            return first_missing(values) or function(*values)

        return run

    return IndicatorFunction(least, least if most == -1 else most, make, rules=rules or {})


def numeric(
    function: Callable[..., float | Missing],
    least: int,
    most: int | None = -1,
    rules: Mapping[int, ArgumentRule] | None = None,
) -> IndicatorFunction:
    """Describe a strict function of numbers; a result that is no finite number becomes NONFINITE."""

    def on_values(*values: Result) -> Result:
        numbers = [number(value) for value in values]
        missing = first_missing(numbers)
        if missing:
            return missing
        try:
            return finite(function(*numbers))
        except (OverflowError, ValueError):
            return GAPS[Reason.NONFINITE]

    return strict(on_values, least, most, rules)


def number(value: Result) -> float | Missing:
    """Return the number a value stands for; text or a list that is none is an ERROR."""
    if isinstance(value, (float, Missing)):
        return value
    if isinstance(value, list):
        return GAPS[Reason.ERROR]
    result = as_number(value) if isinstance(value, str) else float(value)
    return result if result == result else GAPS[Reason.ERROR]


def finite(value: float | Missing) -> float | Missing:
    """Turn NaN and infinities into NONFINITE."""
    if isinstance(value, Missing) or -LARGEST <= value <= LARGEST:
        return value
    return GAPS[Reason.NONFINITE]


def logical(value: Result) -> bool | Missing:
    """Return the truth of a value: numbers but 0, texts and lists but empty ones are true."""
    return value if isinstance(value, (bool, Missing)) else bool(value)
