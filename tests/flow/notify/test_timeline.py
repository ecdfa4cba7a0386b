"""What is mailed when: batching, intervals, repeats, resolved mails, on a clock that tests move."""

from __future__ import annotations

import pytest

from tests.support.notify import SITE, Timeline, World, flag_data

DAY_S = 86_400


def test_a_critical_flag_is_mailed_at_once_and_repeats_daily() -> None:
    Timeline().push(0, "F-A").want(0, 0, ["F-A"]).want(DAY_S, DAY_S, ["F-A"]).want(2 * DAY_S, 2 * DAY_S, ["F-A"]).check(
        2 * DAY_S + 100
    )


def test_arrivals_within_the_wait_share_one_mail() -> None:
    timeline = Timeline()
    for after_s, flag in ((0, "F-A"), (300, "F-B"), (899, "F-C")):
        timeline.push(after_s, flag, severity="warn")

    timeline.want(900, 900, ["F-A", "F-B", "F-C"]).check(DAY_S)


def test_later_arrivals_come_with_the_full_list_after_the_interval_then_silence() -> None:
    timeline = Timeline().push(0, "F-A", severity="warn").push(1000, "F-B", severity="warn")

    timeline.want(900, 900, ["F-A"]).want(4500, 4500, ["F-A", "F-B"]).check(5 * DAY_S)


def test_an_arrival_long_after_the_last_mail_waits_only_the_wait() -> None:
    timeline = Timeline().push(0, "F-A").push(5000, "F-B")

    timeline.want(0, 0, ["F-A"]).want(5000, 5000, ["F-A", "F-B"]).check(6000)


def test_a_group_never_mails_before_wait_and_interval() -> None:
    timeline = Timeline().push(0, "F-A").push(10, "F-B").push(299, "F-C")

    timeline.want(0, 0, ["F-A"]).want(300, 300, ["F-A", "F-B", "F-C"]).check(3600)


def test_resolved_is_mailed_once_after_repeats_and_ends_them() -> None:
    timeline = Timeline().push(0, "F-A").push(DAY_S + 1000, "F-A", "cleared")

    timeline.want(0, 0, ["F-A"]).want(DAY_S, DAY_S, ["F-A"])
    timeline.want(DAY_S + 1000, DAY_S + 1000, [], ["F-A"]).check(10 * DAY_S)


def test_a_partial_resolve_is_told_once_and_then_forgotten() -> None:
    timeline = Timeline().push(0, "F-A").push(0, "F-B").push(1000, "F-A", "cleared").push(2000, "F-B", "cleared")

    timeline.want(0, 0, ["F-A", "F-B"]).want(1000, 1000, ["F-B"], ["F-A"]).want(2000, 2000, [], ["F-B"]).check(DAY_S)


def test_what_was_never_mailed_is_not_resolved_by_mail() -> None:
    timeline = Timeline().push(0, "F-A", severity="warn").push(100, "F-A", "cleared", severity="warn")

    timeline.check(DAY_S)


def test_without_resolved_mails_the_next_raise_is_news_again() -> None:
    timeline = Timeline(World(send_resolved=False))
    timeline.push(0, "F-A").push(1000, "F-A", "cleared").push(3000, "F-A", episode="F-A-2")

    timeline.want(0, 0, ["F-A"]).want(3000, 3000, ["F-A"]).check(DAY_S)


@pytest.mark.parametrize(("severity", "after_s"), [("critical", 0), ("warn", 900), ("info", 22 * 3600)])
def test_each_severity_alone_has_a_pace_of_its_own(severity: str, after_s: int) -> None:
    Timeline().push(0, "F-A", severity=severity).want(after_s, after_s, ["F-A"]).check(DAY_S - 1)


def test_one_recomputation_makes_one_mail_named_after_its_gravest_flag() -> None:
    timeline = Timeline(World(critical_wait_s=0.5))
    for seq, (flag, severity) in enumerate((("F-A", "critical"), ("F-B", "info"), ("F-C", "warn")), start=1):
        timeline.push(0.4 * seq, flag, severity=severity, transition_seq=seq, batch_end=3)

    timeline.want(1.7, 1.7, ["F-A", "F-B", "F-C"]).check(DAY_S - 1)

    (mail,) = timeline.world.mails()
    assert (mail.delivery["severity"], mail.route) == ("critical", "critical")
    assert [alert["flag"] for alert in mail.delivery["alerts"]] == ["F-A", "F-C", "F-B"]


