"""Whatever compiles evaluates: no generated expression raises, hangs or gives a value of another kind."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.expressions import (
    Binary,
    Call,
    Current,
    ExpressionError,
    FormState,
    Missing,
    Name,
    Node,
    Number,
    Question,
    Scale,
    Text,
    Unary,
    compile_form,
    compile_indicator,
)
from shared.expressions.forms import FORM_FUNCTIONS
from shared.expressions.structure import INDICATOR_FUNCTIONS
from shared.expressions.tree import OPERATORS
from tests.unit.shared.expressions.memory_context import MemoryContext

TEXTS = [
    "",
    "x",
    "a b",
    "2026-02-03",
    "9999-12-31",
    "S",
    "%Y-%m",
    "-1",
    "0",
    "[a-z]*",
    "'",
    "🦊",
    "${q1}",
    "1e400",
    "0001-01-01T00:00:00+14:00",
]
NUMBERS = [0.0, -1.0, 1.0, 0.5, 3.0, 16.0, -16.0, 99.0, 1e15, -1e15, 400.0]
ANSWERS = {"q1": 4, "q2": "x", "q3": None, "q4": ["a", "b"], "q5": "2026-05-06", "q6": 1e300, "q7": "1" * 400}


def _nodes(functions: Mapping[str, Any], leaves: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    def grow(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        def call(name: str) -> st.SearchStrategy[Node]:
            function = functions[name]
            most = function.least + 2 if function.most is None else function.most
            return st.lists(parts, min_size=function.least, max_size=most).map(lambda args: Call(name, tuple(args)))

        binary = st.builds(Binary, st.sampled_from(sorted(OPERATORS)), parts, parts)
        calls = st.sampled_from(sorted(functions)).flatmap(call)
        return st.one_of(calls, calls, binary, st.builds(Unary, st.just("-"), parts))

    return st.recursive(leaves, grow, max_leaves=8)


_PLAIN = st.one_of(
    st.sampled_from(NUMBERS).map(Number),
    st.sampled_from(TEXTS).map(Text),
    st.sampled_from([*ANSWERS, "q8"]).map(Question),
    st.sampled_from(["H1", "H2", "H3"]).map(Name),
)
_QUICK = settings(max_examples=300, deadline=2000, suppress_health_check=[HealthCheck.too_slow])


@given(_nodes(FORM_FUNCTIONS, st.one_of(_PLAIN, st.just(Current()))))
@_QUICK
def test_a_form_expression_always_gives_a_form_value(node: Node) -> None:
    state = FormState(ANSWERS, datetime(2026, 2, 3, tzinfo=UTC), lambda: "7b44b7ae-3c1d-4e0f-9a52-1f6f2d9c0a11")
    try:
        run = compile_form(node)
    except ExpressionError:
        return

    assert type(run(state)) in (str, float, bool)


SCALES = {"S": Scale(("q1", "q2"), 1, 5, 1)} | {text: Scale(("q1",), 0, 1, 1) for text in TEXTS if text != "S"}


def _waves() -> Iterator[MemoryContext]:
    earlier: list[MemoryContext] = []
    for amount in (1.0, 5.0, math.pi):
        yield MemoryContext(
            [ANSWERS, {"q1": 2, "q2": "y"}],
            values={"H1": amount, "H2": "text"},
            earlier=list(earlier),
            scales=SCALES,
            peer_values={("H1", None): [1, 2, 3, 4, 5]},
        )
        earlier.insert(0, MemoryContext(values={"H1": amount}, scales=SCALES))


@given(_nodes(INDICATOR_FUNCTIONS, _PLAIN))
@_QUICK
def test_an_indicator_expression_always_gives_a_value_or_a_reason(node: Node) -> None:
    try:
        run = compile_indicator(node)
    except ExpressionError:
        return

    for context in _waves():
        result = run(context)
        assert type(result) in (str, float, bool, list, Missing)
        assert not isinstance(result, float) or math.isfinite(result)


EXTREMES: list[Node] = [
    *map(Text, ["9999-12-31", "0001-01-01", "0000-00-00", "10000-01-01", "2026-02-30", "-1e400", "x" * 300]),
    *map(Text, ["9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00+14:00"]),
    *map(Number, [1e308, -1e308, 5e-324, 2.0**63, 2932897.0, -719163.0]),  # the last two: days outside the calendar
]


def _calls(functions: Mapping[str, Any]) -> Iterator[Node]:
    """Yield every function with every pair of extremes, every operator likewise."""
    for first, second in itertools.product(EXTREMES, repeat=2):
        for name, function in functions.items():
            most = function.least + 2 if function.most is None else function.most
            for count in range(function.least, most + 1):
                yield Call(name, tuple(itertools.islice(itertools.cycle((first, second)), count)))
        yield from (Binary(operator, first, second) for operator in OPERATORS)


def test_no_form_function_fails_at_the_ends_of_calendar_and_numbers() -> None:
    state = FormState({}, datetime(2026, 2, 3, tzinfo=UTC), lambda: "7b44b7ae-3c1d-4e0f-9a52-1f6f2d9c0a11")
    for node in _calls(FORM_FUNCTIONS):
        with contextlib.suppress(ExpressionError):
            assert type(compile_form(node)(state)) in (str, float, bool), node


def test_no_indicator_function_fails_at_the_ends_of_calendar_and_numbers() -> None:
    scales = {one.value: Scale(("q1",), 0, 1, 1) for one in EXTREMES if isinstance(one, Text)}
    context = MemoryContext([ANSWERS, ANSWERS], values={"H1": 1.0}, scales=scales)
    for node in _calls(INDICATOR_FUNCTIONS):
        with contextlib.suppress(ExpressionError):
            result = compile_indicator(node)(context)
            assert type(result) in (str, float, bool, list, Missing), node
            assert not isinstance(result, float) or math.isfinite(result), node
