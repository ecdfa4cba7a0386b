"""Forms as tables: structure, names, types, lists, texts, settings; every fault at once."""

from __future__ import annotations

import pytest

from shared.errors import Invalid
from shared.programme.loader import load_form, read_form
from shared.programme.model import Group, Question
from tests.support.programmes import HEADINGS, SETTINGS, YES_NO, form_codes, form_faults, form_notices, markdown

ONE = "integer | a | A | A"


def one(*rows: str, extra: str = "") -> bytes:
    """Write a form with one more column than usual."""
    return markdown(*rows, headings=f"{HEADINGS} | {extra}")


def test_a_form_keeps_texts_expressions_and_order() -> None:
    data = markdown(
        "begin_group | g | Gruppe | Group | | ",
        "integer | a | A de | A en | TRUE | ",
        "select_multiple yes_no | b | B de | B en | ${a} > 1 | ",
        "end_group | | | | | ",
        "calculate | c | | | | ${a} + 1",
        headings=f"{HEADINGS} | required | calculation",
    )

    form = read_form(data, "form.md")

    group, c = form.items
    assert isinstance(group, Group)
    assert isinstance(c, Question)
    assert [item.name for item in group.items] == ["a", "b"]
    assert form.question("a").required == "true()"
    assert form.question("b").required == "${a} > 1"
    assert form.question("b").label == {"de": "B de", "en": "B en"}
    assert c.calculation == "${a} + 1"
    assert (form.id, form.version, form.title) == ("test", "1", {"de": "Test", "en": "Test"})


def test_a_form_in_one_language_needs_no_suffix() -> None:
    data = markdown("text | a | Wie?", headings="type | name | label", choices=())

    form = read_form(data, "form.md")

    assert form.languages == ("de",)
    assert form.question("a").label == {"de": "Wie?"}


def test_old_spellings_of_columns_and_types_are_understood() -> None:
    data = markdown(
        "select one from yes_no | a | A | yes",
        "begin group | g | G | ",
        "string | b | B | ",
        "end group | | | ",
        "select all that apply from yes_no | c | C | ",
        headings="command | tag | caption | read_only",
        choices=("yes_no | yes | Ja", "yes_no | no | Nein"),
        choice_headings="list name | value | caption",
    )

    form = read_form(data, "form.md")

    assert [question.type for question in form.questions()] == ["select_one", "text", "select_multiple"]
    assert form.question("a").readonly == "true()"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("integr | a | A | A", "unknown_type"),
        ("integer big | a | A | A", "unknown_type"),
        ("select_one | a | A | A", "missing_list"),
        ("select_one yes_not | a | A | A", "unknown_list"),
        ("select_one yes_no or_other | a | A | A", "not_supported"),
        ("select_one yes_no random | a | A | A", "unknown_type"),
        ("geopoint | a | A | A", "not_supported"),
        ("image | a | A | A", "not_supported"),
        ("barcode | a | A | A", "not_supported"),
        ("select_one_from_file f.csv | a | A | A", "not_supported"),
        ("integer | 1a | A | A", "bad_name"),
        ("integer | a.b | A | A", "bad_name"),
        ("integer | meta | A | A", "bad_name"),
        ("integer | | A | A", "missing_cell"),
        (" | a | A | A", "missing_cell"),
        ("calculate | a | |", "missing_cell"),
        ("integer | a | | A", "missing_translation"),
        ("integer | a | A |", "missing_translation"),
        ("integer | a | A ${b} | A", "unknown_question"),
        ("end_group | | |", "no_open_group"),
        ("begin_group | g | G | G", "open_group"),
    ],
)
def test_a_faulty_row_has_exactly_this_fault(row: str, code: str) -> None:
    found = form_faults(markdown("integer | z | Z | Z", row))

    assert [(fault.code, fault.path.split(":")[1]) for fault in found] == [(code, "4")]


def test_a_repeat_is_named_once_and_its_end_is_not_held_against_it() -> None:
    data = markdown("begin_repeat | r | R | R", "integer | a | A | A", "end_repeat | | |")

    assert form_codes(data) == ["not_supported"]


def test_an_end_of_the_wrong_kind_is_a_fault() -> None:
    assert form_codes(markdown("begin_group | g | G | G", ONE, "end_repeat | | |")) == ["wrong_end"]


