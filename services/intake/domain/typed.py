"""One answer as a person typed or ticked it on a page, and as it is written back into the field."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from services.intake.domain.values import LISTS, NUMERIC, Answer, Refused, read
from shared.programme.form import REPEAT
from shared.programme.model import Question

_NUMBERS = {"de": "1250 oder 12,5", "en": "1250 or 12.5"}
_DAY = {"de": "31.01.2026", "en": "31/01/2026"}
_NUMBER = re.compile(
    r"(?P<sign>[-+]?) ?(?P<whole>\d{1,30}|\d{1,3}(?:(?P<group>[., '])\d{3})(?:(?P=group)\d{3}){0,9}|)"
    r"(?:(?!(?P=group))[.,](?P<rest>\d*))?",
    re.ASCII,
)
_THOUSANDS = {"de": ".", "en": ","}
_ONE_MARK = re.compile(r"[-+]? ?[1-9]\d{0,2}([.,])\d{3}", re.ASCII)
_OTHER_SIGNS = re.compile(r"[^\d\s.,'+-]")


def read_typed(question: Question, names: frozenset[str], typed: list[str], language: str) -> Answer | None:
    """Return the stored form of what a person typed or ticked on a page. Raises Refused.

    Numbers: see `typed_number`. Days may be written `31.01.2026`, `31/01/2026` or ISO.
    """
    if question.type in LISTS or question.type == REPEAT:
        return read(question, names, [one for one in typed if one])
    text = typed[0].strip() if typed else ""
    if not text:
        return None
    if question.type in NUMERIC:
        return read(question, names, typed_number(text, language))
    if question.type == "date":
        return read(question, names, typed_day(text, language))
    return read(question, names, text if question.type == "select_one" else typed[0])


def read_default(question: Question, names: frozenset[str], default: Answer) -> Answer | None:
    """Return the stored form of a form's default, which is written the programs' way. Raises Refused."""
    if question.type in LISTS:
        return read(question, names, str(default).split())
    if question.type in NUMERIC and isinstance(default, str):
        try:
            default = float(default)
        except ValueError:
            raise Refused("wrong_type", wanted="number") from None
    return read(question, names, default if question.type in NUMERIC else str(default))


def typed_number(text: str, language: str) -> float | int:
    """Read a number as people write it. Raises Refused.

    Thousands may be grouped by dots, commas, blanks or apostrophes, the decimal mark is the other
    one of dot and comma. One mark before exactly three digits is grouping where the language groups
    with that mark; else it could mean either (`100.000` on an English page) and is refused.
    """
    plain = re.sub(r"\s+", " ", text.strip()).replace("\u2212", "-").replace("\u2019", "'")
    found = _NUMBER.fullmatch(plain)
    if found is None or not (found["whole"] or found["rest"]):
        foreign = re.search(r"[0-9]", plain) and _OTHER_SIGNS.search(plain)
        raise Refused("only_number" if foreign else "not_a_number", example=_NUMBERS.get(language, _NUMBERS["en"]))
    mark = _ONE_MARK.fullmatch(plain)
    if mark and mark[1] != _THOUSANDS.get(language, ","):
        raise Refused("two_readings", **_readings(plain, mark[1], language))
    grouped = mark or found["rest"] is None
    digits = re.sub(r"[^\d-]", "", plain) if grouped else _decimal(found)
    return int(digits) if re.fullmatch(r"-?\d+", digits) else float(digits)


def _decimal(found: re.Match[str]) -> str:
    whole = re.sub(r"\D", "", found["whole"]) or "0"
    rest = found["rest"].rstrip("0")
    return f"{found['sign'].strip('+')}{whole}{'.' if rest else ''}{rest}"


def _readings(plain: str, mark: str, language: str) -> dict[str, str]:
    """Return both readings of a number with one mark, each written so that no other is left."""
    number = plain.replace(" ", "")
    parts = written_number(float(number.replace(mark, ".")), language)
    return {"whole": number.replace(mark, ""), "parts": parts}


def written_number(value: float, language: str) -> str:
    """Write a number into a field, so that reading it there gives the same number."""
    text = format(Decimal(repr(value)), "f")
    if isinstance(value, float):
        text = text.rstrip("0").rstrip(".") if "." in text else text
        text += "0" if _ONE_MARK.fullmatch(text) else ""
    return text.replace(".", ",") if language == "de" else text


def typed_day(text: str, language: str) -> str:
    """Read a day as people write it; returns ISO text. Raises Refused."""
    match = re.fullmatch(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})", text, re.ASCII)
    if match:
        day, month, year = (int(part) for part in match.groups())
        text = f"{year:04d}-{month:02d}-{day:02d}"
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise Refused("not_a_date", example=_DAY.get(language, _DAY["en"]))
