"""A submission becomes a value and a flag event, on the embedded store."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.store import open_store
from tests.support.scoring import ScoringHarness, minimal

SITE, WAVE = "nordstadt", "2026-H1"


@pytest.fixture
def scoring(tmp_path: Path) -> ScoringHarness:
    return ScoringHarness(minimal(), open_store(f"sqlite://{tmp_path}/scoring.db"))


def test_a_submission_gives_a_value_and_raises_a_flag(scoring: ScoringHarness) -> None:
    scoring.answer(SITE, WAVE, {"proofs_due": 10, "proofs_overdue": 4, "help_wanted": "no"})
    scoring.catch_up()

    record = scoring.value(SITE, WAVE, "K01")
    assert record == {"value": 40.0, "reason": None, "n": 1, "num": 4.0, "den": 10.0}
    (event,) = scoring.told(SITE)
    assert event.name == "flag.raised"
    assert (event.data["severity"], event.data["state"], event.data["wave"]) == ("critical", "raised", WAVE)
    assert event.data["rule"]["de"] == "Überfällige Nachweise > 30 %"
    assert event.data["values"][0]["history"] == [{"wave": WAVE, "value": 40.0}]
    assert event.origin == f"site_flags/minimal/{SITE}"


def test_imported_answers_are_restated_and_a_live_correction_is_news(scoring: ScoringHarness) -> None:
    scoring.answer(SITE, WAVE, {"proofs_due": 10, "proofs_overdue": 4, "help_wanted": "no"}, imported=True)
    scoring.catch_up()
    assert [event.name for event in scoring.told(SITE)] == ["flag.restated"]

    scoring.answer(SITE, WAVE, {"proofs_due": 10, "proofs_overdue": 0, "help_wanted": "no"}, revision=2)
    scoring.catch_up()
    assert [event.name for event in scoring.told(SITE)][-1] == "flag.cleared"


def test_imported_answers_are_no_news_although_a_later_wave_has_passed_without_any(scoring: ScoringHarness) -> None:
    """When past answers are taken over, later waves may already have been computed without theirs."""
    scoring.overdue(SITE, "2026-H2", 1)
    scoring.catch_up()

    scoring.answer(SITE, WAVE, {"proofs_due": 10, "proofs_overdue": 4, "help_wanted": "no"}, imported=True)
    scoring.catch_up()

    assert [event.name for event in scoring.told(SITE)] == ["flag.restated"]
