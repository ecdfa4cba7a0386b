"""What is told when a fold differs from what was told before."""

from __future__ import annotations

from typing import Any

from services.scoring.domain.transitions import Detail, Folded, merged

AT = "2026-08-01T08:00:00.000Z"


def entry(flag: str = "F", severity: str = "warn", cleared: str | None = None, wave: str = "w1") -> dict[str, Any]:
    """Return an episode as the fold gives it."""
    return {
        "flag": flag,
        "wave": wave,
        "sequence": 1,
        "state": "cleared" if cleared else "raised",
        "severity": severity,
        "cleared_wave": cleared,
        "cleared_sequence": None,
        "last_wave": cleared or wave,
        "stale": False,
        "label": {"de": flag},
    }


def folded(**episodes: dict[str, Any]) -> Folded:
    """Return a fold with these episodes by id."""
    detail = Detail({"rule": {}}, [])
    return Folded({}, episodes, dict.fromkeys(episodes, detail), {}, lambda _id, _entry: Detail({"gone": True}, []))


def tell(*folds: Folded, cause: str = "data") -> tuple[dict[str, Any], list[tuple[str, str, int]]]:
    """Merge one fold after the other; return the last document and the kinds told last as (kind, id, seq)."""
    stored: dict[str, Any] | None = None
    told: list[tuple[str, str, int]] = []
    for one in folds:
        result = merged(stored, one, cause, AT)  # type: ignore[arg-type]
        told = []
        if result is not None:
            stored = {**(stored or {}), **result.fields}
            told = [(t.kind, t.episode_id, t.seq) for t in result.transitions]
    assert stored is not None
    return stored, told


def test_a_new_open_episode_is_raised() -> None:
    assert tell(folded(a=entry()))[1] == [("raised", "a", 1)]


def test_the_same_fold_again_tells_nothing() -> None:
    assert tell(folded(a=entry()), folded(a=entry()))[1] == []


def test_another_severity_is_a_change_with_the_one_before() -> None:
    result = merged(tell(folded(a=entry()))[0], folded(a=entry(severity="critical")), "data", AT)

    assert result is not None
    (one,) = result.transitions
    assert (one.kind, one.previous_severity, one.entry["severity"]) == ("changed", "warn", "critical")


def test_an_episode_that_ends_is_cleared() -> None:
    assert tell(folded(a=entry()), folded(a=entry(cleared="w2")))[1] == [("cleared", "a", 2)]


def test_an_episode_a_correction_takes_away_is_cleared_and_kept_as_withdrawn() -> None:
    stored, told = tell(folded(a=entry()), folded())

    assert told == [("cleared", "a", 2)]
    assert (stored["episodes"]["a"]["state"], stored["episodes"]["a"]["withdrawn"]) == ("cleared", True)


def test_a_withdrawn_episode_that_comes_back_is_raised_with_a_higher_number() -> None:
    assert tell(folded(a=entry()), folded(), folded(a=entry()))[1] == [("raised", "a", 3)]


def test_an_episode_that_began_and_ended_unseen_is_only_restated() -> None:
    assert tell(folded(a=entry(cleared="w2")))[1] == [("restated", "a", 1)]


def test_a_flag_that_begins_in_another_wave_now_is_a_new_episode_and_the_old_one_ends() -> None:
    _, told = tell(folded(b=entry(wave="w2")), folded(a=entry(wave="w1")))

    assert told == [("raised", "a", 2), ("cleared", "b", 3)]


def test_what_only_a_new_definition_causes_is_restated() -> None:
    assert tell(folded(a=entry()), cause="definition")[1] == [("restated", "a", 1)]


def test_only_changed_details_are_stored_again() -> None:
    stored, _ = tell(folded(a=entry()))
    fresh = folded(a=entry(severity="critical"))

    result = merged(stored, fresh, "data", AT)

    assert result is not None
    assert result.details == {}
