"""Places in an author's files, and the report that collects everything found wrong there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from shared.errors import Fault, Invalid

_LONGER = 4
_CANDIDATES = 300


@dataclass(frozen=True, order=True)
class Place:
    """A point in a text file (`line`, `column`) or a cell of a table (`sheet`, `line`, `heading`, `letter`).

    Lines, columns and rows count from 1; 0 means the file or the sheet as a whole.
    """

    file: str
    sheet: str = ""
    line: int = 0
    letter: str = ""
    column: int = 0
    heading: str = ""

    def __str__(self) -> str:
        if not self.heading:
            return self._plain()
        cell = f" ({self.letter}{self.line})" if self.letter else ""
        sheet = f"{self.sheet} " if self.sheet else ""
        character = f", character {self.column}" if self.column > 1 else ""
        return f"{self.file}: {sheet}row {self.line}, column {self.heading}{cell}{character}"

    def _plain(self) -> str:
        if self.sheet:
            return f"{self.file}: {self.sheet}" + (f" row {self.line}" if self.line else "")
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}: row {self.line}"

    def inside(self, folder: str) -> Place:
        """Return the same place with the folder put before the file name."""
        return replace(self, file=f"{folder}/{self.file}")


class Located(Protocol):
    """A piece of text whose every character can be found again in the file."""

    @property
    def text(self) -> str: ...

    @property
    def place(self) -> Place: ...

    def place_at(self, offset: int) -> Place:
        """Return the place of the character at this offset (from 0) of `text`."""


@dataclass(frozen=True, order=True)
class Finding:
    """One fault or notice, still with its place as a value (so that findings sort as the files read)."""

    place: Place
    code: str
    message: str

    def as_fault(self) -> Fault:
        """Return it as the platform's fault, the place written out."""
        return Fault(str(self.place), self.code, self.message)


@dataclass
class Report:
    """Everything found while reading; readers add to it and go on."""

    faults: set[Finding] = field(default_factory=set)
    notices: set[Finding] = field(default_factory=set)
    hints_left: int = 50

    def fault(self, place: Place, code: str, message: str) -> None:
        """Record something that must be put right."""
        self.faults.add(Finding(place, code, message))

    def notice(self, place: Place, code: str, message: str) -> None:
        """Record something that is left out or worth a look, but stops nothing."""
        self.notices.add(Finding(place, code, message))

    def hint(self, word: str, known: Iterable[str]) -> str:
        """Return `did_you_mean` among the author's own names; the first faults only, for it takes time."""
        self.hints_left -= 1
        return did_you_mean(word, known) if self.hints_left >= 0 else ""

    def invalid(self) -> Invalid:
        """Return the error that carries all faults in file order."""
        return Invalid([finding.as_fault() for finding in sorted(self.faults)], language="en")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the nearest known word, else an empty text."""
    candidates = sorted({name for name in known if name and abs(len(name) - len(word)) <= _LONGER})
    near = difflib.get_close_matches(word, candidates[:_CANDIDATES], n=1, cutoff=0.7)
    return f' Did you mean "{near[0]}"?' if near else ""


def listed(words: Iterable[str], limit: int = 12) -> str:
    """Return the words joined for a sentence, shortened when there are many."""
    found = list(words)
    shown = ", ".join(found[:limit])
    return shown + (", …" if len(found) > limit else "")
