from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.intake.domain.export_columns import Column, Kind
from services.intake.domain.export_rows import Row, Value
from services.intake.handlers.export import Table
from services.intake.web.formats import csv_file, sav_file, xlsx_file
from services.intake.web.formats.csv_file import harmless
from services.intake.web.formats.sav_names import sav_names
from services.intake.web.formats.xlsx_parts import letters
from shared.programme.model import Choice
from tests.support.exports import read_csv, read_sav, read_xlsx
from tests.support.forms import both, choice, report_form


def column(name: str, kind: Kind = "text", **more: object) -> Column:
    return Column(name, kind, both(name, name), question=name, **more)  # type: ignore[arg-type]


def table(columns: Sequence[Column], *rows: Sequence[Value]) -> Table:
    lines = (Row(values, {}) for values in rows)
    return Table("sample", "2026-11-22T12:00:00.000Z", report_form(), "de", columns, lines, [])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        (" =1", "' =1"),
        ("＝1+1", "'＝1+1"),
        ('"=1', "'\"=1"),
        ("gut;=HYPERLINK(A1)", "gut;'=HYPERLINK(A1)"),
        ('gut,"=1"', 'gut,\'"=1"'),
        ("eins\n- zwei", "eins\n'- zwei"),
        ("1 = 1", "1 = 1"),
        ("Ärger, aber kein großer - ehrlich", "Ärger, aber kein großer - ehrlich"),
        ("", ""),
    ],
)
def test_what_looks_like_a_formula_is_made_harmless(text: str, written: str) -> None:
    assert harmless(text) == written


def test_codes_and_numbers_in_csv_stay_as_they_are() -> None:
    columns = [column("gas", "code"), column("n", "number"), column("sum", "computed"), column("why")]

    (row,) = read_csv(b"".join(csv_file.write(table(columns, ["-2", -5, -1.5, "-2"]))))

    assert row == {"gas": "-2", "n": "-5", "sum": "-1.5", "why": "'-2"}


def test_csv_quotes_what_needs_it_and_ends_lines_as_the_standard_says() -> None:
    data = b"".join(csv_file.write(table([column("a"), column("b")], ['sagt "ja", oft', "zwei\nZeilen"], [None, "x"])))

    assert data.decode("utf-8-sig") == 'a,b\r\n"sagt ""ja"", oft","zwei\nZeilen"\r\n,x\r\n'


