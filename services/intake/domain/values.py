"""One answer: from JSON to the value that is stored."""

from __future__ import annotations

import math
import re
from datetime import date, time
from typing import Any

from services.intake.domain.messages import fault
from shared.errors import Fault
from shared.programme.form import REPEAT
from shared.programme.model import Question

Answer = str | int | float | list[str]

MAX_TEXT = 10_000
MAX_WHOLE = 2**53
MAX_NUMBER = 1e15
MAX_ITEMS = 100
NUMERIC = frozenset({"integer", "decimal", "range"})
LISTS = frozenset({"select_multiple", "rank"})
_USUAL_RANGE = (("start", "1"), ("end", "10"), ("step", "1"))
_ITEM_ID = re.compile(r"[0-9a-z]{1,12}", re.ASCII)
_DEGREES = re.compile(r"-?\d{1,6}(\.\d{1,15})?", re.ASCII)
_BAD = re.compile("[\x00\ud800-\udfff]")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T.+")


class Refused(Exception):
    """A value that cannot be an answer to this question: the fault's code and parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def at(self, path: str, language: str) -> Fault:
        """Return the fault in a language."""
        return fault(path, self.code, language, **self.params)


def read(question: Question, names: frozenset[str], raw: Any) -> Answer | None:
    """Return the stored form of a JSON value, None when it says nothing. Raises Refused.

    `names` are the choice names of the question's list. A bool is never a number.
    """
    if raw is None or raw == "" or raw == []:
        return None
    if question.type == "note":
        raise Refused("not_answerable")
    if question.type in NUMERIC:
        return _in_range(question, _number(question.type, raw))
    if question.type == "select_one":
        return _choice(names, raw)
    if question.type in LISTS:
        return _choices(names, raw, complete=question.type == "rank")
    if question.type == REPEAT:
        return _items(raw)
    if question.type == "hidden" and isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _number("decimal", raw)
    return _text(question.type, raw)


def _number(kind: str, raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Refused("wrong_type", wanted="number")
    if isinstance(raw, float) and not math.isfinite(raw):
        raise Refused("not_finite")
    if kind == "integer":
        if raw != int(raw):
            raise Refused("not_whole")
        raw = int(raw)
    number: int | float = raw
    if abs(number) > (MAX_WHOLE if kind == "integer" else MAX_NUMBER):
        raise Refused("out_of_range")
    return number


def _in_range(question: Question, number: int | float) -> int | float:
    """Hold a `range` question to its parameters; other numbers pass."""
    if question.type == "range":
        start, end, step = (float(question.parameters.get(name, usual)) for name, usual in _USUAL_RANGE)
        steps = (number - start) / step
        if not start <= number <= end or abs(steps - round(steps)) > 1e-9:
            raise Refused("out_of_range")
    return number


def _choice(names: frozenset[str], raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("wrong_type", wanted="choice")
    if raw not in names:
        raise Refused("unknown_choice")
    return raw


def _choices(names: frozenset[str], raw: Any, *, complete: bool) -> list[str] | None:
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise Refused("wrong_type", wanted="choices")
    if not names.issuperset(raw):
        raise Refused("unknown_choice")
    chosen = list(dict.fromkeys(raw))
    if complete and chosen and len(chosen) != len(names):
        raise Refused("rank_incomplete")
    return chosen or None


def _items(raw: Any) -> list[str]:
    if not are_item_ids(raw):
        raise Refused("wrong_type", wanted="items")
    if len(raw) > MAX_ITEMS:
        raise Refused("too_many_items", most=MAX_ITEMS)
    return list(raw)


def are_item_ids(raw: Any) -> bool:
    """Return whether this is a list of different ids of a repeat's items."""
    if not isinstance(raw, list) or not all(isinstance(one, str) and _ITEM_ID.fullmatch(one) for one in raw):
        return False
    return len(set(raw)) == len(raw)


def _point(text: str) -> str:
    """Read `latitude longitude [altitude [accuracy]]` in degrees and metres; a comma may stand between."""
    parts = text.replace(", ", " ").split()
    if not 2 <= len(parts) <= 4 or not all(_DEGREES.fullmatch(part) for part in parts):
        raise Refused("not_a_point")
    latitude, longitude, *_ = map(float, parts)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused("not_a_point")
    return " ".join(parts)


def _text(kind: str, raw: Any) -> str | None:
    if kind == "acknowledge" and raw is True:
        return "OK"
    if not isinstance(raw, str):
        raise Refused("wrong_type", wanted="date" if kind == "date" else "text")
    if len(raw) > MAX_TEXT:
        raise Refused("too_long", most=MAX_TEXT)
    if _BAD.search(raw):
        raise Refused("bad_text")
    text = raw.replace("\r\n", "\n").strip()
    if not text:
        return None
    _check_calendar(kind, text)
    return _point(text) if kind == "geopoint" else text


def _check_calendar(kind: str, text: str) -> None:
    try:
        if kind == "date" or (kind == "dateTime" and _ISO_INSTANT.fullmatch(text)):
            day = text[:10]
            if not _ISO_DATE.fullmatch(day) or (kind == "date" and day != text):
                raise ValueError(text)
            date.fromisoformat(day)
        elif kind == "dateTime":
            raise ValueError(text)
        if kind in ("time", "dateTime"):
            time.fromisoformat(text.partition("T")[2] if kind == "dateTime" else text)
    except ValueError:
        code = "not_a_time" if kind == "time" else "not_a_date"
        raise Refused(code, example="2026-01-31") from None