def test_everybody_told_of_a_recomputation_is_told_when_its_last_event_has_come() -> None:
    world = World(critical_wait_s=0.5)
    world.account("dana", role="consultant", sites=[SITE], topics=["staff"])
    timeline = Timeline(world)
    timeline.push(0, "F-A", topic="staff", transition_seq=1, batch_end=2).push(
        0.1, "F-B", transition_seq=2, batch_end=2
    )

    timeline.want(0.6, 0.6, ["F-A", "F-B"]).want(0.6, 0.6, ["F-A"]).check(100)


def test_a_last_event_that_does_not_come_delays_the_others_only_a_little() -> None:
    timeline = Timeline().push(0, "F-A", transition_seq=1, batch_end=2)

    timeline.want(5, 5, ["F-A"]).push(60, "F-B", transition_seq=2, batch_end=2).want(305, 305, ["F-A", "F-B"]).check(
        400
    )


def test_a_last_event_that_overtakes_the_others_shares_its_mail_with_them() -> None:
    timeline = Timeline(World(critical_wait_s=0.5))
    timeline.push(0, "F-B", transition_seq=2, batch_end=2).push(0.2, "F-A", transition_seq=1, batch_end=2)

    timeline.want(0.5, 0.5, ["F-A", "F-B"]).check(100)


def test_a_critical_flag_does_not_wait_because_a_warning_was_just_mailed() -> None:
    timeline = Timeline().push(0, "F-A", severity="warn").push(905, "F-B")

    timeline.want(900, 900, ["F-A"]).want(905, 905, ["F-A", "F-B"]).check(3600)


def test_a_warning_soon_after_a_critical_mail_waits_for_its_own_time_and_is_named_as_one() -> None:
    timeline = Timeline().push(0, "F-A").push(10, "F-B", severity="warn")

    timeline.want(0, 0, ["F-A"]).want(910, 910, ["F-A", "F-B"]).check(3600)

    assert [mail.delivery["severity"] for mail in timeline.world.mails()] == ["critical", "warn"]


def test_reminders_keep_the_pace_of_the_gravest_open_flag_and_list_the_others() -> None:
    timeline = Timeline(World(standard_repeat_s=3.0 * DAY_S)).push(0, "F-A").push(0, "F-B", severity="warn")
    timeline.push(DAY_S + 1000, "F-A", "cleared")

    timeline.want(0, 0, ["F-A", "F-B"]).want(DAY_S, DAY_S, ["F-A", "F-B"])
    timeline.want(DAY_S + 1000, DAY_S + 1000, ["F-B"], ["F-A"]).want(4 * DAY_S, 4 * DAY_S, ["F-B"]).check(5 * DAY_S)


def test_a_rise_in_severity_is_news_at_the_pace_of_the_graver() -> None:
    timeline = Timeline().push(0, "F-A", severity="warn").push(2000, "F-A", kind="flag.changed")

    timeline.want(900, 900, ["F-A"]).want(2000, 2000, ["F-A"]).push(3000, "F-A", "cleared")
    timeline.want(3000, 3000, [], ["F-A"]).check(20_000)


def test_a_fall_in_severity_is_silent_and_the_end_is_still_told() -> None:
    timeline = Timeline().push(0, "F-A").push(1000, "F-A", kind="flag.changed", severity="warn")

    timeline.want(0, 0, ["F-A"]).push(5000, "F-A", "cleared", severity="warn").want(5000, 5000, [], ["F-A"]).check(
        20_000
    )


def test_restated_values_are_kept_and_never_mailed() -> None:
    timeline = Timeline().push(0, "F-A").push(1000, "F-A", kind="flag.restated", values=[])
    timeline.push(1000, "F-B", kind="flag.restated").push(2000, "F-B", "cleared", kind="flag.restated")

    timeline.want(0, 0, ["F-A"]).check(3000)

    assert timeline.world.alert("F-A-1")["values"] == []
    assert timeline.world.alert("F-B-1")["state"] == "cleared"


