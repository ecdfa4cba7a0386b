"""The flag state machine, step by step."""

from __future__ import annotations

import pytest

from services.scoring.domain.machine import Judgement, Patience, Standing, step
from shared.programme.model import Severity

ONCE, TWICE = Patience(1, 1), Patience(2, 2)
YES, NO, GAP = True, False, None


def judged(warn: bool | None, critical: bool | None = False, clear: bool | None = None, **further: object) -> Judgement:
    """Return a judgement on a rule with a warning, a critical and, unless told otherwise, no clear condition."""
    raising: dict[Severity, bool | None] = {"warn": warn, "critical": critical}
    return Judgement(
        "w", 1, raising, clear, has_clear=clear is not None or bool(further.get("has_clear")), reason="SMALL_N"
    )


def run(patience: Patience, *judgements: Judgement) -> list[Standing]:
    """Return the standing after each judgement."""
    found, standing = [], Standing()
    for judgement in judgements:
        standing = step(standing, judgement, patience)
        found.append(standing)
    return found


@pytest.mark.parametrize(
    ("patience", "conditions", "states"),
    [
        (ONCE, [YES, NO], ["raised", "clear"]),
        (ONCE, [NO, NO], ["clear", "clear"]),
        (TWICE, [YES, NO, YES, YES], ["pending", "clear", "pending", "raised"]),
        (TWICE, [YES, YES, NO, YES, NO, NO], ["pending", "raised", "clearing", "raised", "clearing", "clear"]),
        (ONCE, [GAP, YES, GAP, NO], ["clear", "raised", "raised", "clear"]),
        (TWICE, [YES, GAP, YES], ["pending", "pending", "raised"]),
        (TWICE, [YES, YES, NO, GAP, NO], ["pending", "raised", "clearing", "clearing", "clear"]),
    ],
)  # fmt: skip
def test_states_follow_the_conditions(patience: Patience, conditions: list[bool | None], states: list[str]) -> None:
    found = run(patience, *(judged(condition) for condition in conditions))

    assert [standing.state for standing in found] == states


def test_between_the_thresholds_an_open_flag_stays_open() -> None:
    between = judged(False, clear=False)

    found = run(ONCE, judged(True, clear=False), between, between, judged(False, clear=True))

    assert [standing.state for standing in found] == ["raised", "raised", "raised", "clear"]


def test_between_the_thresholds_counting_towards_clear_starts_anew() -> None:
    clear, between = judged(False, clear=True), judged(False, clear=False)

    found = run(Patience(1, 2), judged(True, clear=False), clear, between, clear, clear)

    assert [standing.state for standing in found] == ["raised", "clearing", "raised", "clearing", "clear"]


def test_an_undecidable_clear_condition_freezes_an_open_flag() -> None:
    found = run(ONCE, judged(True, clear=False), judged(False, has_clear=True))

    assert (found[-1].state, found[-1].unknown, found[-1].unknown_waves) == ("raised", "SMALL_N", 1)


def test_an_open_flag_without_evidence_for_two_waves_is_stale() -> None:
    found = run(ONCE, judged(True), judged(None), judged(None), judged(True))

    assert [standing.stale for standing in found] == [False, False, True, False]


def test_severity_rises_at_once() -> None:
    found = run(TWICE, judged(True), judged(True), judged(True, critical=True))

    assert [standing.severity for standing in found] == [None, "warn", "critical"]


def test_severity_falls_only_after_as_many_waves_as_clearing_takes() -> None:
    critical, warn = judged(True, critical=True), judged(True)

    found = run(Patience(1, 2), critical, warn, critical, warn, warn)

    assert [standing.severity for standing in found] == ["critical", "critical", "critical", "critical", "warn"]


def test_severity_does_not_fall_while_the_higher_condition_cannot_be_decided() -> None:
    found = run(ONCE, judged(True, critical=True), judged(True, critical=None))

    assert found[-1].severity == "critical"


def test_a_lower_severity_raises_while_the_higher_one_is_unknown() -> None:
    (found,) = run(ONCE, judged(True, critical=None))

    assert (found.state, found.severity) == ("raised", "warn")
