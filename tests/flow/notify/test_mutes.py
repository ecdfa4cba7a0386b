"""Silences and acknowledgements: what rests, until when, and what is said afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.notify.handlers.silencing import Wish
from shared.clock import to_text
from shared.errors import Invalid
from tests.support.notify import PROGRAMME, SITE, START, Timeline, World

DAY_S = 86_400


def silence(world: World, *, until_s: float, id_: str = "s1", **what: Any) -> None:
    what = what or {"site": SITE}
    wish = Wish(PROGRAMME, "known, being worked on", to_text(START + timedelta(seconds=until_s)), **what)
    world.notify.desk().silencing.add(id_, wish, by="cora")


def acknowledge(world: World, *episodes: str) -> None:
    account = world.notify.people.account("cora")
    assert account is not None
    world.notify.desk().acknowledging.acknowledge(list(episodes), account)


def test_the_silenced_part_is_missing_from_the_mail_and_back_when_the_silence_ends() -> None:
    timeline = Timeline()
    timeline.at(0, lambda: silence(timeline.world, until_s=5000, flag="F-B")).push(0, "F-A").push(0, "F-B")

    timeline.want(0, 0, ["F-A"]).want(5000, 5000, ["F-A", "F-B"]).check(DAY_S)


def test_a_silence_over_everything_at_the_first_look_ends_with_a_mail_at_once() -> None:
    """Not an interval later: the end of the silence is itself a reason to look."""
    timeline = Timeline(World(critical_interval_s=float(DAY_S)))
    timeline.at(0, lambda: silence(timeline.world, until_s=600)).push(10, "F-A")

    timeline.want(600, 600, ["F-A"]).check(3000)


def test_what_was_mailed_is_reported_as_still_open_when_its_silence_ends() -> None:
    timeline = Timeline()
    timeline.push(0, "F-A").at(1000, lambda: silence(timeline.world, until_s=5000))

    timeline.want(0, 0, ["F-A"]).want(5000, 5000, ["F-A"]).check(DAY_S)

    assert [mail.reason for mail in timeline.world.mails()] == ["first", "returned"]


def test_deleting_a_silence_brings_the_alert_back() -> None:
    timeline = Timeline()
    timeline.at(0, lambda: silence(timeline.world, until_s=50_000)).push(0, "F-A")
    timeline.at(700, lambda: timeline.world.notify.desk().silencing.end("s1", by="cora"))

    timeline.want(700, 700, ["F-A"]).check(DAY_S)


def test_a_resolve_is_told_in_spite_of_a_silence() -> None:
    timeline = Timeline()
    timeline.push(0, "F-A").at(100, lambda: silence(timeline.world, until_s=50_000)).push(1000, "F-A", "cleared")

    timeline.want(0, 0, ["F-A"]).want(1000, 1000, [], ["F-A"]).check(DAY_S)


def test_raised_mailed_silenced_resolved_and_raised_again_is_mailed_again() -> None:
    timeline = Timeline()
    timeline.push(0, "F-A").at(100, lambda: silence(timeline.world, until_s=2000))
    timeline.push(1000, "F-A", "cleared").push(3000, "F-A", episode="F-A-2")

    timeline.want(0, 0, ["F-A"]).want(1000, 1000, [], ["F-A"]).want(3000, 3000, ["F-A"]).check(DAY_S)


def test_resolved_and_raised_again_within_one_interval_are_both_in_the_next_mail() -> None:
    timeline = Timeline().push(0, "F-A").push(100, "F-A", "cleared").push(200, "F-A", episode="F-A-2")

    timeline.want(0, 0, ["F-A"]).want(300, 300, ["F-A"], ["F-A"]).check(3000)


def test_flapping_without_resolved_mails_does_not_hide_later_raises() -> None:
    timeline = Timeline(World(send_resolved=False)).push(0, "F-A")
    for number in range(1, 4):
        timeline.push(1000 * number - 500, "F-A", "cleared", episode=f"F-A-{number}")
        timeline.push(1000 * number, "F-A", episode=f"F-A-{number + 1}").want(1000 * number, 1000 * number, ["F-A"])

    timeline.want(0, 0, ["F-A"]).check(4000)


def test_acknowledging_stops_reminders_until_it_times_out() -> None:
    timeline = Timeline(World(acknowledged_days=3.0))
    timeline.push(0, "F-A").at(1000, lambda: acknowledge(timeline.world, "F-A-1"))

    timeline.want(0, 0, ["F-A"]).want(3 * DAY_S + 1000, 3 * DAY_S + 1000, ["F-A"])
    timeline.want(4 * DAY_S + 1000, 4 * DAY_S + 1000, ["F-A"]).check(4 * DAY_S + 2000)


def test_acknowledging_one_of_two_leaves_reminders_for_the_other() -> None:
    timeline = Timeline().push(0, "F-A").push(0, "F-B")
    timeline.at(1000, lambda: acknowledge(timeline.world, "F-A-1"))

    timeline.want(0, 0, ["F-A", "F-B"]).want(DAY_S, DAY_S, ["F-B"]).check(DAY_S + 100)


def test_a_rise_in_severity_ends_an_acknowledgement() -> None:
    timeline = Timeline().push(0, "F-A", severity="warn").at(1000, lambda: acknowledge(timeline.world, "F-A-1"))
    timeline.push(5000, "F-A", kind="flag.changed", severity="critical")

    timeline.want(900, 900, ["F-A"]).want(5000, 5000, ["F-A"]).check(6000)

    assert timeline.world.alert("F-A-1")["ack"] is None


def test_a_new_episode_is_mailed_although_the_old_one_was_acknowledged() -> None:
    timeline = Timeline().push(0, "F-A").at(100, lambda: acknowledge(timeline.world, "F-A-1"))
    timeline.push(1000, "F-A", "cleared").push(2000, "F-A", episode="F-A-2")

    timeline.want(0, 0, ["F-A"]).want(1000, 1000, [], ["F-A"]).want(2000, 2000, ["F-A"]).check(3000)


def test_an_acknowledgement_is_an_event_once_and_the_first_stays_named() -> None:
    world = World()
    world.account("dana", role="consultant", sites=[SITE])
    world.flag("F-A")
    acknowledge(world, "F-A-1")
    dana = world.notify.people.account("dana")
    assert dana is not None

    done = world.notify.desk().acknowledging.acknowledge(["F-A-1"], dana)

    assert done.fresh == []
    assert done.alerts[0]["ack"]["account"] == "cora"
    events = [entry["event"]["type"] for entry in world.alert("F-A-1")["outbox"]]
    assert events == ["peilung.alert.acknowledged.v1"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"site": None}, "site"),
        ({"reason": "  "}, "reason"),
        ({"ends_at": "tomorrow"}, "ends_at"),
        ({"ends_at": "2020-01-01T00:00:00.000Z"}, "ends_at"),
        ({"starts_at": "soon"}, "starts_at"),
    ],
)
def test_a_silence_needs_a_target_a_reason_and_an_end(change: dict[str, Any], path: str) -> None:
    wish = {"programme": PROGRAMME, "reason": "x", "ends_at": "2030-01-01T00:00:00.000Z", "site": SITE, **change}

    with pytest.raises(Invalid) as caught:
        World().notify.desk().silencing.add("s1", Wish(**wish), by="cora")

    assert [fault.path for fault in caught.value.faults] == [path]
