"""Flags across waves: corrections, erasure, overdue reports, programme flags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.programme.model import Flag, Programme
from tests.support.scoring import ScoringHarness, minimal

NORTH, SOUTH = "nordstadt", "suedtal"
H1, H2 = "2026-H1", "2026-H2"
BAD: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 4}
MIDDLING: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 2}
GOOD: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 0}
FLAG = "F-K01"


def with_flags(*flags: Flag, keep: bool = True) -> Programme:
    """Return the minimal programme with further flags."""
    return replace(minimal(), flags=(*(minimal().flags if keep else ()), *flags))


def overdue_flag() -> Flag:
    """Return a rule about a missing report."""
    return Flag("F-LATE", {"de": "Bericht fehlt", "en": "Report missing"}, "small_report",
                overdue={"warn": 10, "critical": 21}, kind="missing")  # fmt: skip


def told(harness: ScoringHarness, site: str = NORTH) -> list[tuple[str, str, str]]:
    """Return what was told about a site: name, severity, wave."""
    return [(e.name, e.data["severity"], e.data["wave"]) for e in harness.told(site)]


def test_a_late_correction_ends_an_old_episode(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    harness.answer(NORTH, H1, GOOD, revision=2)
    harness.catch_up()

    assert harness.episodes(NORTH, FLAG) == []
    assert told(harness) == [("flag.raised", "critical", H1), ("flag.cleared", "critical", H1)]
    cleared = harness.told(NORTH)[-1]
    assert cleared.data["values"][0]["value"] == 0.0


def test_a_correction_that_lowers_the_severity_at_once_is_a_change(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    harness.answer(NORTH, H1, MIDDLING, revision=2)
    harness.catch_up()

    assert told(harness)[-1] == ("flag.changed", "warn", H1)
    assert harness.told(NORTH)[-1].data["previous_severity"] == "critical"


def test_an_older_revision_arriving_late_changes_nothing(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, GOOD, revision=2)
    harness.answer(NORTH, H1, BAD, revision=1)
    harness.catch_up()

    assert harness.value(NORTH, H1, "K01")["value"] == 0.0
    assert told(harness) == []


def test_a_late_answer_to_an_earlier_wave_begins_a_new_episode_and_ends_the_old_one(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H2, BAD)
    harness.catch_up()

    harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    assert [e["wave"] for e in harness.episodes(NORTH, FLAG)] == [H1]
    assert [name for name, _, _ in told(harness)] == ["flag.raised", "flag.raised", "flag.cleared"]


def test_between_raise_and_clear_threshold_the_episode_goes_on(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, MIDDLING)
    harness.answer(NORTH, H2, {"proofs_due": 100, "proofs_overdue": 12})
    harness.catch_up()

    (episode,) = harness.episodes(NORTH, FLAG)
    assert (episode["state"], episode["last_wave"]) == ("raised", H2)


def test_a_wave_without_a_value_freezes_the_episode(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.answer(NORTH, H2, {"proofs_due": 0})
    harness.catch_up()

    (episode,) = harness.episodes(NORTH, FLAG)
    assert episode["state"] == "raised"
    assert harness.flags(NORTH)["standings"][FLAG]["unknown"] == "NOT_ASKED"


def test_erased_answers_take_their_values_and_flags_with_them(harness: ScoringHarness) -> None:
    sent = harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    kept = ("submission", "programme", "form", "site", "wave", "respondent")
    harness.deliver("submission.erased", {**{name: sent[name] for name in kept}, "revision": 2})
    harness.catch_up()

    assert harness.value(NORTH, H1, "K01") == {"value": None, "reason": "NO_DATA", "n": 0}
    assert harness.episodes(NORTH, FLAG) == []
    assert "proofs_overdue" not in str(harness.store.collection("responses").find({}))


def test_an_erasure_that_arrives_before_the_answers_wins(harness: ScoringHarness) -> None:
    sent = {"submission": "s", "programme": "minimal", "form": "small_report", "site": NORTH, "wave": H1}
    harness.deliver("submission.erased", {**sent, "respondent": "report", "revision": 2})
    harness.answer(NORTH, H1, BAD, revision=1)
    harness.catch_up()

    assert told(harness) == []


def test_an_overdue_report_fires_once_rises_and_ends_when_it_comes() -> None:
    harness = ScoringHarness(with_flags(overdue_flag()))

    for days in (10, 10, 21, 10):
        harness.overdue(NORTH, H1, days)
        harness.catch_up()
    assert told(harness) == [("flag.raised", "warn", H1), ("flag.changed", "critical", H1)]
    assert harness.told(NORTH)[0].data["rule"]["en"] == "“Small report” is not complete 10 days after it was due"

    harness.answer(NORTH, H1, GOOD)
    harness.catch_up()
    assert told(harness)[-1] == ("flag.cleared", "critical", H1)


def test_a_report_that_came_before_the_reminder_raises_nothing() -> None:
    harness = ScoringHarness(with_flags(overdue_flag()))

    harness.answer(NORTH, H1, GOOD)
    harness.overdue(NORTH, H1, 10)
    harness.catch_up()

    assert told(harness) == []


def test_an_overdue_report_of_an_earlier_wave_ends_when_the_next_one_comes() -> None:
    harness = ScoringHarness(with_flags(overdue_flag()))
    harness.overdue(NORTH, H1, 10)
    harness.catch_up()

    harness.answer(NORTH, H2, GOOD)
    harness.catch_up()

    (episode,) = harness.episodes(NORTH, "F-LATE")
    assert (episode["state"], episode["cleared_wave"]) == ("cleared", H2)


def test_two_reports_missing_in_a_row_raise_a_rule_that_asks_for_two() -> None:
    harness = ScoringHarness(with_flags(replace(overdue_flag(), raise_after=2)))

    harness.overdue(NORTH, H1, 10)
    harness.catch_up()
    assert told(harness) == []

    harness.overdue(NORTH, H2, 10)
    harness.catch_up()
    assert told(harness) == [("flag.raised", "warn", H2)]


def test_the_same_flag_at_enough_sites_raises_the_programmes_flag_once() -> None:
    spread = Flag("F-ALL", {"de": "Verbreitet", "en": "Widespread"}, "", min_sites=2, severity="warn", audience="lead")
    harness = ScoringHarness(with_flags(spread))

    harness.answer(NORTH, H1, BAD)
    harness.catch_up()
    assert told(harness, "*") == []

    harness.answer(SOUTH, H1, BAD)
    harness.catch_up()
    (event,) = harness.told("*")
    assert (event.name, event.data["flag"], event.data["site"]) == ("flag.raised", "F-ALL", "*")
    assert event.data["label"]["en"] == "Widespread: Proofs of use overdue"
    assert event.data["values"][0]["value"] == 2.0
    assert event.data["values"][0]["label"] == {"de": "Standorte mit diesem Hinweis", "en": "Sites with this flag"}
    assert event.data["rule"]["en"] == "“Proofs of use overdue” is open at 2 or more sites at once"

    harness.answer(SOUTH, H1, GOOD, revision=2)
    harness.catch_up()
    assert [e.name for e in harness.told("*")] == ["flag.raised", "flag.cleared"]


@pytest.mark.parametrize("change", [{"hidden_from": ("lead",)}, {"audience": "evaluator"}])
def test_leads_are_not_told_how_widespread_a_flag_is_that_they_may_not_see(change: dict[str, Any]) -> None:
    spread = Flag("F-ALL", {"de": "Verbreitet", "en": "Widespread"}, "", min_sites=2, audience="lead")
    base = with_flags(spread)
    rules = tuple(replace(rule, **change) if rule.id == "F-K01" else rule for rule in base.flags)
    harness = ScoringHarness(replace(base, flags=rules))

    harness.answer(NORTH, H1, BAD)
    harness.answer(SOUTH, H1, BAD)
    harness.catch_up()

    assert told(harness, "*") == []
