"""Reading whole folders: every fault at once, and no file that leaves the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.errors import Invalid
from shared.programme.loader import load_programme, read_form, read_programme
from tests.support.programmes import ProgrammeFolder, markdown

TEN = [
    ("programme.yaml", "unit: site\n", "unit: house\n", "unknown_word"),
    ("programme.yaml", "min_n: 5", "min_n: few", "not_a_number"),
    ("programme.yaml", "due_on: 2026-07-31", "due_on: 2026-13-31", "not_a_day"),
    ("sites.csv", "suedtal,", "nordstadt,", "duplicate_code"),
    ("forms/small_report.md", "| select_one yes_no |", "| select_one yes_not |", "unknown_list"),
    ("forms/small_report.md", "${proofs_due} > 0", "${proofs_due} >", "syntax"),
    ("indicators.yaml", "${proofs_overdue}", "${proofs_late}", "unknown_question"),
    ("indicators.yaml", "decimals: 1", "decimal: 1", "unknown_key"),
    ("flags.yaml", "topic: accounting", "topic: cooking", "unknown_topic"),
    ("support.yaml", "en: Personal call and report help", "fr: Appel", "missing_translation"),
]


def test_a_folder_with_ten_faults_names_all_ten(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path)
    for file, old, new, _ in TEN:
        folder.change(file, old, new)

    with pytest.raises(Invalid) as caught:
        read_programme(folder.path)

    found = {(fault.path.split(":")[0], fault.code) for fault in caught.value.faults}
    assert found >= {(file, code) for file, _, _, code in TEN}


def test_faults_come_in_file_order(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path)
    for file, old, new, _ in TEN:
        folder.change(file, old, new)

    lines = [int(fault.path.split(":")[1]) for fault in folder.faults() if fault.path.startswith("programme.yaml:")]

    assert lines == sorted(lines)
    assert len(lines) == 3


@pytest.mark.parametrize(
    "file", ["programme.yaml", "sites.csv", "indicators.yaml", "flags.yaml", "support.yaml", "forms/small_report.md"]
)
def test_a_missing_file_is_one_fault_and_casts_no_shadow(tmp_path: Path, file: str) -> None:
    folder = ProgrammeFolder(tmp_path)
    (folder.path / file).unlink()

    assert folder.codes() == ["missing_file"]


@pytest.mark.parametrize(
    "file", ["sites.csv", "indicators.yaml", "flags.yaml", "support.yaml", "forms/small_report.md"]
)
def test_an_unreadable_file_is_one_fault_and_casts_no_shadow(tmp_path: Path, file: str) -> None:
    folder = ProgrammeFolder(tmp_path)
    (folder.path / file).write_bytes(b"\xff\xfe")

    assert folder.codes() == ["not_utf8"]


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path)
    secret = tmp_path / "secret.yaml"
    secret.write_text("measures: []\n", encoding="utf-8")
    (folder.path / "support.yaml").unlink()
    (folder.path / "support.yaml").symlink_to(secret)

    assert folder.codes() == ["missing_file"]


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    report = load_programme(tmp_path / "nowhere").report

    assert [finding.code for finding in report.faults] == ["missing_file"]


def test_a_form_is_read_from_a_path_or_from_bytes(tmp_path: Path) -> None:
    data = markdown("integer | a | A | A")
    path = tmp_path / "form.md"
    path.write_bytes(data)

    assert read_form(path) == read_form(data, "form.md")


def test_bytes_without_a_name_are_taken_for_a_workbook() -> None:
    with pytest.raises(Invalid, match=r"form\.xlsx"):
        read_form(b"no workbook")
