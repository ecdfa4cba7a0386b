"""Silences cover what they name, while they last."""

from __future__ import annotations

from typing import Any

import pytest

from services.notify.domain import silence as silences

ALERT = {"_id": "e1", "programme": "p", "site": "s", "flag": "F-A"}
NOON = "2026-03-02T12:00:00.000Z"


def silence(**more: Any) -> dict[str, Any]:
    times = {"starts_at": "2026-03-02T08:00:00.000Z", "ends_at": "2026-03-03T08:00:00.000Z", "ended_at": None}
    return {"programme": "p", "site": None, "flag": None, "episode": None, **times, **more}


@pytest.mark.parametrize(
    ("what", "covered"),
    [
        ({"site": "s"}, True),
        ({"flag": "F-A"}, True),
        ({"episode": "e1"}, True),
        ({"site": "s", "flag": "F-A", "episode": "e1"}, True),
        ({"site": "other"}, False),
        ({"site": "s", "flag": "F-B"}, False),
        ({"episode": "e2"}, False),
        ({"programme": "q", "site": "s"}, False),
    ],
)
def test_all_named_parts_must_match(what: dict[str, Any], covered: bool) -> None:
    assert (silences.covering([silence(**what)], ALERT, NOON) is not None) is covered


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-03-02T07:59:59.999Z", "pending"),
        ("2026-03-02T08:00:00.000Z", "active"),
        ("2026-03-03T07:59:59.999Z", "active"),
        ("2026-03-03T08:00:00.000Z", "expired"),
    ],
)
def test_it_holds_from_its_start_until_before_its_end(now: str, state: str) -> None:
    assert silences.state(silence(site="s"), now) == state


def test_an_ended_silence_covers_nothing() -> None:
    assert silences.state(silence(ended_at=NOON), NOON) == "expired"
    assert silences.covering([silence(site="s", ended_at=NOON)], ALERT, NOON) is None


def test_the_longest_of_several_counts() -> None:
    long = silence(site="s", ends_at="2026-04-01T00:00:00.000Z")

    assert silences.covering([silence(site="s"), long, silence(flag="F-A")], ALERT, NOON) is long
