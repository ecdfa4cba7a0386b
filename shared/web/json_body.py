"""Strict JSON: refuses what silently breaks stores and services further on."""

from __future__ import annotations

import json
import re
from typing import Any

from shared.errors import Bilingual

MAX_DEPTH = 20
MAX_INT = 2**53
_OUT_OF_RANGE = ("A number is out of range.", "Eine Zahl liegt außerhalb des Möglichen.")
_BAD = re.compile("[\x00\ud800-\udfff]")
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff]")


class BadJson(ValueError):
    """The text is not JSON we accept; the message says why."""

    def __init__(self, english: str, de: str) -> None:
        self.message = Bilingual(english, de)
        super().__init__(self.message)


def loads(raw: bytes | str) -> Any:
    """Parse JSON text (UTF-8).

    Raises BadJson for: syntax errors, NaN and infinities (also written as 1e999), duplicate keys,
    integers beyond ±2^53, nesting deeper than 20, NUL characters and unpaired surrogates.
    """
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise BadJson("The body is not UTF-8.", "Der Text der Anfrage ist kein UTF-8.") from error
    if _deepest(text) > MAX_DEPTH:
        english = f"The body is nested deeper than {MAX_DEPTH} levels."
        raise BadJson(english, f"Der Text der Anfrage ist tiefer als {MAX_DEPTH} Ebenen verschachtelt.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        english = f"The body is not JSON from line {error.lineno}, column {error.colno} on."
        german = f"Der Text der Anfrage ist ab Zeile {error.lineno}, Spalte {error.colno} kein JSON."
        raise BadJson(english, german) from error
    if _SUSPECT.search(text):  # nothing else can bring NUL or half a pair into a text
        _check_text(value)
    return value


def _deepest(text: str) -> int:
    """Return how deep the text nests; if it cannot be too deep, any number that says so."""
    brackets = text.count("[") + text.count("{")
    if brackets <= MAX_DEPTH:
        return brackets
    depth = deepest = 0
    in_text = escaped = False
    for char in text:
        if in_text:
            in_text = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_text = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f"The key {twice[:60]!r} occurs twice.", f"Der Schlüssel {twice[:60]!r} kommt zweimal vor.")
    return result


def _constant(name: str) -> Any:
    raise BadJson(f"{name} is no number in JSON.", f"{name} ist in JSON keine Zahl.")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INT:
        raise BadJson(*_OUT_OF_RANGE)
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadJson(*_OUT_OF_RANGE)
    return value


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if _BAD.search(value):
            raise BadJson(
                "A text holds NUL or half of a character pair.", "Ein Text enthält NUL oder ein halbes Zeichenpaar."
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)
