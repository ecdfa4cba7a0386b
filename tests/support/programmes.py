"""Programme folders and XLSForm tables for tests: a valid one, changed in one place."""

from __future__ import annotations

import shutil
from pathlib import Path

from shared.errors import Fault
from shared.programme.loader import load_form, load_programme

EXAMPLES = Path(__file__).parents[1] / "programmes"
HEADINGS = "type | name | label::Deutsch (de) | label::English (en)"
YES_NO = ("yes_no | yes | Ja | Yes", "yes_no | no | Nein | No")
SETTINGS = ("form_title | form_id | version | default_language", "Test | test | 1 | Deutsch (de)")


class ProgrammeFolder:
    """A copy of a valid example, to be broken on purpose."""

    def __init__(self, folder: Path, example: str = "minimal") -> None:
        self.path = folder / "programme"
        shutil.copytree(EXAMPLES / "valid" / example, self.path)

    def change(self, file: str, old: str, new: str) -> ProgrammeFolder:
        """Replace a text that must be there."""
        path = self.path / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def faults(self) -> list[Fault]:
        """Return what is wrong, in file order."""
        return [finding.as_fault() for finding in sorted(load_programme(self.path).report.faults)]

    def codes(self) -> list[str]:
        """Return the codes of what is wrong, in file order."""
        return [fault.code for fault in self.faults()]

    def notices(self) -> list[str]:
        """Return the codes of the notices."""
        return [finding.code for finding in sorted(load_programme(self.path).report.notices)]


def table(sheet: str, headings: str, rows: tuple[str, ...]) -> str:
    """Write one sheet as a Markdown table; rows are cells joined by ` | `."""
    return "\n".join([f"| {sheet} |", *(f"| | {row} |" for row in (headings, *rows))]) + "\n"


def markdown(
    *rows: str,
    headings: str = HEADINGS,
    choices: tuple[str, ...] = YES_NO,
    choice_headings: str = "list_name | name | label::Deutsch (de) | label::English (en)",
    settings: tuple[str, str] | None = SETTINGS,
) -> bytes:
    """Write a form; row i of the survey (from 0) stands in line i + 3."""
    text = table("survey", headings, rows)
    if choices:
        text += table("choices", choice_headings, choices)
    if settings:
        text += table("settings", settings[0], settings[1:])
    return text.encode()


def form_faults(data: bytes, file: str = "form.md") -> list[Fault]:
    """Return what is wrong with a stand-alone form, in file order."""
    _, report = load_form(data, file)
    return [finding.as_fault() for finding in sorted(report.faults)]


def form_codes(data: bytes, file: str = "form.md") -> list[str]:
    """Return the codes of what is wrong, in file order."""
    return [fault.code for fault in form_faults(data, file)]


def form_notices(data: bytes, file: str = "form.md") -> list[str]:
    """Return the codes of what is left out."""
    form, report = load_form(data, file)
    assert form is not None, report.faults
    return [finding.code for finding in sorted(report.notices)]
