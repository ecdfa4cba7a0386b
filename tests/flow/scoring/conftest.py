"""One small programme with two sites that have reported, shared by the tests of a module."""

from __future__ import annotations

import pytest

from tests.support.scoring import ScoringHarness, minimal
from tests.support.scoring_web import ScoringWeb


@pytest.fixture
def harness() -> ScoringHarness:
    """Return scoring with the minimal programme published and nothing answered."""
    return ScoringHarness(minimal())


@pytest.fixture
def web(harness: ScoringHarness) -> ScoringWeb:
    """Return pages and API over two waves: nordstadt was critical and is better now, suedtal is critical."""
    harness.answer("nordstadt", "2026-H1", {"proofs_due": 10, "proofs_overdue": 4})
    harness.answer("nordstadt", "2026-H2", {"proofs_due": 10, "proofs_overdue": 1})
    harness.answer("suedtal", "2026-H2", {"proofs_due": 4, "proofs_overdue": 2})
    harness.catch_up()
    return ScoringWeb(harness)
