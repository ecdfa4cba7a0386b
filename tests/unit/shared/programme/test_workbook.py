"""Workbooks: cells as text, faults by sheet and cell, and everything dangerous refused unopened."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from time import process_time

import pytest
from openpyxl import Workbook

from shared.programme.loader import load_form, read_form
from shared.programme.place import Report
from shared.programme.workbook import value_text
from tests.support.programmes import form_codes, form_faults

SURVEY = [
    ["type", "name", "label::Deutsch (de)", "label::English (en)", "constraint"],
    ["begin_group", "g", "Gruppe", "Group", None],
    ["integer", "guests", "Gäste", "Guests", ". >= 0"],
    ["select_one yes_no", "happy", "Zufrieden?", "Happy?", None],
    ["end_group", None, None, None, None],
]
CHOICES = [
    ["list_name", "name", "label::Deutsch (de)", "label::English (en)"],
    ["yes_no", "yes", "Ja", "Yes"],
    ["yes_no", 0, "Nein", "No"],
]
SETTINGS = [["form_title", "form_id", "version", "default_language"], ["Fest", "party", 2026112201.0, "Deutsch (de)"]]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]] | None = None, **changed: object) -> bytes:
    """Return a workbook; `changed` sets cells of the survey by their address (`E3`)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (sheets or {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for address, value in changed.items():
        book["survey"][address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return stream.getvalue()


def test_a_workbook_gives_the_same_form_as_it_would_in_markdown() -> None:
    form = read_form(workbook(), "party.xlsx")

    assert (form.id, form.version, form.languages) == ("party", "2026112201", ("de", "en"))
    assert [question.name for question in form.questions()] == ["guests", "happy"]
    assert [choice.name for choice in form.choices["yes_no"]] == ["yes", "0"]


def test_a_fault_is_named_by_sheet_row_column_and_cell() -> None:
    (fault,) = form_faults(workbook(E3=". >= "), "party.xlsx")

    assert fault.path == "party.xlsx: survey row 3, column constraint (E3), character 5"
    assert fault.code == "syntax"


def test_all_faults_of_all_sheets_are_named_at_once() -> None:
    choices = [*CHOICES, ["yes_no", "yes", "Doch", None]]

    data = workbook(
        {"survey": SURVEY, "choices": choices, "settings": SETTINGS}, A3="integr", B4="g h", E3="${gast} > 1"
    )

    assert [(fault.path, fault.code) for fault in form_faults(data, "party.xlsx")] == [
        ("party.xlsx: choices row 4, column name (B4)", "duplicate_choice"),
        ("party.xlsx: survey row 3, column type (A3)", "unknown_type"),
        ("party.xlsx: survey row 3, column constraint (E3)", "unknown_question"),
        ("party.xlsx: survey row 4, column name (B4)", "bad_name"),
    ]


def test_a_row_without_a_name_is_named_by_its_number() -> None:
    (fault,) = form_faults(workbook(B3=None), "party.xlsx")

    assert (fault.path, fault.code) == ("party.xlsx: survey row 3", "missing_cell")


@pytest.mark.parametrize(("value", "code"), [("=1+1", "formula"), ("#REF!", "error_cell")])
def test_formulas_and_error_cells_are_refused(value: str, code: str) -> None:
    faults = form_faults(workbook(C3=value), "party.xlsx")

    assert ("party.xlsx: survey row 3, column C (C3)", code) in [(fault.path, fault.code) for fault in faults]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (3.0, "3"),
        (2.5, "2.5"),
        (datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31"),
        (datetime(2026, 1, 31, 8, 30, tzinfo=UTC), "2026-01-31T08:30:00+00:00"),
        (time(8, 30), "08:30:00"),
        ("a\xa0b ", "a b"),
    ],
)
def test_cell_values_become_xlsform_text(value: object, text: str) -> None:
    assert value_text(value) == text


def test_blank_rows_are_skipped_and_other_sheets_left_out_with_a_notice() -> None:
    survey = [*SURVEY[:2], [None], *SURVEY[2:]]
    sheets = {"survey": survey, "choices": CHOICES, "settings": SETTINGS, "Notes": [["x"]], "_mine": [["y"]]}

    form, report = load_form(workbook(sheets), "party.xlsx")

    assert form is not None
    assert [(str(notice.place), notice.code) for notice in report.notices] == [("party.xlsx: Notes", "ignored_sheet")]


def test_a_misspelt_sheet_is_a_fault() -> None:
    sheets = {"survey": SURVEY, "chioces": CHOICES, "settings": SETTINGS}

    assert "unknown_sheet" in form_codes(workbook(sheets), "party.xlsx")


def test_an_unsupported_sheet_is_a_fault() -> None:
    sheets = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS, "entities": [["list_name"], ["trees"]]}

    assert form_codes(workbook(sheets), "party.xlsx") == ["not_supported"]


def test_two_sheets_of_the_same_name_are_a_fault() -> None:
    sheets = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS, "Settings ": SETTINGS}

    assert form_codes(workbook(sheets), "party.xlsx") in (["unknown_sheet"], ["duplicate_sheet"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_format"),
        (b"type,name\n", "wrong_format"),
        (b"PK\x03\x04 not really", "unreadable"),
        (b"PK\x03\x04" + b"\0" * 5_000_000, "too_large"),
        (archive({"a.txt": b"x"}), "unreadable"),
        (archive({f"{i}.xml": b"x" for i in range(201)}), "too_large"),
        (archive({"xl/vbaProject.bin": b"x"}), "macros"),
        (archive({"xl/sharedStrings.xml": bytes(range(256)) * 20_000}), "too_large"),
    ],
)
def test_what_is_not_a_harmless_workbook_is_refused_with_what_to_do(data: bytes, code: str) -> None:
    (fault,) = form_faults(data, "party.xlsx")

    assert (fault.path, fault.code) == ("party.xlsx", code)


