"""Indicators, flags and measures against the whole programme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.programme.loader import read_programme
from tests.support.programmes import ProgrammeFolder

VALUE = "value: 100 * ${proofs_overdue} div ${proofs_due}"


@pytest.fixture
def folder(tmp_path: Path) -> ProgrammeFolder:
    return ProgrammeFolder(tmp_path)


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ("100 * (${proofs_due}", ["syntax"]),
        ("${proofs_duu}", ["unknown_question"]),
        ("K99 + 1", ["unknown_indicator"]),
        ("K01 + 1", ["cycle"]),
        ("foo(1)", ["unknown_function"]),
        ("mean(score('ACC'))", ["unknown_scale"]),
        ("if(site('nowhere') = 'x', 1, 2)", ["unknown_site_feature"]),
        ("if(wave('nowhere') = 'x', 1, 2)", ["unknown_wave_feature"]),
        ("days_overdue('nowhere')", ["unknown_form"]),
        ("${proofs_due} > 1", ["not_a_number"]),
        ("count(${help_wanted} = 'maybe')", ["unknown_choice"]),
        ("if(site('area_type') = 'city' and wave('half') = 'H1', ${proofs_due}, 0)", []),
    ],
)
def test_an_indicators_value_is_checked(folder: ProgrammeFolder, value: str, codes: list[str]) -> None:
    folder.change("indicators.yaml", VALUE, f'value: "{value}"')

    assert folder.codes() == codes


@pytest.mark.parametrize(
    ("type_", "code"), [("intger", "unknown_type"), ("select_one", "missing_list"), ("geotrace", "not_supported")]
)
def test_a_question_of_unreadable_type_is_one_fault(folder: ProgrammeFolder, type_: str, code: str) -> None:
    form = "forms/small_report.md"
    folder.change(form, "integer | proofs_due", f"{type_} | proofs_due")
    folder.change(form, "| | end_group", "| | calculate | twice | | | | | | | | | | ${proofs_due} * 2 |\n| | end_group")
    folder.change(form, "constraint_message::English (en) |", "constraint_message::English (en) | calculation |")
    folder.change("indicators.yaml", VALUE, "value: ${twice} + ${proofs_due}")

    assert folder.codes() == [code]


def test_a_scales_item_of_unreadable_type_is_one_fault(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path, "survey")

    folder.change("forms/group_survey.md", "select_one agree5 | help_1", "selct_won agree5 | help_1")

    assert folder.codes() == ["unknown_type"]


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("indicators.yaml", "good: down", "good: sideways", "unknown_word"),
        ("indicators.yaml", "criterion: efficiency", "criterion: beauty", "unknown_word"),
        ("indicators.yaml", "decimals: 1", "decimals: many", "not_a_number"),
        ("indicators.yaml", "target: {max: 10}", "target: {max: ten}", "not_a_number"),
        ("indicators.yaml", "target: {max: 10}", "target: {min: 20, max: 10}", "bad_range"),
        ("indicators.yaml", "target: {max: 10}", "target: {}", "bad_target"),
        ("indicators.yaml", "target: {max: 10}", "target: {peers: median, max: 1}", "bad_target"),
        ("indicators.yaml", "target: {max: 10}", "target: {peers: mean}", "unknown_word"),
        ("indicators.yaml", "decimals: 1", "valid_when: ${proofs_due}", "not_a_condition"),
        ("indicators.yaml", "decimals: 1", "valid_when: ${proofs_due} >", "syntax"),
        ("indicators.yaml", "decimals: 1", "hidden_from: [nobody]", "unknown_role"),
        ("flags.yaml", "kind: threshold", "kind: sudden", "unknown_word"),
        ("flags.yaml", "warn: K01 > 15", "warn: K01", "not_a_condition"),
        ("flags.yaml", "warn: K01 > 15", "warn: K01 + 2", "not_a_condition"),
        ("flags.yaml", "warn: K01 > 15", "warning: K01 > 15", "unknown_key"),
        ("flags.yaml", "clear: K01 <= 10", "clear: K01 <= 20", "clear_meets_raise"),
        ("flags.yaml", "clear: K01 <= 10", "hidden_from: [nobody]", "unknown_role"),
        ("flags.yaml", "clear: K01 <= 10", "audience: everybody", "unknown_word"),
        ("flags.yaml", "clear: K01 <= 10", "overdue: {warn: 10}", "bad_duration"),
        ("flags.yaml", "clear: K01 <= 10", "overdue: {warn: 20d, critical: 10d}", "bad_order"),
        ("flags.yaml", "clear: K01 <= 10", "overdue: {form: small_report}", "missing_key"),
        ("flags.yaml", "clear: K01 <= 10", "overdue: {form: other, warn: 10d}", "form_differs"),
        ("flags.yaml", "clear: K01 <= 10", "min_sites: 9", "min_sites_too_large"),
        ("flags.yaml", "clear: K01 <= 10", "raise_after: 0", "not_a_number"),
        ("flags.yaml", "id: F-K01", "id: F K01", "bad_name"),
        ("flags.yaml", "form: small_report", "form: large_report", "unknown_form"),
        ("support.yaml", "topics: [accounting]", "topics: [cooking]", "unknown_topic"),
        ("support.yaml", "topics: [accounting]", "topics: [accounting, accounting]", "duplicate"),
        ("support.yaml", "id: M1", "id: M 1", "bad_name"),
    ],
)
def test_one_wrong_value_gives_exactly_one_fault(
    folder: ProgrammeFolder, file: str, old: str, new: str, code: str
) -> None:
    folder.change(file, old, new)

    found = [fault for fault in folder.faults() if fault.code != "unknown_measure"]

    assert [(fault.path.split(":")[0], fault.code) for fault in found] == [(file, code)]


def test_an_indicator_needs_a_usable_id(folder: ProgrammeFolder) -> None:
    folder.change("indicators.yaml", "id: K01", "id: K 01")

    assert "bad_name" in folder.codes()


def test_a_flag_needs_something_that_raises_it(folder: ProgrammeFolder) -> None:
    text = "raise:\n      warn: K01 > 15\n      critical: K01 > 30\n    clear: K01 <= 10"
    folder.change("flags.yaml", text, "raise_after: 1")

    assert folder.codes() == ["missing_key"]


def test_free_text_cannot_be_counted(folder: ProgrammeFolder) -> None:
    folder.change("forms/small_report.md", "| | integer | proofs_due |", "| | text | proofs_due |")

    assert set(folder.codes()) == {"free_text"}


def test_what_is_calculated_from_hidden_or_free_text_cannot_be_counted(folder: ProgrammeFolder) -> None:
    form = folder.path / "forms/small_report.md"
    text = form.read_text(encoding="utf-8").replace("| survey | |", "| survey | | |")
    text = text.replace("| type | name |", "| type | name | calculation |")
    text = re.sub(r"^(\| \| (?:integer|select_one|begin)[^|]*\|[^|]*\|)", r"\1 |", text, flags=re.MULTILINE)
    rows = (
        "hidden | h | ",
        "calculate | c1 | ${h}",
        "calculate | c2 | ${c1} + 1",
        "calculate | c3 | ${proofs_due} + 1",
    )
    form.write_text(text.replace("| | end_group |", "".join(f"| | {row} |\n" for row in rows) + "| | end_group |"))
    folder.change("indicators.yaml", "value: 100 *", "value: ${c1} + ${c2} + ${c3} + 100 *")

    assert [(fault.code, fault.message.split('"')[1]) for fault in folder.faults()] == [
        ("free_text", "c1"),
        ("free_text", "c2"),
    ]


def test_comparing_sites_needs_peers(folder: ProgrammeFolder) -> None:
    folder.change("programme.yaml", "peers: {enabled: true, min: 5}", "peers: {enabled: false}")
    folder.change("flags.yaml", "warn: K01 > 15", "warn: peer_z(K01) > 2")
    folder.change("indicators.yaml", "target: {max: 10}", "target: {peers: median}")

    assert folder.codes() == ["peers_off", "peers_off"]


def test_two_of_the_same_id_are_named(folder: ProgrammeFolder) -> None:
    for file, head in (("flags.yaml", "flags:\n"), ("support.yaml", "measures:\n")):
        path = folder.path / file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.rstrip() + "\n" + text.split(head)[1], encoding="utf-8")

    assert folder.codes() == ["duplicate_id", "duplicate_id"]


def test_a_flag_takes_the_only_form_there_is(folder: ProgrammeFolder) -> None:
    folder.change("flags.yaml", "    form: small_report\n", "")

    assert read_programme(folder.path).flag("F-K01").form == "small_report"


def test_with_several_forms_a_flag_must_say_which(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path, "survey")
    folder.change("flags.yaml", "    form: group_survey\n    kind: threshold\n", "")

    assert folder.codes() == ["missing_key"]


def test_defaults_of_flags_come_from_the_programme(folder: ProgrammeFolder) -> None:
    folder.change(
        "programme.yaml", "flag_defaults: {raise_after: 1, clear_after: 1}", "flag_defaults: {clear_after: 2}"
    )

    flag = read_programme(folder.path).flag("F-K01")

    assert (flag.raise_after, flag.clear_after) == (1, 2)


def test_an_overdue_flag_keeps_its_days(folder: ProgrammeFolder) -> None:
    folder.change("flags.yaml", "clear: K01 <= 10", "overdue: {warn: 10d, critical: 21 d}")

    assert read_programme(folder.path).flag("F-K01").overdue == {"warn": 10, "critical": 21}
