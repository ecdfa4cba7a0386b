"""An alert follows its events: newest wins, severity peaks, acknowledgements end when they must."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from services.notify.domain import alert as alerts
from tests.support.notify import flag_data

T0 = "2026-03-02T09:00:00.000Z"


def event(seq: int, state: str = "raised", **more: Any) -> dict[str, Any]:
    return flag_data("F-A", state, episode="e1", at=f"2026-03-02T09:00:0{seq}.000Z", seq=seq, **more)


def after(*events: dict[str, Any], restated: tuple[int, ...] = ()) -> dict[str, Any]:
    stored: dict[str, Any] | None = None
    for data in events:
        stored = alerts.applied(stored, data, data["transition_seq"] in restated) or stored
    assert stored is not None
    return stored


def test_every_order_and_repetition_of_events_leads_to_the_same_state() -> None:
    events = [event(1, severity="warn"), event(2), event(3, severity="warn"), event(4, "cleared"), event(5)]

    states = []
    for order in itertools.permutations([*events, events[3]]):
        found = after(*order, restated=(3, 5))
        if found not in states:
            states.append(found)

    (found,) = states
    assert (found["state"], found["seq"], found["peak"], found["silent"]) == ("raised", 5, "critical", True)


def test_a_fall_keeps_the_peak_and_a_rise_moves_it() -> None:
    fallen = after(event(1), event(2, severity="warn"))
    risen = after(event(1, severity="warn"), event(2))

    assert (fallen["severity"], fallen["peak"]) == ("warn", "critical")
    assert (risen["severity"], risen["peak"]) == ("critical", "critical")
    assert alerts.news_key(fallen) == alerts.news_key(after(event(1)))
    assert alerts.news_key(risen) != alerts.news_key(after(event(1, severity="warn")))


def test_an_acknowledgement_ends_with_a_rise_and_survives_everything_else() -> None:
    acked = {**after(event(1, severity="warn")), "ack": {"until": "2027-01-01T00:00:00.000Z"}}

    same = alerts.applied(acked, event(2, severity="warn", values=[]), False)
    risen = alerts.applied(acked, event(2), False)
    restated = alerts.applied(acked, event(2), True)

    assert same is not None
    assert risen is not None
    assert restated is not None
    assert alerts.state_in_words(same, T0) == "acknowledged"
    assert risen["ack"] is None
    assert restated["ack"] is not None
    assert alerts.state_in_words(acked, "2027-01-01T00:00:00.000Z") == "open"


@pytest.mark.parametrize(
    ("events", "restated", "silent"),
    [
        ((event(1),), (), False),
        ((event(1),), (1,), True),
        ((event(1), event(2)), (2,), False),
        ((event(1), event(2, "cleared")), (2,), True),
        ((event(1), event(2)), (1,), False),
        ((event(1), event(2, "cleared")), (1,), False),
    ],
)
def test_only_states_that_came_by_restatement_are_silent(
    events: tuple[dict[str, Any], ...], restated: tuple[int, ...], silent: bool
) -> None:
    assert after(*events, restated=restated)["silent"] is silent


def test_raised_and_cleared_instants_are_kept() -> None:
    found = after(event(1), event(3, "cleared"))

    assert found["raised_at"] == "2026-03-02T09:00:01.000Z"
    assert found["cleared_at"] == "2026-03-02T09:00:03.000Z"
    assert alerts.state_in_words(found, T0) == "resolved"


def test_optional_parts_may_be_missing() -> None:
    data = event(1)
    for name in ("counterfactual", "topic", "support", "hidden_from"):
        data[name] = None

    found = after(data)

    assert (found["support"], found["hidden_from"]) == ([], [])