def test_a_restated_end_is_kept_and_not_mailed() -> None:
    timeline = Timeline().push(0, "F-A").push(1000, "F-A", "cleared", kind="flag.restated")

    timeline.want(0, 0, ["F-A"]).check(3 * DAY_S)


def test_a_group_without_anything_open_is_left_alone() -> None:
    world = World()
    Timeline(world).push(0, "F-A").push(1000, "F-A", "cleared").want(0, 0, ["F-A"]).want(1000, 1000, [], ["F-A"]).check(
        2000
    )

    assert [group.get("next_flush_at") for group in world.documents("groups")] == [None]


def test_closing_a_site_stops_reminders_and_opening_it_says_what_is_still_open() -> None:
    timeline = Timeline()
    timeline.push(0, "F-A").at(1000, lambda: timeline.world.site(SITE, active=False))
    timeline.at(3 * DAY_S, lambda: timeline.world.site(SITE))

    timeline.want(0, 0, ["F-A"]).want(3 * DAY_S, 3 * DAY_S, ["F-A"]).check(3 * DAY_S + 100)


def test_the_same_alert_reaches_every_consultant_of_the_site_in_a_mail_of_their_own() -> None:
    world = World()
    world.account("dana", role="consultant", sites=[SITE])
    Timeline(world).push(0, "F-A").want(0, 0, ["F-A"]).want(0, 0, ["F-A"]).check(100)

    assert sorted(mail.to for mail in world.mails()) == ["cora@example.org", "dana@example.org"]


def test_a_thousand_alerts_at_once_all_arrive() -> None:
    world = World()
    for number in range(50):
        world.site(f"s{number}")
    world.account("cora", role="consultant", sites=["*"])
    for number in range(1000):
        world.flag(f"F-{number % 20}", site=f"s{number // 20}", episode=f"e{number}")

    world.run_until(600)

    told = [alert["episode"] for mail in world.mails() for alert in mail.delivery["alerts"]]
    assert len(set(told)) == 1000
    assert len(world.mails()) == 50


@pytest.mark.parametrize("repeat_s", [300, 900, 901])
def test_a_repeat_comes_exactly_after_its_time_whatever_the_interval(repeat_s: int) -> None:
    timeline = Timeline(World(critical_repeat_s=float(repeat_s)))
    timeline.push(0, "F-A")
    for number in range(4):
        timeline.want(number * repeat_s, number * repeat_s, ["F-A"])

    timeline.check(3 * repeat_s + 1)


def test_an_episode_restated_into_another_goes_on_and_its_end_is_told() -> None:
    """A late answer moves the beginning of an open flag to another wave: scoring restates both episodes."""
    timeline = Timeline().push(0, "F-A", episode="old")
    timeline.push(1000, "F-A", "cleared", kind="flag.restated", episode="old")
    timeline.push(1000, "F-A", kind="flag.restated", episode="moved").push(
        2 * DAY_S + 1000, "F-A", "cleared", episode="moved"
    )

    timeline.want(0, 0, ["F-A"]).want(DAY_S, DAY_S, ["F-A"]).want(2 * DAY_S, 2 * DAY_S, ["F-A"])
    timeline.want(2 * DAY_S + 1000, 2 * DAY_S + 1000, [], ["F-A"]).check(5 * DAY_S)


def test_a_raise_that_arrives_after_its_restatement_is_mailed() -> None:
    world = World()
    raised = flag_data("F-A", "raised", episode="e1", at=world.now(), seq=1)
    world.deliver("flag.restated", {**raised, "transition_seq": 2, "values": []})
    world.run_until(10)
    assert world.mails() == []

    world.deliver("flag.raised", raised)
    world.run_until(20)

    assert [mail.firing for mail in world.mails()] == [["F-A"]]
    assert world.alert("e1")["values"] == []


def test_after_a_restated_end_a_new_episode_is_news() -> None:
    timeline = Timeline().push(0, "F-A").push(1000, "F-A", "cleared", kind="flag.restated")

    timeline.push(2000, "F-A", episode="F-A-2").want(0, 0, ["F-A"]).want(2000, 2000, ["F-A"]).check(3000)
