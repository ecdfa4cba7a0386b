"""What scoring tells an operator: how much waits, how long a cell takes, what became of flags."""

from __future__ import annotations

from prometheus_client import REGISTRY

from tests.support.scoring import ScoringHarness, minimal


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_waiting_cells_computing_time_and_transitions_are_measured() -> None:
    harness = ScoringHarness(minimal())
    computed, raised = sample("scoring_recompute_seconds_count"), _raised()

    harness.answer("nordstadt", "2026-H1", {"proofs_due": 20, "proofs_overdue": 8})
    harness.scoring.measure()
    assert sample("scoring_dirty_cells") == 1

    cells = harness.catch_up()
    harness.scoring.measure()
    assert sample("scoring_dirty_cells") == 0
    assert sample("scoring_recompute_seconds_count") - computed == cells
    assert _raised() - raised == 1


def _raised() -> float:
    return sample("scoring_transitions_total", kind="raised", severity="critical")
