"""The shipped programmes and examples are what they claim to be: valid, or invalid in exactly one way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.errors import Fault
from shared.programme.loader import load_programme, read_programme

ROOT = Path(__file__).parents[2]
PROGRAMMES = sorted(path.parent for path in (ROOT / "programmes").glob("*/programme.yaml"))
VALID = sorted((ROOT / "tests" / "programmes" / "valid").iterdir())
INVALID = sorted((ROOT / "tests" / "programmes" / "invalid").iterdir())
COUNTS = {
    "house-of-resources": ({"H": 20, "B": 15}, 35),
    "strukturfoerderung": ({"S": 18}, 17),
}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("folder", [*PROGRAMMES, *VALID], ids=name)
def test_a_shipped_programme_has_no_fault(folder: Path) -> None:
    report = load_programme(folder).report

    assert [finding.as_fault() for finding in sorted(report.faults)] == []


@pytest.mark.parametrize("folder", PROGRAMMES, ids=name)
def test_a_shipped_programme_has_the_indicators_and_flags_it_is_meant_to_have(folder: Path) -> None:
    indicators, flags = COUNTS[folder.name]

    written = [entry["id"] for entry in _entries(folder, "indicators")]

    assert {letter: sum(id_[0] == letter for id_ in written) for letter in indicators} == indicators
    assert len(_entries(folder, "flags")) == flags


@pytest.mark.parametrize("folder", PROGRAMMES, ids=name)
def test_every_flag_of_a_shipped_programme_proposes_a_measure(folder: Path) -> None:
    programme = read_programme(folder)

    assert [flag.id for flag in programme.flags if not flag.support] == []


@pytest.mark.parametrize("folder", PROGRAMMES, ids=name)
def test_a_question_that_a_flag_names_is_understood_without_the_questions_around_it(folder: Path) -> None:
    rules = (folder / "flags.yaml").read_text(encoding="utf-8")
    questions = [
        one for form in read_programme(folder).forms for one in form.questions() if f"${{{one.name}}}" in rules
    ]

    leaning = [
        one.name for one in questions if re.match(r"davon\b|of (these|which)\b", " ".join(one.label.values()), re.I)
    ]

    assert questions
    assert leaning == []


@pytest.mark.parametrize("folder", INVALID, ids=name)
def test_an_invalid_example_has_exactly_the_fault_it_shows(folder: Path) -> None:
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    before = [read_programme(folder.parents[1] / "valid" / one["published"]) for one in expected if "published" in one]
    report = load_programme(folder, *before).report
    found = [finding.as_fault() for finding in sorted(report.faults)]

    for fault, want in zip(found, expected, strict=True):  # both in the order of the file
        assert _where(fault, want["file"]) == want.get("at", "")
        assert fault.code == want["code"]
        assert want.get("contains", "") in fault.message


def _entries(folder: Path, key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((folder / f"{key}.yaml").read_text(encoding="utf-8"))[key]
    return entries


def _where(fault: Fault, file: str) -> str:
    """Return line and column, in a table the cell; empty when the fault is about the whole file."""
    assert fault.path == file or fault.path.startswith(f"{file}:"), fault
    return fault.path.removeprefix(file).lstrip(": ")
