"""Numbers and units as people write them, in German and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

_UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "count": {"de": ("", ""), "en": ("", "")},
    "ratio": {"de": ("", ""), "en": ("", "")},
    "α": {"de": ("", ""), "en": ("", "")},
    "index": {"de": ("Punkt", "Punkte"), "en": ("point", "points")},
    "points": {"de": ("Punkt", "Punkte"), "en": ("point", "points")},
    "T": {"de": ("T-Punkt", "T-Punkte"), "en": ("T point", "T points")},
    "days": {"de": ("Tag", "Tage"), "en": ("day", "days")},
    "months": {"de": ("Monat", "Monate"), "en": ("month", "months")},
    "FTE": {"de": ("Stelle", "Stellen"), "en": ("post", "posts")},
    "EUR": {"de": ("Euro", "Euro"), "en": ("euro", "euros")},
}
_SCALE = re.compile(r"\d+[–-](\d+)")
_OF = {"de": "von", "en": "of"}


def number(value: float, language: str, decimals: int | None = None) -> str:
    """Write a number for people: grouped thousands, decimal comma in German; None decimals = as needed, up to 2."""
    if decimals is None:
        shown = f"{value:,.2f}".rstrip("0").rstrip(".") if value != int(value) else f"{value:,.0f}"
    else:
        shown = f"{value:,.{decimals}f}"
    if shown.startswith("-") and not shown.strip("-0.,"):
        shown = shown[1:]
    shown = shown.replace("-", "−")
    return shown.translate(str.maketrans(",.", ".,")) if language == "de" else shown


def exact(value: float, language: str) -> str:
    """Write a number for people with every decimal it has, as for an answer shown to who gave it."""
    decimals = format(Decimal(repr(value)), "f").partition(".")[2].rstrip("0")
    return number(value, language, len(decimals))


def unit_name(unit: str, language: str, value: float | None = None) -> str:
    """Return a unit as it stands after a number (`Tage`, `von 4` for the scale `1–4`); an unknown one as it is."""
    scale = _SCALE.fullmatch(unit)
    if scale:
        return f"{_OF.get(language, _OF['en'])} {scale[1]}"
    names = _UNITS.get(unit, {}).get(language)
    return unit if names is None else names[value != 1]


def with_unit(shown: str, unit: str, language: str, value: float | None = None) -> str:
    """Put a unit behind a written number."""
    name = unit_name(unit, language, value)
    space = "" if name == "%" and language == "en" else " "
    return f"{shown}{space}{name}" if name else shown


def quantity(value: float, unit: str, language: str, decimals: int | None = None) -> str:
    """Write a number with its unit: `38 %`, `1 Tag`, `2 von 3`."""
    shown = value if decimals is None else round(value, decimals)
    return with_unit(number(value, language, decimals), unit, language, abs(shown))
