"""Rules written once for every choice of a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.programme.loader import read_programme
from tests.support.programmes import ProgrammeFolder


@pytest.fixture
def folder(tmp_path: Path) -> ProgrammeFolder:
    return ProgrammeFolder(tmp_path, "survey")


def test_one_indicator_and_one_flag_per_choice_without_none(folder: ProgrammeFolder) -> None:
    programme = read_programme(folder.path)

    ids = [indicator.id for indicator in programme.indicators]
    assert ids == ["R01", "G01", "G02", "G03_grants", "G03_rooms"]
    assert [flag.id for flag in programme.flags] == ["F-R01", "F-G01", "F-G02_grants", "F-G02_rooms", "F-G03"]


def test_the_choice_is_filled_in_everywhere(folder: ProgrammeFolder) -> None:
    programme = read_programme(folder.path)

    indicator, flag = programme.indicator("G03_rooms"), programme.flag("F-G02_rooms")
    assert indicator.value == "share(selected(${needs_open}, 'rooms'))"
    assert indicator.label == {"de": "Ungedeckter Bedarf: Räume", "en": "Unmet need: Rooms"}
    assert flag.raise_ == {"warn": "G03_rooms > 35 and not(selected(latest(${advice_topics}), 'rooms'))"}
    assert (flag.clear, flag.topic) == ("G03_rooms <= 30", "rooms")


def test_a_mark_in_id_or_label_says_where_the_choice_goes(folder: ProgrammeFolder) -> None:
    folder.change("indicators.yaml", "id: G03", "id: N_{each}_x")
    folder.change("indicators.yaml", "{de: Ungedeckter Bedarf,", '{de: "Bedarf an {each} offen",')
    folder.change("flags.yaml", "G03_{each} > 35", "N_{each}_x > 35").change("flags.yaml", "G03_{each}", "N_{each}_x")

    indicator = read_programme(folder.path).indicator("N_rooms_x")

    assert indicator.label["de"] == "Bedarf an Räume offen"


def test_a_fault_in_a_repeated_rule_is_named_once_per_distinct_message(folder: ProgrammeFolder) -> None:
    folder.change("indicators.yaml", "${needs_open}", "${needs_opem}")

    (fault,) = folder.faults()

    assert (fault.code, fault.path) == ("unknown_question", "indicators.yaml:36:27")


def test_the_list_must_exist_in_the_form(folder: ProgrammeFolder) -> None:
    folder.change("indicators.yaml", "each: topic", "each: topics")

    assert "unknown_list" in folder.codes()
