"""Definitions that change under way, waves that close, events that come again, explanations that compute again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.programme.model import Programme
from tests.support.scoring import ScoringHarness, minimal, site_data

NORTH, SOUTH = "nordstadt", "suedtal"
H1, H2 = "2026-H1", "2026-H2"
BAD: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 4}
MIDDLING: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 2}
GOOD: dict[str, Any] = {"proofs_due": 10, "proofs_overdue": 0}
FLAG = "F-K01"


def told(harness: ScoringHarness) -> list[tuple[str, str, str]]:
    """Return what was told about the site: name, severity, wave."""
    return [(e.name, e.data["severity"], e.data["wave"]) for e in harness.told(NORTH)]


def stricter(programme: Programme) -> Programme:
    """Return the programme with a rule that also raises at 15 per cent."""
    flag = replace(programme.flags[0], raise_={"warn": "K01 >= 12", "critical": "K01 > 30"})
    return replace(programme, version="2", flags=(flag,))


def test_a_new_definition_restates_and_sends_no_alert(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, {"proofs_due": 100, "proofs_overdue": 13})
    harness.catch_up()
    assert told(harness) == []

    harness.publish(stricter(minimal()), revision=2)
    harness.catch_up()

    assert told(harness) == [("flag.restated", "warn", H1)]
    assert harness.told(NORTH)[0].data["state"] == "raised"
    assert harness.cell(NORTH, H1)["definition"] == 2


def test_answers_that_arrive_with_a_new_definition_are_raised(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, GOOD)
    harness.catch_up()

    harness.publish(stricter(minimal()), revision=2)
    harness.answer(NORTH, H1, {"proofs_due": 100, "proofs_overdue": 13}, revision=2)
    harness.catch_up()

    assert told(harness) == [("flag.raised", "warn", H1)]


def test_a_flag_whose_rule_is_dropped_is_ended_as_restated(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    harness.publish(replace(minimal(), version="2", flags=()), revision=2)
    harness.catch_up()

    assert told(harness)[-1] == ("flag.restated", "critical", H1)
    assert harness.told(NORTH)[-1].data["state"] == "cleared"


def test_the_same_definition_again_computes_nothing(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.catch_up()
    harness.publish(revision=2)
    harness.catch_up()

    harness.publish(revision=2)

    assert harness.catch_up() == 0


def test_another_feature_of_a_site_computes_its_cells_again(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.answer(SOUTH, H1, BAD)
    harness.catch_up()

    harness.deliver("site.changed", site_data(harness.definition, NORTH, 2, features={"area_type": "rural"}))

    assert harness.catch_up() == 1


def test_answers_before_the_programme_is_known_are_scored_when_it_is() -> None:
    harness = ScoringHarness(minimal(), publish=False)
    harness.answer(NORTH, H1, BAD)
    harness.catch_up()

    harness.publish()
    harness.catch_up()

    assert [e["severity"] for e in harness.episodes(NORTH, FLAG)] == ["critical"]


def test_a_closed_wave_has_a_cell_for_every_site(harness: ScoringHarness) -> None:
    wave = harness.definition.wave(H1)
    harness.deliver("wave.closed", {
        "programme": "minimal", "wave": H1, "revision": 2, "sequence": wave.sequence, "forms": list(wave.forms),
        "starts_on": wave.starts_on, "ends_on": wave.ends_on, "opens_at": None, "due_at": None, "closes_at": None,
        "state": "closed", "features": dict(wave.features),
    })  # fmt: skip
    harness.catch_up()

    for site in (NORTH, SOUTH):
        assert harness.cell(site, H1)["reports"]["small_report"] == {"n": 0, "complete": False, "overdue": None}


def test_events_keep_their_ids_when_everything_is_delivered_again(harness: ScoringHarness) -> None:
    sent = harness.answer(NORTH, H1, BAD)
    harness.catch_up()
    before = [event.id for event in harness.told(NORTH)]

    harness.deliver("submission.received", sent)
    harness.catch_up()

    assert [event.id for event in harness.told(NORTH)] == before


def test_a_changed_value_is_published_once(harness: ScoringHarness) -> None:
    sent = harness.answer(NORTH, H1, BAD)
    harness.catch_up()
    harness.deliver("submission.received", sent)
    harness.catch_up()

    (entry,) = harness.cell(NORTH, H1)["outbox"]
    assert entry["event"]["type"] == "peilung.indicators.computed.v1"
    assert entry["event"]["data"]["values"] == [{"indicator": "K01", "value": 40.0, "reason": None, "n": 1}]


def test_an_explanation_computed_again_from_the_answers_is_the_same(harness: ScoringHarness) -> None:
    harness.answer(NORTH, H1, BAD)
    harness.answer(NORTH, H2, MIDDLING)
    harness.catch_up()
    (episode_id,) = harness.flags(NORTH)["episodes"]

    again = harness.scoring.explaining.again(episode_id)

    assert again.same
    said = again.stored["explanation"]["counterfactual"]["en"]
    assert said.startswith("Ends if: Overdue proofs of use ≤ 10")
    assert "Now: Overdue proofs of use 20.0" in said


def test_an_explanation_of_other_answers_is_seen_to_differ(harness: ScoringHarness) -> None:
    sent = harness.answer(NORTH, H1, BAD)
    harness.catch_up()
    (episode_id,) = harness.flags(NORTH)["episodes"]

    harness.scoring.responses.keep({**sent, "answers": MIDDLING, "revision": 2})

    assert not harness.scoring.explaining.again(episode_id).same


def test_the_explanation_of_a_withdrawn_flag_follows_later_corrections(harness: ScoringHarness) -> None:
    for revision, answers in enumerate((BAD, GOOD, {"proofs_due": 10, "proofs_overdue": 1}), start=1):
        harness.answer(NORTH, H1, answers, revision=revision)
        harness.catch_up()
    (episode_id,) = harness.flags(NORTH)["episodes"]

    again = harness.scoring.explaining.again(episode_id)

    assert again.same
    assert again.stored["values"][0]["value"] == 10.0