def test_names_are_unique_across_groups_and_questions() -> None:
    data = markdown(ONE, "begin_group | a | G | G", "integer | b | B | B", "end_group | | |", "integer | b | B | B")

    assert form_codes(data) == ["duplicate_name", "duplicate_name"]


def test_groups_nested_too_deeply_are_a_fault() -> None:
    rows = [f"begin_group | g{i} | G | G" for i in range(12)] + [ONE] + ["end_group | | |"] * 12

    assert set(form_codes(markdown(*rows))) == {"too_deep"}


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


@pytest.mark.parametrize(
    ("extra", "cell", "codes"),
    [
        ("appearance", "field-list w2 columns-3", []),
        ("appearance", "feild-list", ["unknown_appearance"]),
        ("parameters", "start=0 end=10 step=1", ["bad_parameters"]),
        ("parameters", "nonsense", ["bad_parameters"]),
        ("constraint_message::de", "Nein", ["missing_translation", "useless_cell"]),
        ("choice_filter", "true()", ["useless_cell"]),
        ("default", "x", ["bad_default"]),
        ("default", "3", []),
        ("default", "today() + 1", []),
    ],
)
def test_cells_of_an_integer_question_are_checked(extra: str, cell: str, codes: list[str]) -> None:
    found = form_codes(one(f"integer | a | A | A | {cell}", extra=extra))

    assert sorted(set(found)) == codes


@pytest.mark.parametrize(
    ("parameters", "codes"),
    [
        ("start=0 end=10", []),
        ("start=0; end=10, step=2", []),
        ("start=0", ["bad_parameters"]),
        ("start=10 end=0", ["bad_parameters"]),
        ("start=0 end=10 step=0", ["bad_parameters"]),
        ("start=a end=b", ["bad_parameters"]),
        ("start=0 end=10 stop=3", ["bad_parameters"]),
        ("", ["bad_parameters"]),
    ],
)
def test_a_range_names_its_ends(parameters: str, codes: list[str]) -> None:
    assert form_codes(one(f"range | a | A | A | {parameters}", extra="parameters")) == codes


@pytest.mark.parametrize(
    ("row", "extra", "notice"),
    [
        ("start | s | | |", "_x", "ignored_type"),
        ("text | b | B | B | draw", "appearance", "ignored_appearance"),
        ("text | b | B | B | rows=3", "parameters", "ignored_parameter"),
        ("text | b | B | B | more", "guidance_hint", "ignored_column"),
        ("text | b | B | B | x", "bind::odk:thing", "ignored_column"),
    ],
)
def test_what_is_left_out_is_said(row: str, extra: str, notice: str) -> None:
    data = markdown("select_one yes_no | a | A | A |", row, headings=f"{HEADINGS} | {extra}")

    assert form_notices(data) == [notice]


def test_a_list_nobody_uses_is_a_notice() -> None:
    assert form_notices(markdown(ONE)) == ["unused_list"]


@pytest.mark.parametrize("name", ["form.xls", "form.xlsm", "form.docx", "form"])
def test_other_file_kinds_are_refused(name: str) -> None:
    assert form_codes(b"x", name) == ["wrong_format"]


def test_a_file_without_a_survey_is_refused() -> None:
    assert form_codes(b"# Only prose\n") == ["no_survey"]
    assert form_codes(b"| survey |\n| | type | name |\n") == ["no_survey"]


def test_invalid_carries_every_fault_in_file_order() -> None:
    data = markdown("integr | a | A | A", "integer | 1 | B | B", "select_one x | c | C |")

    with pytest.raises(Invalid) as caught:
        read_form(data, "form.md")

    assert [fault.code for fault in caught.value.faults] == [
        "unknown_type", "bad_name", "missing_translation", "unknown_list",
    ]  # fmt: skip


def test_the_same_table_as_csv_gives_the_same_form() -> None:
    text = "survey\n,type,name,label::Deutsch (de)\n,integer,a,A\nsettings\n,form_title,form_id,version\n,T,t,1\n"

    form, report = load_form(text.encode(), "form.csv")

    assert report.faults == set()
    assert form is not None
    assert form.question("a").label == {"de": "A"}
