"""Numbers, days and messages in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.quantities import number
from shared.web.language import day, message, pick

CATALOGUES = sorted(Path(__file__).parents[4].glob("*/**/i18n/de.json"))


@pytest.mark.parametrize(
    ("value", "decimals", "de", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (12.0, None, "12", "12"),
        (-3.25, None, "−3,25", "−3.25"),
    ],
)
def test_numbers_follow_the_language(value: float, decimals: int | None, de: str, en: str) -> None:
    assert (number(value, "de", decimals), number(value, "en", decimals)) == (de, en)


def test_days_and_instants_are_written_for_people() -> None:
    assert day("2026-01-31", "de") == "31.01.2026"
    assert day("2026-01-31", "en") == "31 Jan 2026"
    assert day("2026-07-31T22:30:00.000Z", "de", time=True) == "01.08.2026, 00:30 Uhr"


def test_a_text_falls_back_to_another_language() -> None:
    assert pick({"de": "Ja"}, "en") == "Ja"
    assert pick({}, "en") == ""


def test_a_message_takes_its_parameters_from_the_call() -> None:
    assert message(("shared.web",), "en", "severity.warn") == "warning"


@pytest.mark.parametrize("german", CATALOGUES, ids=lambda path: path.parts[-4])
def test_both_languages_have_the_same_messages(german: Path) -> None:
    de = json.loads(german.read_text(encoding="utf-8"))
    en = json.loads(german.with_name("en.json").read_text(encoding="utf-8"))

    assert set(de) == set(en)
    for key, text in de.items():
        assert _parameters(text) == _parameters(en[key]), key


def _parameters(text: str) -> set[str]:
    import string

    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
