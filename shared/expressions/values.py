"""Form values and their conversions, as XPath and ODK define them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from shared.expressions.context import Nodes, Value

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EPOCH = date(1970, 1, 1)
_EPOCH_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_EQUAL_WITHIN = 1e-12
NAN = math.nan


def form_value(answer: object) -> Value:
    """Turn a stored answer (None, text, number, list of codes, bool, date) into a form value."""
    if isinstance(answer, (str, float, bool, Nodes)):
        return answer
    if answer is None:
        return ""
    if isinstance(answer, int):
        return float(answer)
    if isinstance(answer, list | tuple):
        return " ".join(str(code) for code in answer)
    return answer.isoformat() if isinstance(answer, date) else str(answer)


def first(value: Value) -> str | float | bool:
    """Return the value, of Nodes the first; '' if there is none."""
    if isinstance(value, Nodes):
        return value[0] if value else ""
    return value


def each(values: Iterable[Value]) -> list[str | float | bool]:
    """Return all values, those of Nodes one by one."""
    return [one for value in values for one in (value if isinstance(value, Nodes) else (value,))]


def truth(value: Value) -> bool:
    """Return the boolean meaning: '', 0, NaN and no Nodes are false, any other text is true (also 'false')."""
    if value.__class__ is float:
        return value == value and value != 0
    return bool(value)


def as_number(value: Value) -> float:
    """Return the number, NaN for anything else; ISO dates count as days since 1970-01-01."""
    if isinstance(value, float):
        return value
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return float(text)
        return days_since_epoch(text) if text else NAN
    if isinstance(value, Nodes):
        return as_number(first(value))
    return 1.0 if value else 0.0


def as_text(value: Value) -> str:
    """Return the text: whole numbers without decimals, never an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Nodes):
        return as_text(first(value))
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = repr(value)
    return text if "e" not in text else f"{value:.20f}".rstrip("0")


def is_empty(value: Value) -> bool:
    """Return whether a value counts as not answered: '' or NaN, of Nodes the first."""
    if isinstance(value, Nodes):
        return is_empty(first(value))
    return value == "" or value != value


def equal(left: Value, right: Value) -> bool:
    """Compare with `=`: a boolean side wins, else a number side, else the texts are compared.

    Nodes are equal to what one of them is equal to (XPath 1.0 §3.4).
    """
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, Nodes) or isinstance(right, Nodes):
        return any(equal(one, other) for one in each((left,)) for other in each((right,)))
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) == truth(right)
    return equal_numbers(as_number(left), as_number(right))


def equal_numbers(left: float, right: float) -> bool:
    """Compare two numbers with `=`; what rounding may have added does not count."""
    return left == right or abs(left - right) < _EQUAL_WITHIN


def parse_day(text: str) -> date | None:
    """Return the day of an ISO date or date-time text, None for anything else."""
    match = _DATE.match(text)
    if not match or (len(text) > 10 and parse_instant(text) is None):
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def parse_instant(text: str) -> datetime | None:
    """Return the moment of an ISO date-time text (without a zone: UTC), None for anything else."""
    if "T" not in text or not _DATE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def days_since_epoch(text: str) -> float:
    """Return days since 1970-01-01: whole for a date, with a fraction for a date-time, NaN for other text."""
    moment = parse_instant(text)
    if moment:
        return (moment - _EPOCH_INSTANT) / timedelta(days=1)
    day = parse_day(text)
    return float((day - _EPOCH).days) if day else NAN


def moment_of(days: float) -> datetime | None:
    """Return the UTC moment so many days after 1970-01-01, None outside the years 1 to 9999."""
    try:
        return _EPOCH_INSTANT + timedelta(days=days)
    except (OverflowError, ValueError):
        return None
