"""Form functions for dates and times; all of them work on ISO text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from shared.expressions.context import FormContext, Value
from shared.expressions.form_functions import contextual, plain
from shared.expressions.signatures import readable_day
from shared.expressions.values import NAN, as_number, as_text, is_empty, moment_of, parse_day, parse_instant

_CODE = re.compile(r"%(.)", re.DOTALL)
_MONTHS = {
    "de": ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_DAYS = {"de": ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"], "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}
_DAY_CODES: dict[str, Callable[[date], str]] = {
    "Y": lambda d: f"{d.year:04}",
    "y": lambda d: f"{d.year % 100:02}",
    "m": lambda d: f"{d.month:02}",
    "n": lambda d: str(d.month),
    "d": lambda d: f"{d.day:02}",
    "e": lambda d: str(d.day),
}
_TIME_CODES: dict[str, Callable[[datetime], str]] = {
    "H": lambda t: f"{t.hour:02}",
    "h": lambda t: str(t.hour),
    "M": lambda t: f"{t.minute:02}",
    "S": lambda t: f"{t.second:02}",
    "3": lambda t: f"{t.microsecond // 1000:03}",
}


def _moment(value: Value) -> datetime | None:
    if isinstance(value, bool) or is_empty(value):
        return None
    text = as_text(value).strip()
    day, moment = parse_day(text), parse_instant(text)
    if moment or day:
        return moment or datetime.combine(day or date.min, time(), UTC)
    days = as_number(value)
    return moment_of(days) if days == days else None


def _date(value: Value) -> Value:
    moment = _moment(value)
    return moment.date().isoformat() if moment else ""


def _date_time(value: Value) -> Value:
    moment = _moment(value)
    return moment.isoformat(timespec="milliseconds") if moment else ""


def _format(context: FormContext, value: Value, pattern: Value) -> Value:
    moment = _moment(value)
    return _formatted(moment, as_text(pattern), context.language) if moment else ""


def _formatted(moment: datetime, pattern: str, language: str) -> str:
    names = language if language in _MONTHS else "en"

    def write(match: re.Match[str]) -> str:
        code = match.group(1)
        if code == "b":
            return _MONTHS[names][moment.month - 1]
        if code == "a":
            return _DAYS[names][moment.weekday()]
        if code in _DAY_CODES:
            return _DAY_CODES[code](moment)
        return _TIME_CODES[code](moment) if code in _TIME_CODES else match.group()

    return _CODE.sub(write, pattern)


def _decimal_date_time(value: Value) -> Value:
    moment = _moment(value)
    return as_number(moment.isoformat()) if moment else NAN


def _decimal_time(value: Value) -> Value:
    text = as_text(value).strip()
    try:
        clock = time.fromisoformat(text.partition("T")[2] or text)
    except ValueError:
        return NAN
    return (clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6) / 86400


FUNCTIONS = {
    "today": contextual(lambda context: context.today.isoformat(), 0),
    "now": contextual(lambda context: context.now.isoformat(timespec="milliseconds"), 0),
    "date": plain(_date, 1, 1, {0: readable_day}),
    "date-time": plain(_date_time, 1, 1, {0: readable_day}),
    "format-date": contextual(_format, 2),
    "format-date-time": contextual(_format, 2),
    "decimal-date-time": plain(_decimal_date_time, 1),
    "decimal-time": plain(_decimal_time, 1),
}