@pytest.mark.parametrize(
    "members",
    [
        {"xl/worksheets/sheet1.xml": b" " * 30_000_000},
        {f"xl/worksheets/sheet{i}.xml": b" " * 300_000 for i in range(200)},
        {"xl/sharedStrings.xml": b"<si/>" * 2_000_000},
    ],
)
def test_a_bomb_is_refused_within_a_second(members: dict[str, bytes]) -> None:
    data = archive(members)

    started = process_time()
    codes = form_codes(data, "party.xlsx")

    assert codes == ["too_large"]
    assert process_time() - started < 1


def many_rows(rows: int, columns: int) -> bytes:
    """Return a workbook whose survey holds far more than a form, about 5 MB of it."""
    cells = "".join(f'<c t="inlineStr"><is><t>text {i}</t></is></c>' for i in range(columns))
    sheet = f"<worksheet><sheetData>{f'<row >{cells}</row>' * rows}</sheetData></worksheet>".encode()
    assert 4_000_000 < len(sheet) < 6_000_000
    return replaced(workbook(), {"xl/worksheets/sheet1.xml": sheet + random.Random(1).randbytes(60_000).hex().encode()})


def replaced(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """Return the archive with other content in these members."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return archive({**{name: source.read(name) for name in source.namelist()}, **members})


def with_entity(declaration: str) -> bytes:
    """Return a workbook whose survey declares an entity and uses it in a cell."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as source:
        sheet = source.read("xl/worksheets/sheet1.xml").decode()
    assert "Gruppe" in sheet
    declared = f"<!DOCTYPE worksheet [{declaration}]>{sheet.replace('Gruppe', '&e;')}"
    return replaced(workbook(), {"xl/worksheets/sheet1.xml": declared.encode()})


def catalogue_of(entries: int) -> bytes:
    """Return an archive that lists one stored part so many times."""
    data = archive({"a": b""})
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry, size = data[start:end], (end - start) * entries
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries % 65536, entries % 65536, size, start, 0)
    return data[:start] + entry * entries + tail


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (catalogue_of(100_000), "too_large"),
        (many_rows(20_000, 5), "too_large"),
        (many_rows(4_000, 26), "too_large"),
        (with_entity('<!ENTITY e SYSTEM "file:///etc/passwd">'), "unreadable"),
        (with_entity('<!ENTITY a "aaaaaaaaaa"><!ENTITY e "&a;&a;&a;&a;&a;&a;&a;&a;">'), "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000_000, "old_format"),
    ],
    ids=["a list of 100,000 parts", "5 MB of rows", "5 MB of cells", "a file by entity", "entities", "an .xls"],
)
def test_what_is_made_to_harm_is_refused_within_a_second_by_one_sentence(data: bytes, code: str) -> None:
    started = process_time()
    (fault,) = form_faults(data, "party.xlsx")

    assert process_time() - started < 1
    assert (fault.path, fault.code) == ("party.xlsx", code)
    assert len(fault.message) < 140


def test_a_workbook_with_too_many_rows_is_refused() -> None:
    survey = [SURVEY[0], *(["integer", f"q{i}", "Ü", "L"] for i in range(5_001))]

    assert "too_large" in form_codes(workbook({"survey": survey, "settings": SETTINGS}), "party.xlsx")


def test_a_truncated_workbook_is_refused() -> None:
    data = workbook()

    for length in range(100, len(data), 700):
        assert form_codes(data[:length], "party.xlsx") == ["unreadable"]


def test_a_damaged_workbook_never_raises_anything_else() -> None:
    data = bytearray(workbook())

    for position in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[position] ^= 0xFF
        report = load_form(bytes(damaged), "party.xlsx")[1]
        assert isinstance(report, Report)
