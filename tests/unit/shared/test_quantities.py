"""Units behind numbers."""

from __future__ import annotations

import pytest

from shared.quantities import exact, quantity


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "german", "english"),
    [
        (38.095, "%", 0, "38 %", "38%"),
        (1.19, "index", 0, "1 Punkt", "1 point"),
        (-1.0, "index", 0, "−1 Punkt", "−1 point"),
        (1.0, "days", None, "1 Tag", "1 day"),
        (30.0, "months", 0, "30 Monate", "30 months"),
        (2.0, "0–3", 0, "2 von 3", "2 of 3"),
        (1234.5, "EUR", None, "1.234,5 Euro", "1,234.5 euros"),
        (78.1, "ratio", 1, "78,1", "78.1"),
        (3.0, "Portionen", None, "3 Portionen", "3 Portionen"),
    ],
)
def test_a_number_stands_with_its_unit(
    value: float, unit: str, decimals: int | None, german: str, english: str
) -> None:
    assert quantity(value, unit, "de", decimals) == german
    assert quantity(value, unit, "en", decimals) == english


@pytest.mark.parametrize(
    ("value", "german"),
    [(12.125, "12,125"), (12.0, "12"), (7, "7"), (1234.5, "1.234,5"), (-0.001, "−0,001"), (1e-7, "0,0000001")],
)
def test_an_answer_is_shown_with_all_its_decimals(value: float, german: str) -> None:
    assert exact(value, "de") == german
