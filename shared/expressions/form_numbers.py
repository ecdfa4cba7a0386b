"""Form functions for numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from shared.expressions.context import FormContext, Value
from shared.expressions.form_functions import FormFunction, contextual, plain
from shared.expressions.values import NAN, as_number, each, is_empty


def round_half_up(number: float, digits: float = 0.0) -> float:
    """Round towards +infinity at the half; negative digits round to tens, hundreds …; absurd digits change nothing."""
    if not math.isfinite(number) or digits != digits:
        return number if digits == digits else NAN
    places = int(max(-15.0, min(15.0, digits)))
    if abs(number) >= 1e15:
        return number
    if places < 0:
        step = 10.0**-places
        return math.floor(number / step + 0.5) * step
    step = 10.0**places
    scaled = number * step
    return math.floor(scaled + 0.5) / step if abs(scaled) < 1e15 else number


def remainder(left: float, right: float) -> float:
    """Return the rest of a division with the sign of the dividend; NaN where there is none."""
    if right == 0 or math.isinf(left) or left != left or right != right:
        return NAN
    return math.fmod(left, right)


def divide(left: float, right: float) -> float:
    """Divide as IEEE 754 does: x by 0 is an infinity, 0 by 0 NaN."""
    if right:
        return left / right
    if not left or left != left or right != right:
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def truncate(number: float) -> float:
    """Cut off the decimals."""
    return float(math.trunc(number)) if math.isfinite(number) else number


def guarded(function: Callable[..., float]) -> Callable[..., Value]:
    """Make a function of numbers total: outside its domain NaN, beyond the largest number infinity."""

    def on_values(*values: Value) -> Value:
        try:
            return float(function(*[as_number(value) for value in values]))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return NAN

    return on_values


def _answered(values: Sequence[Value]) -> list[float]:
    return [as_number(value) for value in each(values) if not is_empty(value)]


def _sum(*values: Value) -> Value:
    numbers = _answered(values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # beyond every number, or infinities of both signs
        return sum(numbers)


def _extreme(pick: Callable[[list[float]], float]) -> Callable[..., Value]:
    def of(*values: Value) -> Value:
        numbers = _answered(values)
        if not numbers:
            return ""
        return NAN if any(number != number for number in numbers) else pick(numbers)

    return of


def _log(number: float) -> float:
    return -math.inf if number == 0 else math.log(number)


def _log10(number: float) -> float:
    return -math.inf if number == 0 else math.log10(number)


def _random(context: FormContext) -> Value:
    digits = context.instance_ids().replace("-", "")[:12]
    return int(digits, 16) / 16.0**12


FUNCTIONS: dict[str, FormFunction] = {
    "number": plain(as_number, 1),
    "int": plain(lambda value: truncate(as_number(value)), 1),
    "round": plain(lambda value, digits=0.0: round_half_up(as_number(value), as_number(digits)), 1, 2),
    "abs": plain(lambda value: abs(as_number(value)), 1),
    "pow": plain(guarded(math.pow), 2),
    "sqrt": plain(guarded(math.sqrt), 1),
    "exp": plain(guarded(math.exp), 1),
    "exp10": plain(guarded(lambda x: math.pow(10.0, x)), 1),
    "log": plain(guarded(_log), 1),
    "log10": plain(guarded(_log10), 1),
    "pi": plain(lambda: math.pi, 0),
    "sin": plain(guarded(math.sin), 1),
    "cos": plain(guarded(math.cos), 1),
    "tan": plain(guarded(math.tan), 1),
    "asin": plain(guarded(math.asin), 1),
    "acos": plain(guarded(math.acos), 1),
    "atan": plain(guarded(math.atan), 1),
    "atan2": plain(guarded(math.atan2), 2),
    "sum": plain(_sum, 1, None),
    "min": plain(_extreme(min), 1, None),
    "max": plain(_extreme(max), 1, None),
    "random": contextual(_random, 0),
}
