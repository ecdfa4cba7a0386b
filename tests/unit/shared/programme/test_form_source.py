"""Forms as tables: structure, names, types, lists, texts, settings; every fault at once."""

from __future__ import annotations

import pytest

from shared.errors import Invalid
from shared.programme.loader import load_form, read_form
from shared.programme.model import Group, Question
from tests.support.programmes import HEADINGS, form_codes, form_faults, form_notices, markdown

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
        ("rank yes_no or_other | a | A | A", "unknown_type"),
        ("select_one yes_no random | a | A | A", "unknown_type"),
        ("geotrace | a | A | A", "not_supported"),
        ("image | a | A | A", "not_supported"),
        ("select_one_from_file f.csv | a | A | A", "missing_file"),
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


REPEATS = f"{HEADINGS} | repeat_count | calculation"
NESTED = (
    "integer | n | N | N | | ",
    "begin_repeat | r | R | R | ${n} | ",
    "integer | a | A | A | | ",
    "begin_repeat | s | S | S | | ",
    "text | b | B | B | | ",
    "end_repeat | | | | | ",
    "end_repeat | | | | | ",
)


def test_repeats_hold_questions_and_nest() -> None:
    form = read_form(markdown(*NESTED, "calculate | c | | | | sum(${a}) + count(${s})", headings=REPEATS), "form.md")

    assert form.repeats() == {"r": (), "a": ("r",), "s": ("r",), "b": ("r", "s")}
    assert [item.count for item in form.items if isinstance(item, Group)] == ["${n}"]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (
            ("begin_repeat | r | R | R | ${a} | ", "integer | a | A | A | | ", "end_repeat | | | | | "),
            ["self_reference"],
        ),
        (
            ("begin_repeat | r | R | R | ${zz} | ", "integer | a | A | A | | ", "end_repeat | | | | | "),
            ["unknown_question"],
        ),
        (("begin_group | r | R | R | 2 | ", "integer | a | A | A | | ", "end_group | | | | | "), ["useless_cell"]),
        (("begin_repeat | r | R | R | 1 + | ", "integer | a | A | A | | ", "end_repeat | | | | | "), ["syntax"]),
    ],
)
def test_what_a_repeat_gets_wrong_is_named(rows: tuple[str, ...], codes: list[str]) -> None:
    assert form_codes(markdown(*rows, headings=REPEATS)) == codes


def test_or_other_is_written_out_and_leaves_shared_lists_alone() -> None:
    form = read_form(markdown("select_one yes_no or_other | a | A | A", "select_one yes_no | b | B | B"), "form.md")

    a, other, b = form.questions()
    assert [choice.name for choice in form.choices[a.list_name or ""]] == ["yes", "no", "other"]
    assert [choice.name for choice in form.choices[b.list_name or ""]] == ["yes", "no"]
    assert (other.name, other.type, other.relevant) == ("a_other", "text", "selected(${a}, 'other')")
    assert set(other.label) == {"de", "en"}


@pytest.mark.parametrize(
    ("rows", "choices", "code"),
    [
        (("select_one l or_other | a | A | A",), ("l | yes | Ja | Yes", "l | other | X | X"), "duplicate_choice"),
        (("select_one l or_other | a | A | A", "text | a_other | B | B"), ("l | yes | Ja | Yes",), "duplicate_name"),
    ],
)
def test_or_other_needs_its_names_free(rows: tuple[str, ...], choices: tuple[str, ...], code: str) -> None:
    assert form_codes(markdown(*rows, choices=choices)) == [code]


def test_an_end_of_the_wrong_kind_is_a_fault() -> None:
    assert form_codes(markdown("begin_group | g | G | G", ONE, "end_repeat | | |")) == ["wrong_end"]


def test_names_are_unique_across_groups_and_questions() -> None:
    data = markdown(ONE, "begin_group | a | G | G", "integer | b | B | B", "end_group | | |", "integer | b | B | B")

    assert form_codes(data) == ["duplicate_name", "duplicate_name"]


def test_groups_nested_too_deeply_are_a_fault() -> None:
    rows = [f"begin_group | g{i} | G | G" for i in range(12)] + [ONE] + ["end_group | | |"] * 12

    assert set(form_codes(markdown(*rows))) == {"too_deep"}


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