@pytest.mark.parametrize("length", [1, 7, 8, 9, 252, 253, 255, 256, 504, 505, 511, 765, 9_999])
def test_a_text_of_any_length_comes_back_from_sav(length: int, tmp_path: Path) -> None:
    texts = ["x" * length, "ä" * (length // 2) or "-", "😀" * (length // 4) or "-", "", "kurz"[:length]]
    columns = [column("before", "number"), column("text"), column("after", "number")]

    read = read_sav(b"".join(sav_file.write(table(columns, *([1, text, 2] for text in texts)))), tmp_path)

    assert [case["text"] for case in read.cases] == texts
    assert {(case["before"], case["after"]) for case in read.cases} == {(1.0, 2.0)}


def test_a_text_too_long_for_sav_is_cut_between_characters(tmp_path: Path) -> None:
    read = read_sav(b"".join(sav_file.write(table([column("text")], ["😀" * 10_000]))), tmp_path)

    assert read.cases == [{"text": "😀" * 8191}]


def test_numbers_of_every_size_come_back_from_sav(tmp_path: Path) -> None:
    numbers = [0, 1, -1, -99, -100, 151, 152, 0.5, -3.25, 2**53, 1e15, None]

    read = read_sav(b"".join(sav_file.write(table([column("n", "number")], *([n] for n in numbers)))), tmp_path)

    assert [case["n"] for case in read.cases] == numbers


def test_sav_declares_missing_codes_of_numbers_short_and_long_texts(tmp_path: Path) -> None:
    def coded(name: str, *codes: str, missing: tuple[str, ...]) -> Column:
        return column(name, "code", choices=tuple(choice(code, f"{code} de", code) for code in codes), missing=missing)

    columns = [
        coded("number", "1", "2", "9", missing=("9",)),
        coded("short", "a", "na", missing=("na",)),
        coded("long", "something_long", "na", "dk", missing=("na", "dk")),
    ]

    about = read_sav(b"".join(sav_file.write(table(columns, ["9", "na", "na"]))), tmp_path).about

    assert {name: [one["lo"] for one in ranges] for name, ranges in about.missing_ranges.items()} == {
        "number": [9.0], "short": ["na"], "long": ["na", "dk"],
    }  # fmt: skip
    assert about.variable_value_labels["long"] == {
        "something_long": "something_long de", "na": "na de", "dk": "dk de",
    }  # fmt: skip
    assert about.variable_measure == {"number": "ordinal", "short": "nominal", "long": "nominal"}


def test_a_calculation_is_a_number_in_sav_unless_one_of_its_values_is_a_text(tmp_path: Path) -> None:
    columns = [column("sum", "computed"), column("words", "computed"), column("nothing", "computed")]

    read = read_sav(b"".join(sav_file.write(table(columns, [1.5, 2, None], [None, "zwei", None]))), tmp_path)

    assert read.cases == [
        {"sum": 1.5, "words": "2", "nothing": None},
        {"sum": None, "words": "zwei", "nothing": None},
    ]


def test_an_export_without_rows_is_still_a_file_of_its_kind(tmp_path: Path) -> None:
    columns = [column("text"), column("n", "number"), column("day", "date")]

    assert read_csv(b"".join(csv_file.write(table(columns)))) == []
    assert read_xlsx(b"".join(xlsx_file.write(table(columns))))["answers"] == []
    assert read_sav(b"".join(sav_file.write(table(columns))), tmp_path).about.column_names == ["text", "n", "day"]


def test_names_in_sav_are_allowed_and_differ_by_more_than_case() -> None:
    wished = ["groups", "Groups", "_x", "to", "a-b", "a_b", "topics.grants", "t.c++", "x" * 70, "x" * 69, "ende."]

    assert sav_names([column(name) for name in wished]) == [
        "groups", "Groups_2", "v_x", "to_", "a_b", "a_b_2", "topics.grants", "t.c__", "x" * 64, "x" * 62 + "_2",
        "ende._",
    ]  # fmt: skip


def test_a_full_sheet_of_a_workbook_goes_on_in_the_next() -> None:
    numbers = table([column("n", "number")], *([n] for n in range(5)))

    sheets = read_xlsx(b"".join(xlsx_file.write(numbers, most_rows=3)))

    assert [row["n"] for title in ("answers", "answers 2", "answers 3") for row in sheets[title]] == [0, 1, 2, 3, 4]
    assert len(sheets["codebook"]) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "=1+1"),
        ("<b>&amp;", "<b>&amp;"),
        ("Zeile\n  zwei ", "Zeile\n  zwei "),
        ("Ton\x07aus\x1b", "Ton\ufffdaus\ufffd"),
        ("😀 größer", "😀 größer"),
    ],
)
def test_texts_in_a_workbook_are_texts(text: str, shown: str) -> None:
    assert read_xlsx(b"".join(xlsx_file.write(table([column("text")], [text]))))["answers"] == [{"text": shown}]


def test_a_workbook_holds_no_text_that_its_format_would_read_as_another() -> None:
    data = b"".join(xlsx_file.write(table([column("text")], ["_x0041_"])))

    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()

    assert "_x005F_x0041_" in sheet


def test_dates_in_a_workbook_are_dates_where_spreadsheets_agree_on_them() -> None:
    columns = [column("day", "date"), column("at", "dateTime"), column("hour", "time")]
    rows = [["2026-01-31", "2026-01-31T14:30:15+02:00", "14:30"], ["1899-05-01", "0202-01-01T00:00", "00:00"]]

    first, second = read_xlsx(b"".join(xlsx_file.write(table(columns, *rows))))["answers"]

    assert [str(value) for value in first.values()] == ["2026-01-31 00:00:00", "2026-01-31 14:30:15", "14:30:00"]
    assert [str(value) for value in second.values()] == ["1899-05-01", "0202-01-01T00:00", "00:00:00"]


def test_columns_of_a_sheet_are_lettered_as_spreadsheets_do() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_choices_that_are_numbers_are_numbers_in_a_workbook() -> None:
    columns = [column("scale", "code", choices=(Choice("-2", {}), Choice("5", {}))), column("code", "code")]

    (row,) = read_xlsx(b"".join(xlsx_file.write(table(columns, ["-2", "017"]))))["answers"]

    assert row == {"scale": -2, "code": "017"}
