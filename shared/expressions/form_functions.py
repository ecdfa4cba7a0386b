"""How a form function is described, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from shared.expressions.context import FormContext, Value
from shared.expressions.signatures import ArgumentRule
from shared.expressions.tree import Call

Run = Callable[[FormContext], Value]


@dataclass(frozen=True)
class FormFunction:
    """`most` None means any number of arguments; `make` turns compiled arguments into one closure."""

    least: int
    most: int | None
    make: Callable[[Call, Sequence[Run]], Run]
    rules: Mapping[int, ArgumentRule] = field(default_factory=dict)


def plain(
    function: Callable[..., Value], least: int, most: int | None = -1, rules: Mapping[int, ArgumentRule] | None = None
) -> FormFunction:
    """Describe a function of its argument values alone; without `most` it takes exactly `least`."""
    return FormFunction(least, least if most == -1 else most, partial(_make_plain, function), rules or {})


def contextual(function: Callable[..., Value], least: int, most: int | None = -1) -> FormFunction:
    """Describe a function that gets the context before its argument values."""

    def make(_: Call, args: Sequence[Run]) -> Run:
        return lambda context: function(context, *[arg(context) for arg in args])

    return FormFunction(least, least if most == -1 else most, make)


def _make_plain(function: Callable[..., Any], _: Call, args: Sequence[Run]) -> Run:
    if len(args) == 1:
        only = args[0]
        return lambda context: function(only(context))
    if len(args) == 2:
        first, second = args
        return lambda context: function(first(context), second(context))
    return lambda context: function(*[arg(context) for arg in args])
