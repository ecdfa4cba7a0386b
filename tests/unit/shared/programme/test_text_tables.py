"""Tables in Markdown and CSV: cells, places, and what is wrong with a row."""

from __future__ import annotations

import pytest

from shared.programme.grid import MAX_ROWS, Sheet
from shared.programme.place import Report
from shared.programme.text_tables import read_csv_form, read_csv_list, read_markdown


def faults(report: Report) -> list[tuple[str, str]]:
    return [(str(finding.place), finding.code) for finding in sorted(report.faults)]


def md(text: str) -> tuple[list[Sheet], list[tuple[str, str]]]:
    report = Report()
    return read_markdown(text.encode(), "a.md", report), faults(report)


def test_a_markdown_cell_knows_its_line_and_column() -> None:
    sheets, found = md("# Title\n\n| survey |\n| | type |  name |\n|---|---|---|\n| | text |   a_1 |\n")

    cell = sheets[0].rows[0].cells["name"]
    assert found == []
    assert (cell.text, str(cell.place)) == ("a_1", "a.md:6:14")


def test_headings_may_stand_in_the_row_that_names_the_sheet() -> None:
    sheets, _ = md("| Survey | type | name |\n| | text | a |\n")

    assert sheets[0].name == "survey"
    assert sheets[0].rows[0].text("type") == "text"


def test_an_escaped_bar_is_part_of_the_text_and_places_stay_right() -> None:
    sheets, _ = md("| survey |\n| | label |\n| | a \\| b \\| c |\n")

    cell = sheets[0].rows[0].cells["label"]
    assert cell.text == "a | b | c"
    assert [cell.place_at(offset).column for offset in (0, 2, 4, 8)] == [5, 8, 10, 15]


def test_comments_and_prose_are_left_out() -> None:
    sheets, found = md("Some words.\n| survey |\n# | | no | \n| | name | # a remark\n| | a | # another\n|\n")

    assert found == []
    assert [row.text("name") for row in sheets[0].rows] == ["a"]


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("| | type |\n", "a.md:1:1", "no_sheet"),
        ("| survey |\n| | type | name\n", "a.md:2:15", "open_row"),
        ("| survey |\n| | type | type |\n| | a | b |\n", "a.md:2:12", "duplicate_column"),
        ("| survey |\n| | type |\n| | a | b |\n", "a.md:3:9", "no_heading"),
        ("| survey |\n| | type | | name |\n| | a | b | c |\n", "a.md:3:9", "no_heading"),
    ],
)
def test_a_broken_markdown_row_is_named(text: str, place: str, code: str) -> None:
    _, found = md(text)

    assert (place, code) in found


def test_a_csv_form_names_its_cells_as_a_spreadsheet_does() -> None:
    report = Report()

    sheets = read_csv_form(b'survey,,\n,type,name\n,text,"a,1"\n\nchoices,,\n', "a.csv", report)

    assert [sheet.name for sheet in sheets] == ["survey", "choices"]
    assert str(sheets[0].rows[0].cells["name"].place) == "a.csv: survey row 3, column name (C3)"
    assert str(sheets[0].rows[0].cells["name"].place_at(2)) == "a.csv: survey row 3, column name (C3), character 3"


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        (b",type,name\n", "a.csv:1:1", "no_sheet"),
        (b'survey\n,"type\n', "a.csv:2:1", "csv_syntax"),
        (b'survey\n,"a"b\n', "a.csv:2:1", "csv_syntax"),
        (b"survey\n,\xff\n", "a.csv:2:1", "not_utf8"),
        (b"a\0b", "a.csv", "not_utf8"),
        (b"PK\x03\x04....", "a.csv", "wrong_format"),
        (b"x" * 1_000_001, "a.csv", "too_large"),
        (b"survey\n" + b",a\n" * MAX_ROWS, f"a.csv:{MAX_ROWS + 1}:1", "too_large"),
    ],
)
def test_a_broken_csv_form_is_named(data: bytes, place: str, code: str) -> None:
    report = Report()

    read_csv_form(data, "a.csv", report)

    assert faults(report) == [(place, code)]


def test_too_many_markdown_rows_are_named() -> None:
    _, found = md("| survey |\n| | a |\n" + "| | x |\n" * MAX_ROWS)

    assert found == [(f"a.md:{MAX_ROWS + 1}:1", "too_large")]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_plain_list_reads_commas_or_semicolons(delimiter: str) -> None:
    report = Report()

    sheet = read_csv_list(f"\ufeffcode{delimiter}name\nx{delimiter}Über\n".encode(), "sites.csv", report)

    assert faults(report) == []
    assert sheet.rows[0].text("name") == "Über"
    assert str(sheet.rows[0].cells["name"].place) == "sites.csv: row 2, column name (B2)"
    assert str(sheet.rows[0].at("missing")) == "sites.csv: row 2"
