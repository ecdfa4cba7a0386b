"""When a dirty cell is computed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.scoring.domain.due import Timing, due_after_answer, due_as_dependant
from shared.clock import to_text

NOW = datetime(2026, 8, 1, 8, tzinfo=UTC)
TIMING = Timing(quiet_s=0.1, longest_s=1.0)


def after(seconds: float) -> str:
    return to_text(NOW + timedelta(seconds=seconds))


def test_the_first_answer_waits_for_a_quiet_moment() -> None:
    assert due_after_answer(NOW, None, TIMING) == after(0.1)


def test_more_answers_put_it_off() -> None:
    assert due_after_answer(NOW, after(-0.5), TIMING) == after(0.1)


def test_steady_answers_do_not_put_it_off_for_ever() -> None:
    assert due_after_answer(NOW, after(-0.95), TIMING) == after(0.05)


def test_a_dependant_waits_as_long_as_told() -> None:
    assert due_as_dependant(NOW, 2) == after(2)
