"""Headings of a form's sheets: which column is what, in which language; unknown ones are named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.programme.grid import Cell, Row, Sheet
from shared.programme.place import Place, Report, did_you_mean, listed
from shared.programme.vocabulary import NOT_YET, Vocabulary

_LANGUAGE = re.compile(r"(?:.*\(([A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)\)|([A-Za-z]{2,3}))")


def language_code(text: str) -> str:
    """Return the code in `Deutsch (de)` or `de`, empty when there is none."""
    match = _LANGUAGE.fullmatch(text.strip())
    return (match.group(1) or match.group(2)).lower() if match else ""


@dataclass(frozen=True)
class Columns:
    """Headings by meaning: `plain[name]`, `translated[name][language]`; `further` and `places` as written."""

    plain: Mapping[str, str]
    translated: Mapping[str, Mapping[str, str]]
    further: Sequence[str]
    places: Mapping[str, Place]

    def languages(self) -> list[str]:
        """Return the language codes that appear, in column order ('' for untranslated columns is left out)."""
        seen = dict.fromkeys(code for by_code in self.translated.values() for code in by_code)
        return [code for code in seen if code]

    def cell(self, row: Row, name: str) -> Cell | None:
        """Return the row's cell in the column, None when empty or absent."""
        return row.cells.get(self.plain.get(name, ""))

    def text(self, row: Row, name: str) -> str:
        """Return the text of that cell."""
        cell = self.cell(row, name)
        return cell.text if cell else ""

    def cells(self, row: Row, name: str, default_language: str) -> dict[str, Cell]:
        """Return the row's cells of a translated column by language."""
        found: dict[str, Cell] = {}
        for code, heading in self.translated.get(name, {}).items():
            cell = row.cells.get(heading)
            if cell:
                found.setdefault(code or default_language, cell)
        return found


def columns_of(sheet: Sheet, words: Vocabulary, report: Report) -> Columns:
    """Sort the sheet's headings; unknown and refused columns are faults, ignored ones notices."""
    plain: dict[str, str] = {}
    translated: dict[str, dict[str, str]] = {}
    further: list[str] = []
    places: dict[str, Place] = {}
    for heading in sheet.headings:
        text = heading.text
        if text.startswith("_"):
            continue
        base, _, suffix = text.partition("::")
        name = _canonical(base, words)
        places.setdefault(text, heading.place)
        if name in words.translated:
            _translated(name, suffix.strip(), heading, translated, report)
        elif name in words.plain and not suffix:
            _once(name, heading, plain, report)
        elif name in words.ignored or name in words.refused:
            _left_out(name, heading, sheet, words, report)
        elif words.further and not suffix and not did_you_mean(name, words.known()):
            further.append(text)
        else:
            _unknown(heading, name, sheet, words, report)
    return Columns(plain, translated, further, places)


def _canonical(base: str, words: Vocabulary) -> str:
    name = base.strip().lower().replace(" ", "_")
    return words.aliases.get(name, name)


def _once(name: str, heading: Cell, plain: dict[str, str], report: Report) -> None:
    if name in plain:
        message = f'"{heading.text}" and "{plain[name]}" are the same column; keep one.'
        report.fault(heading.place, "duplicate_column", message)
    plain.setdefault(name, heading.text)


def _translated(name: str, suffix: str, heading: Cell, found: dict[str, dict[str, str]], report: Report) -> None:
    code = language_code(suffix)
    if suffix and not code:
        message = f'Write the language with its code, such as "{name}::Deutsch (de)".'
        report.fault(heading.place, "unknown_language", message)
        return
    by_code = found.setdefault(name, {})
    if code in by_code:
        message = f'"{heading.text}" and "{by_code[code]}" are the same column; keep one.'
        report.fault(heading.place, "duplicate_column", message)
    by_code.setdefault(code, heading.text)


def _left_out(name: str, heading: Cell, sheet: Sheet, words: Vocabulary, report: Report) -> None:
    used = next((row.cells[heading.text] for row in sheet.rows if heading.text in row.cells), None)
    if used is None:
        return
    if name in words.ignored:
        message = f'The column "{heading.text}" is left out: {words.ignored[name]}.'
        report.notice(heading.place, "ignored_column", message)
    else:
        message = f'The column "{heading.text}" {NOT_YET}: {words.refused[name]}.'
        report.fault(used.place, "not_supported", message)


def _unknown(heading: Cell, name: str, sheet: Sheet, words: Vocabulary, report: Report) -> None:
    hint = did_you_mean(name, words.known())
    known = listed(sorted(words.plain | words.translated), 30)
    message = (
        f'The sheet {sheet.name} has no column "{heading.text}".{hint} Known: {known}. '
        "To keep a column for yourself, start its name with _."
    )
    report.fault(heading.place, "unknown_column", message)
