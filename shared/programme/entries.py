"""One row of a form's sheet with its columns by meaning, and the languages its texts must have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.programme.columns import Columns
from shared.programme.fields import NAME, NAME_RULE
from shared.programme.grid import Cell, Row, Sheet
from shared.programme.model import Form
from shared.programme.place import Place, Report, listed


@dataclass(frozen=True)
class Languages:
    """The language of untranslated columns, and the languages every text must have."""

    default: str
    required: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A row, read through its sheet's columns."""

    row: Row
    columns: Columns
    languages: Languages

    @property
    def place(self) -> Place:
        """The row as a whole, or its first cell in a text file."""
        return self.row.place

    def cell(self, column: str) -> Cell | None:
        """Return the cell of an untranslated column."""
        return self.columns.cell(self.row, column)

    def text(self, column: str) -> str:
        """Return the text of an untranslated column."""
        return self.columns.text(self.row, column)

    def at(self, column: str) -> Place:
        """Return the place of the cell, or of the row when the cell is empty."""
        cell = self.cell(column)
        return cell.place if cell else self.place

    def cells(self, column: str) -> dict[str, Cell]:
        """Return the cells of a translated column by language."""
        return self.columns.cells(self.row, column, self.languages.default)

    def texts(self, column: str, report: Report, *, needed: bool = False) -> dict[str, str]:
        """Return the texts by language; a text given in one language (or needed) must be there in all."""
        cells = self.cells(column)
        if cells or needed:
            missing = [code for code in self.languages.required if code not in cells]
            offered = {code or self.languages.default for code in self.columns.translated.get(column, {})}
            missing = [code for code in missing if code in offered or not offered]
            for code in missing:
                message = f"{self._who()} has no {column} in {code}; fill in the column {column}::… ({code})."
                report.fault(self.place, "missing_translation", message)
        return {code: cell.text for code, cell in cells.items()}

    def _who(self) -> str:
        name = self.text("name")
        return f'"{name}"' if name else "This row"


@dataclass(frozen=True)
class FormDraft:
    """A form as read, with the rows it came from, for checks that must name a place.

    `unread` are the questions whose type could not be read: of them nothing more is said.
    """

    form: Form
    file: str
    entries: Mapping[str, Entry]
    choices: Mapping[tuple[str, str], Entry]
    settings: Entry | None = None
    unread: frozenset[str] = frozenset()

    @property
    def place(self) -> Place:
        """The file as a whole."""
        return Place(self.file)


@dataclass
class Names:
    """The names used so far in one sheet or list; says when one is unusable or taken."""

    report: Report
    seen: dict[str, Place] = field(default_factory=dict)

    def take(self, name: str, place: Place) -> bool:
        """Register a name; False (and a fault) when it is bad or already taken."""
        if not NAME.fullmatch(name) or name == "meta":
            hint = " `meta` is reserved." if name == "meta" else f" Names {NAME_RULE}."
            self.report.fault(place, "bad_name", f'"{name[:80]}" cannot be a name.{hint}')
            return False
        if name in self.seen:
            message = f'The name "{name}" is already used ({self.seen[name]}); every name stands once in a form.'
            self.report.fault(place, "duplicate_name", message)
            return False
        self.seen[name] = place
        return True


def missing_columns(columns: Columns, languages: Languages, sheet: Sheet, needed: str, report: Report) -> None:
    """Name, once per sheet, every language that a translated column lacks altogether."""
    for name, by_code in columns.translated.items():
        headings = {code or languages.default: heading for code, heading in by_code.items()}
        first = columns.places[next(iter(by_code.values()))]
        for code in languages.required:
            if code not in headings:
                message = f'The sheet {sheet.name} has no column "{name}::… ({code})"; add it with its texts.'
                report.fault(first, "missing_translation", message)
        for code, heading in headings.items():
            if code not in languages.required:
                message = f'The language of "{heading}" is not one of the languages here: {listed(languages.required)}.'
                report.fault(columns.places[heading], "unknown_language", message)
    if needed not in columns.translated and sheet.rows:
        message = f'The sheet {sheet.name} needs a column "{needed}::…" for every language.'
        report.fault(sheet.headings[0].place if sheet.headings else sheet.place, "missing_column", message)
