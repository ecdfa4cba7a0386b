from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.typed import read_default, typed_day, typed_number, written_number
from services.intake.domain.values import NUMERIC, Refused
from shared.programme.model import Question

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
BOTH = ("de", "en")


def refusal(typed: str, language: str) -> Refused:
    with pytest.raises(Refused) as caught:
        typed_number(typed, language)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.000,50", 1000.5),
        ("1,000.50", 1000.5),
        ("1.000.000", 1_000_000),
        ("1,000,000", 1_000_000),
        ("1.000.000,00", 1_000_000),
        ("2.5", 2.5),
        ("2,5", 2.5),
        ("0.125", 0.125),
        ("0,125", 0.125),
        ("1234.567", 1234.567),
        ("12.1250", 12.125),
        (",5", 0.5),
        ("12,", 12),
        ("1 000", 1000),
        (f"1{NBSP}000{NBSP}000", 1_000_000),
        (f"1{THIN}000,5", 1000.5),
        (f"1{NARROW}000.500", 1000.5),
        ("1'000", 1000),
        ("1’000.50", 1000.5),
        (" 12 ", 12),
        ("−3", -3),
        ("− 1 000,5", -1000.5),
        ("+7", 7),
        ("9007199254740993", 9007199254740993),
    ],
)
@pytest.mark.parametrize("language", BOTH)
def test_a_number_with_one_reading_is_read_alike_in_both_languages(typed: str, number: float, language: str) -> None:
    assert typed_number(typed, language) == number


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [("100.000", "de", 100_000), ("100,000", "en", 100_000), ("−1.234", "de", -1234), ("1,234", "en", 1234)],
)
def test_one_mark_before_three_digits_groups_where_the_language_groups_so(
    typed: str, language: str, number: int
) -> None:
    assert typed_number(typed, language) == number


@pytest.mark.parametrize(
    ("typed", "language", "readings"),
    [
        ("100.000", "en", ("100000", "100")),
        ("100,000", "de", ("100000", "100")),
        ("12.125", "en", ("12125", "12.1250")),
        ("12,125", "de", ("12125", "12,1250")),
        ("−1.500", "en", ("-1500", "-1.5")),
    ],
)
def test_what_could_mean_two_numbers_is_refused_and_says_how_to_write_either(
    typed: str, language: str, readings: tuple[str, str]
) -> None:
    refused = refusal(typed, language)

    message = refused.at("budget", language).message
    assert refused.code == "two_readings"
    assert f" {readings[0]} " in message
    assert readings[1] in message
    ratio = typed_number(readings[0], language) / typed_number(readings[1], language)
    assert ratio == 1000


@pytest.mark.parametrize("typed", ["1200 €", "€ 1200", "12 %", "5 Stunden", "1,5 Mio.", "ca. 10", "1e5", "0x10", "1/2"])
@pytest.mark.parametrize("language", BOTH)
def test_units_and_words_are_refused_with_an_example(typed: str, language: str) -> None:
    refused = refusal(typed, language)

    assert refused.code == "only_number"
    assert "1250" in refused.at("budget", language).message


@pytest.mark.parametrize(
    "typed",
    ["ten", "1,2,3", "1.2.3", "1.000.50", "1,00,000", "1 2 3", "10 5", "1.000 000", "--1", "5-", "10-20", "١٢", "inf"],
)
@pytest.mark.parametrize("language", BOTH)
def test_what_is_no_number_is_refused(typed: str, language: str) -> None:
    assert refusal(typed, language).code == "not_a_number"


@given(st.integers(-(10**12), 10**12) | st.floats(-1e12, 1e12) | st.integers(-(10**6), 10**6).map(lambda n: n / 1000))
@pytest.mark.parametrize("language", BOTH)
def test_what_is_written_into_a_field_reads_as_the_same_number(language: str, value: float) -> None:
    assert typed_number(written_number(value, language), language) == value


@given(st.text(alphabet="0123456789., '-+−€x\u00a0", max_size=14))
def test_no_text_is_a_different_number_in_the_other_language(typed: str) -> None:
    found = []
    for language in BOTH:
        try:
            found.append(typed_number(typed, language))
        except Refused:
            continue

    assert len(set(found)) <= 1


@pytest.mark.parametrize(
    ("kind", "default", "kept"),
    [
        ("decimal", "12.125", 12.125),
        ("integer", "3", 3),
        ("integer", 3, 3),
        ("select_multiple", "a b", ["a", "b"]),
        ("rank", "b a", ["b", "a"]),
        ("date", "2026-01-31", "2026-01-31"),
        ("text", 5, "5"),
    ],
)
def test_a_default_is_read_the_way_forms_are_written(kind: str, default: str | int, kept: object) -> None:
    question = Question("q", kind, {}, list_name="ab")  # type: ignore[arg-type]

    assert read_default(question, frozenset("ab"), default) == kept


@pytest.mark.parametrize("kind", sorted(NUMERIC))
def test_a_default_that_is_no_number_is_refused(kind: str) -> None:
    with pytest.raises(Refused):
        read_default(Question("q", kind, {}), frozenset(), "many")  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["31.1.2026", "31/01/2026", "2026-01-31", "31. 1. 2026"])
def test_typed_days_are_read_the_way_people_write_them(typed: str) -> None:
    assert typed_day(typed, "de") == "2026-01-31"
