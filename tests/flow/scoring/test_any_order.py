"""Whatever the order, with duplicates, with crashes between any two writes, with several workers: one end state."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.scoring.app import Scoring
from shared.clock import to_text
from shared.programme.model import Flag, Programme
from shared.store import open_store
from tests.support.crashing import KillAt, Killed, SteppedStore
from tests.support.fakes import MemoryStore
from tests.support.scoring import SETTINGS, START, ScoringHarness, minimal, submission

H1, H2 = "2026-H1", "2026-H2"
NORTH, SOUTH = "nordstadt", "suedtal"
Delivery = tuple[str, dict[str, Any]]


def programme() -> Programme:
    """Return a programme whose rules look back, wait two waves, count sites and mind the calendar."""
    looks_back = Flag("F-BACK", {"de": "Anstieg", "en": "Rise"}, "small_report", raise_={"warn": "K01 > prev(K01)"})
    late = Flag("F-LATE", {"de": "Spät", "en": "Late"}, "small_report", overdue={"warn": 10, "critical": 21})
    spread = Flag("F-ALL", {"de": "Verbreitet", "en": "Widespread"}, "", min_sites=2, audience="lead")
    return replace(minimal(), flags=(*minimal().flags, looks_back, late, spread))


def answered(site: str, wave: str, overdue: int, revision: int) -> Delivery:
    """Return a submission of one revision."""
    answers = {"proofs_due": 10, "proofs_overdue": overdue}
    data = submission(programme(), site, wave, answers, to_text(START), revision=revision)
    return "submission.received", data


def late(site: str, wave: str, days: int) -> Delivery:
    """Return a reminder that a report is overdue."""
    place = {"programme": "minimal", "site": site, "wave": wave, "form": "small_report"}
    return "report.overdue", {**place, "days_overdue": days, "due_at": to_text(START)}


DELIVERIES = [
    answered(NORTH, H1, 4, 1),
    answered(NORTH, H1, 2, 2),
    answered(NORTH, H2, 5, 1),
    answered(SOUTH, H1, 9, 1),
    answered(SOUTH, H1, 0, 2),
    answered(SOUTH, H2, 4, 1),
    late(NORTH, H2, 10),
    late(SOUTH, H1, 21),
    late(SOUTH, H2, 10),
]


def end_state(harness: ScoringHarness) -> dict[str, Any]:
    """Return what must not depend on the way there: values, verdicts, standings, episodes."""
    cells = {
        document["_id"]: {name: document[name] for name in ("values", "rules", "reports", "inputs_digest")}
        for document in harness.store.collection("cells").find({})
    }
    flags = {}
    for document in harness.store.collection("site_flags").find({}):
        kept = {id_: entry for id_, entry in document["episodes"].items() if not entry["withdrawn"]}
        flags[document["_id"]] = {"standings": document["standings"], "episodes": kept, "waves": document["waves"]}
    return {"cells": cells, "flags": flags}


def told_last(harness: ScoringHarness) -> dict[str, str]:
    """Return per episode the state that was told last."""
    events = [event for site in (NORTH, SOUTH, "*") for event in harness.told(site)]
    return {event.data["episode_id"]: event.data["state"] for event in events}


def straight() -> tuple[dict[str, Any], dict[str, str]]:
    """Return the end state of delivering everything once, in order, and what was told."""
    harness = ScoringHarness(programme())
    for name, data in DELIVERIES:
        harness.deliver(name, data)
        harness.catch_up()
    return end_state(harness), told_last(harness)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return straight()[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.lists(st.sampled_from(range(len(DELIVERIES))), max_size=6).flatmap(
        lambda twice: st.permutations([*range(len(DELIVERIES)), *twice])
    ),
    steps=st.lists(st.integers(0, 3), min_size=15, max_size=15),
)
def test_any_order_with_duplicates_ends_in_the_same_state(
    expected: dict[str, Any], order: list[int], steps: list[int]
) -> None:
    harness = ScoringHarness(programme())

    for number, at_once in zip(order, steps, strict=False):
        harness.deliver(*DELIVERIES[number])
        harness.clock.advance(seconds=3)
        for _ in range(at_once):
            harness.worker.step()
    harness.catch_up()

    assert end_state(harness) == expected
    told = told_last(harness)
    now = {id_: e["state"] for d in harness.store.collection("site_flags").find({}) for id_, e in d["episodes"].items()}
    assert told == now


def test_a_crash_at_any_write_ends_in_the_same_state(expected: dict[str, Any]) -> None:
    number, after = 1, False
    while True:
        crashed = _with_crash(expected, number, after=after)
        if not crashed:
            assert number > 15
            return
        number, after = (number + 1, False) if after else (number, True)


def _with_crash(expected: dict[str, Any], number: int, *, after: bool) -> bool:
    """Deliver everything; the worker dies at one write and another takes over. False if it had too few writes."""
    store = MemoryStore()
    harness = ScoringHarness(programme(), store)
    for name, data in DELIVERIES:
        harness.deliver(name, data)
    harness.clock.advance(seconds=30)
    stepped = SteppedStore(store, KillAt(number, after=after))
    dying = Scoring(SETTINGS, stepped, harness.clock, "dying").recompute()
    crashed = False
    try:
        for _ in range(4):
            harness.clock.advance(seconds=3)
            while dying.step():
                pass
    except Killed:
        crashed = True
    harness.catch_up()
    assert end_state(harness) == expected
    return crashed


def test_several_workers_at_once_end_in_the_same_state(expected: dict[str, Any], tmp_path: Path) -> None:
    harness = ScoringHarness(programme(), open_store(f"sqlite://{tmp_path}/scoring.db"))
    shuffled = random.Random(7).sample(DELIVERIES, len(DELIVERIES))

    def deliver() -> None:
        for name, data in shuffled:
            harness.deliver(name, data)

    def compute(number: int) -> Callable[[], None]:
        worker = harness.scoring.recompute(number)

        def loop() -> None:
            for _ in range(60):
                harness.clock.advance(seconds=1)
                worker.step()

        return loop

    threads = [threading.Thread(target=work) for work in (deliver, deliver, compute(1), compute(2), compute(3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    harness.catch_up()

    assert end_state(harness) == expected


def test_delivering_everything_again_tells_nothing_new() -> None:
    harness = ScoringHarness(programme())
    for name, data in DELIVERIES:
        harness.deliver(name, data)
    harness.catch_up()
    before = [event.id for site in (NORTH, SOUTH, "*") for event in harness.told(site)]

    for name, data in DELIVERIES:
        harness.deliver(name, data)
    harness.catch_up()

    assert [event.id for site in (NORTH, SOUTH, "*") for event in harness.told(site)] == before
