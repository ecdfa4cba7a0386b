"""Columns, settings and choices of a form: what is unknown, missing, doubled or not supported."""

from __future__ import annotations

import pytest

from shared.programme.loader import read_form
from tests.support.programmes import HEADINGS, SETTINGS, YES_NO, form_codes, form_faults, markdown

ONE = "integer | a | A | A"


def one(*rows: str, extra: str = "") -> bytes:
    """Write a form with one more column than usual."""
    return markdown(*rows, headings=f"{HEADINGS} | {extra}")


@pytest.mark.parametrize(
    ("heading", "code", "hint"),
    [
        ("relevnat", "unknown_column", "relevant"),
        ("comments", "unknown_column", ""),
        ("label::Deutsch", "unknown_language", ""),
        ("Label::de", "duplicate_column", ""),
        ("relevant::Deutsch (de)", "unknown_column", ""),
        ("trigger", "not_supported", ""),
        ("image", "not_supported", ""),
        ("save_to", "not_supported", ""),
    ],
)
def test_columns_that_mean_nothing_here_are_named(heading: str, code: str, hint: str) -> None:
    found = form_faults(one("integer | a | A | A | x", extra=heading))

    assert [fault.code for fault in found] == [code]
    assert hint in found[0].message


def test_two_columns_of_the_same_meaning_are_a_fault() -> None:
    data = markdown("text | a | A | A | true() | true()", headings=f"{HEADINGS} | relevant | relevance")

    assert form_codes(data) == ["duplicate_column"]


def test_an_empty_unsupported_column_harms_nobody() -> None:
    assert form_codes(one("integer | a | A | A |", extra="trigger")) == []


def test_own_columns_start_with_an_underscore() -> None:
    assert form_codes(one("integer | a | A | A | why", " | | | | a remark", extra="_note")) == []


def test_a_language_that_one_sheet_lacks_is_named_once() -> None:
    data = markdown(
        *(f"integer | a{i} | A" for i in range(5)),
        headings="type | name | label::Deutsch (de)",
        settings=SETTINGS,
    )

    assert [(fault.path, fault.code) for fault in form_faults(data)] == [("form.md:2:19", "missing_translation")]


@pytest.mark.parametrize("missing", ["form_title", "form_id", "version"])
def test_a_missing_setting_is_named(missing: str) -> None:
    cells = [
        "" if name == missing else value for name, value in zip(*(row.split(" | ") for row in SETTINGS), strict=True)
    ]

    (fault,) = form_faults(markdown(ONE, settings=(SETTINGS[0], " | ".join(cells))))

    assert fault.code == "missing_setting"
    assert missing in fault.message


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (None, ["missing_settings"]),
        (("form_title | form_id | version | default_language", "T | 1 x | 1 | Deutsch (de)"), ["bad_name"]),
        (("form_title | form_id | version | default_language", "T | t | 1 | Deutsch"), ["unknown_language"]),
        (("form_title | form_id | version | public_key", "T | t | 1 | abc"), ["not_supported"]),
        (("form_title | form_id | version | nonsense", "T | t | 1 | abc"), ["unknown_column"]),
    ],
)
def test_faulty_settings_are_named(settings: tuple[str, str] | None, codes: list[str]) -> None:
    assert form_codes(markdown(ONE, settings=settings)) == codes


def test_a_second_row_of_settings_is_a_fault() -> None:
    data = markdown(ONE) + b"| | T | t | 2 | de |\n"

    assert form_codes(data) == ["too_many_rows"]


def test_the_language_must_be_known_from_somewhere() -> None:
    settings = ("form_title | form_id | version", "T | t | 1")
    data = markdown("text | a | A", headings="type | name | label", choices=(), settings=settings)

    assert form_codes(data) == ["missing_setting"]


@pytest.mark.parametrize(
    ("choices", "codes"),
    [
        ((*YES_NO, "yes_no | yes | J | Y"), ["duplicate_choice"]),
        ((*YES_NO, "yes_no | | J | Y"), ["missing_cell"]),
        ((*YES_NO, " | x | J | Y"), ["missing_cell"]),
        ((*YES_NO, "yes_no | x | | Y"), ["missing_translation"]),
        ((*YES_NO, "yes_no | a b | J | Y"), ["space_in_name"]),
        ((*YES_NO, "yes_no | a.b | J | Y"), ["bad_name"]),
        ((*YES_NO, "y n | a | J | Y"), ["bad_name"]),
    ],
)
def test_a_faulty_choice_has_exactly_this_fault(choices: tuple[str, ...], codes: list[str]) -> None:
    assert form_codes(markdown("select_multiple yes_no | a | A | A", choices=choices)) == codes


def test_a_single_choice_may_have_spaces_in_its_name() -> None:
    assert form_codes(markdown("select_one yes_no | a | A | A", choices=("yes_no | a b | J | Y",))) == []


@pytest.mark.parametrize(
    ("heading", "codes"),
    [
        ("area", []),
        ("lable::Deutsch (de)", ["unknown_column"]),
        ("list", []),
        ("1x", ["bad_name"]),
        ("image", ["not_supported"]),
    ],
)
def test_further_columns_of_choices_are_kept_for_filters(heading: str, codes: list[str]) -> None:
    headings = f"list_name | name | label::Deutsch (de) | label::English (en) | {heading}"
    data = markdown("select_one yes_no | a | A | A", choices=("yes_no | x | X | X | city",), choice_headings=headings)

    assert form_codes(data) == codes
    if not codes:
        assert read_form(data, "form.md").choices["yes_no"][0].columns == {heading: "city"}


def test_missing_columns_are_named() -> None:
    assert set(form_codes(markdown("a | A | A", headings="name | label::de | label::en"))) == {"missing_column"}
    assert "missing_column" in form_codes(markdown("integer | a", headings="type | name"))
    assert "missing_column" in form_codes(markdown(ONE, choices=("x | X",), choice_headings="list_name | label::de"))
