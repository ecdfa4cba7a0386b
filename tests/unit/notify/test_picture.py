"""The trend of a value as a row of bars."""

from __future__ import annotations

from typing import Any

import pytest

from services.notify.adapters.wording import picture


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([0, 20, 40], "▁▅█"),
        ([5.0, None, 40.0], "▂·█"),
        ([-10, 0, 10], "▁▅█"),
        ([3, 3], "██"),
        ([0, 0], "▁▁"),
        ([None, 7], ""),
        (["own", "both"], ""),
        ([], ""),
    ],
)
def test_numbers_become_bars_from_zero_up(values: list[Any], bars: str) -> None:
    assert picture(values) == bars
