"""Reads the regular expressions that forms may use."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from shared.expressions.faults import ExpressionError

MAX_PATTERN = 500
_MAX_NESTING = 20
_MAX_COUNT = 1_000
_SPECIAL = set("\\^$.|?*+()[]{}")
_DIGITS = tuple("0123456789")
_CATEGORY = re.compile(r"\{(L|Lu|Ll|N|Nd|P|S|Z)\}")


@dataclass(frozen=True)
class Characters:
    """One character out of a set: single ranges and named classes, possibly negated."""

    ranges: tuple[tuple[str, str], ...] = ()
    classes: tuple[Callable[[str], bool], ...] = ()
    negated: bool = False

    @property
    def single(self) -> str | None:
        """The one character it stands for, if it is just one."""
        plain = len(self.ranges) == 1 and not self.classes and not self.negated
        return self.ranges[0][0] if plain and self.ranges[0][0] == self.ranges[0][1] else None

    def has(self, character: str) -> bool:
        found = any(low <= character <= high for low, high in self.ranges)
        return (found or any(matches(character) for matches in self.classes)) != self.negated


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Alternatives:
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Repeat:
    part: Part
    least: int
    most: int | None


Part = Characters | Sequence | Alternatives | Repeat

_CLASSES = {
    "d": Characters((("0", "9"),)),
    "w": Characters((("a", "z"), ("A", "Z"), ("0", "9"), ("_", "_"))),
    "s": Characters(tuple((c, c) for c in " \t\n\r\f\v")),
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def read_pattern(source: str) -> Part:
    """Return the pattern's structure; raises ExpressionError with the column inside the pattern."""
    if len(source) > MAX_PATTERN:
        raise ExpressionError(f"A pattern may have at most {MAX_PATTERN} characters.")
    return _Reader(source).whole()


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._depth = 0

    def whole(self) -> Part:
        part = self._alternatives()
        if self._at < len(self._source):
            raise self._fault("a closing parenthesis too many")
        return part

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self, wanted: str) -> bool:
        found = self._source.startswith(wanted, self._at)
        self._at += len(wanted) * found
        return found

    def _fault(self, what: str) -> ExpressionError:
        return ExpressionError(f"The pattern cannot be used: {what}.", self._at + 1)

    def _alternatives(self) -> Part:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Alternatives(tuple(parts))

    def _sequence(self) -> Part:
        if self._depth == 0:
            self._take("^")
        parts = []
        while self._peek() not in ("", "|", ")"):
            if self._depth == 0 and self._source[self._at : self._at + 2] in ("$", "$|"):
                self._at += 1
            else:
                parts.append(self._repeated())
        return Sequence(tuple(parts))

    def _repeated(self) -> Part:
        part = self._single()
        bounds = self._bounds()
        if bounds is None:
            return part
        self._take("?")
        if self._peek() in ("*", "+", "?", "{"):
            raise self._fault("a repetition of a repetition needs parentheses")
        return Repeat(part, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in {"*": (0, None), "+": (1, None), "?": (0, 1)}.items():
            if self._take(sign):
                return bounds
        if not self._take("{"):
            return None
        least = self._count()
        most = (self._count() if self._peek() in _DIGITS else None) if self._take(",") else least
        if not self._take("}") or (most is not None and most < least):
            raise self._fault("a repetition is written {2}, {2,} or {2,5}")
        return least, most

    def _count(self) -> int:
        start = self._at
        while self._peek() in _DIGITS:
            self._at += 1
        count = int(self._source[start : self._at] or -1)
        if not 0 <= count <= _MAX_COUNT:
            raise self._fault(f"a repetition needs a number up to {_MAX_COUNT}")
        return count

    def _single(self) -> Part:
        character = self._peek()
        if character == "(":
            return self._group()
        if character == "[":
            return self._set()
        if character == "\\":
            return self._escaped()
        if character in "^$":
            raise self._fault("^ and $ may only stand at the very start and end")
        if character in _SPECIAL - {".", "]", "}"}:
            raise self._fault(f"nothing to repeat before “{character}”")
        self._at += 1
        return Characters((("\n", "\n"),), negated=True) if character == "." else Characters(((character, character),))

    def _group(self) -> Part:
        self._take("(")
        if self._take("?") and not self._take(":"):
            raise self._fault("look-around, flags and named groups are not available")
        self._depth += 1
        if self._depth > _MAX_NESTING:
            raise self._fault("it is nested too deeply")
        part = self._alternatives()
        self._depth -= 1
        if not self._take(")"):
            raise self._fault("a closing parenthesis is missing")
        return part

    def _escaped(self) -> Characters:
        self._take("\\")
        code = self._peek()
        self._at += 1
        if code.lower() in _CLASSES:
            known = _CLASSES[code.lower()]
            return Characters(known.ranges, negated=code.isupper())
        if code in ("p", "P"):
            return self._category(code)
        if not code or (code.isalnum() and code not in _CONTROLS):
            raise self._fault(f"\\{code} is not available")
        literal = _CONTROLS.get(code, code)
        return Characters(((literal, literal),))

    def _category(self, code: str) -> Characters:
        match = _CATEGORY.match(self._source, self._at)
        if not match:
            raise self._fault("\\p{…} knows L, Lu, Ll, N, Nd, P, S and Z")
        self._at = match.end()
        name = match.group(1)
        return Characters(
            classes=(lambda character: unicodedata.category(character).startswith(name),), negated=code == "P"
        )

    def _set(self) -> Characters:
        self._take("[")
        negated = self._take("^")
        members: list[Characters] = []
        while not self._take("]"):
            members.append(self._set_member())
        if not members:
            raise self._fault("a set of characters is empty")
        return Characters(classes=tuple(member.has for member in members), negated=negated)

    def _set_member(self) -> Characters:
        low = self._set_character()
        following = self._source[self._at : self._at + 2]
        if not following.startswith("-") or following in ("-", "-]"):
            return low
        self._take("-")
        high = self._set_character()
        if not (low.single and high.single and low.single <= high.single):
            raise self._fault("a range is written a-z")
        return Characters(((low.single, high.single),))

    def _set_character(self) -> Characters:
        character = self._peek()
        if character == "\\":
            return self._escaped()
        if character in ("", "["):
            raise self._fault("a set is not closed, or contains [ without a backslash")
        self._at += 1
        return Characters(((character, character),))
