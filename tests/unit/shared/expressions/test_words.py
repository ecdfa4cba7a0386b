"""Rules in words, in both languages."""

from __future__ import annotations

import pytest

from shared.expressions import Name, in_words, measured, parse
from shared.expressions.phrases import ANY, PHRASES
from shared.expressions.structure import INDICATOR_FUNCTIONS


@pytest.mark.parametrize(
    ("source", "indicator"),
    [
        ("H15", "H15"),
        ("change(H15)", "H15"),
        ("prev(baseline(H15))", "H15"),
        ("trend(H15, 3)", None),
        ("H15 + 1", None),
        ("count()", None),
    ],
)
def test_what_looks_at_an_indicator_in_another_wave_keeps_its_unit(source: str, indicator: str | None) -> None:
    assert measured(parse(source)) == (Name(indicator) if indicator else None)


LABELS = {
    "H15": "Überfällige Nachweise",
    "ACC": "Zugang",
    "notice": "Bescheid",
    "notice=none": "keiner",
    "notice=2": "bald",
    "end": "Förderende",
}


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        (
            "H15 > 15.5 and ${n} >= 2",
            "Überfällige Nachweise > 15,5 und n ≥ 2",
            "Überfällige Nachweise > 15.5 and n ≥ 2",
        ),
        ("H15 != -3 or a", "Überfällige Nachweise ≠ −3 oder a", "Überfällige Nachweise ≠ −3 or a"),
        ("(a or b) and c", "(a oder b) und c", "(a or b) and c"),
        ("a - (b - c) * 2", "a − (b − c) × 2", "a − (b − c) × 2"),
        ("a - b - c", "a − b − c", "a − b − c"),
        ("a div (b mod 2)", "a / (b modulo 2)", "a / (b modulo 2)"),
        ("prev(H15) > 1", "Vorwert von Überfällige Nachweise > 1", "previous value of Überfällige Nachweise > 1"),
        ("not(is_missing(a))", "nicht (a fehlt)", "not (a is missing)"),
        ("${notice} = 'none'", "„Bescheid“ = „keiner“", "“Bescheid” = “keiner”"),
        ("'other' = ${notice}", "„other“ = „Bescheid“", "“other” = “Bescheid”"),
        ("selected(${notice}, 'none')", "„Bescheid“ enthält „keiner“", "“Bescheid” includes “keiner”"),
        (
            "not(selected(${notice}, 'none'))",
            "„Bescheid“ enthält nicht „keiner“",
            "“Bescheid” does not include “keiner”",
        ),
        (
            "${notice} = 2 or ${notice} >= 7",
            "„Bescheid“ = „bald“ oder „Bescheid“ ≥ 7",
            "“Bescheid” = “bald” or “Bescheid” ≥ 7",
        ),
        ("a + coalesce(prev(b), 0) >= 2", "a + Vorwert von b (sonst 0) ≥ 2", "a + previous value of b (else 0) ≥ 2"),
        (
            "selected(latest(${notice}), 'none')",
            "letzter Wert von „Bescheid“ enthält „keiner“",
            "latest value of “Bescheid” includes “keiner”",
        ),
        ("months_until(site('end')) <= 6", "Monate bis Förderende ≤ 6", "months until Förderende ≤ 6"),
        (
            "streak(a < 5) >= 2",
            "(Zahl der Erhebungen in Folge mit a < 5) ≥ 2",
            "(number of rounds in a row with a < 5) ≥ 2",
        ),
        (
            "mean(score('ACC'), ${g} = 1) < 3",
            "(Mittelwert von Zugang, wo g = 1) < 3",
            "(mean of Zugang, where g = 1) < 3",
        ),
        ("pct(${a} or ${b})", "Anteil mit (a oder b)", "share with (a or b)"),
        ("max(a, b + 1)", "größter Wert aus (a; b + 1)", "largest of (a; b + 1)"),
        ("-(a + b)", "−(a + b)", "−(a + b)"),
        ("regex(., 'x')", "regex(Antwort; „x“)", "regex(answer; “x”)"),
    ],
)
def test_a_rule_is_said_in_words(text: str, german: str, english: str) -> None:
    assert in_words(parse(text), LABELS, "de") == german
    assert in_words(parse(text), LABELS, "en") == english


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("H15 > 15.5", "Überfällige Nachweise > 15,5 %", "Überfällige Nachweise > 15.5%"),
        ("prev(H15) - H15 >= 5", "Vorwert von Überfällige Nachweise − Überfällige Nachweise ≥ 5 %", ""),
        ("1 < wait", "1 Tag < wait", "1 day < wait"),
        ("H15 * 2 > 3", "Überfällige Nachweise × 2 > 3", "Überfällige Nachweise × 2 > 3"),
    ],
)
def test_a_number_compared_with_an_indicator_gets_its_unit(text: str, german: str, english: str) -> None:
    units = {"H15": "%", "wait": "days"}

    assert in_words(parse(text), LABELS, "de", units) == german
    assert english in ("", in_words(parse(text), LABELS, "en", units))


@pytest.mark.parametrize("name", sorted(set(INDICATOR_FUNCTIONS) - {"int", "sqrt", "pow"}))
def test_every_indicator_function_has_a_phrase_for_every_number_of_arguments(name: str) -> None:
    function = INDICATOR_FUNCTIONS[name]
    counts = {function.least, function.most if function.most is not None else function.least + 5}

    for count in counts:
        assert (name, count) in PHRASES or (name, ANY) in PHRASES
