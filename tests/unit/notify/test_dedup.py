"""The decision table: the first matching row wins."""

from __future__ import annotations

import pytest

from services.notify.domain.dedup import (
    Decision,
    Entry,
    Picture,
    decide,
    entry_from_json,
    episode_of,
    key,
    recorded,
    severities,
)
from shared.clock import plus

T0 = "2026-03-02T09:00:00.000Z"


def entry(firing: str = "", resolved: str = "") -> Entry:
    return Entry({"critical": T0}, frozenset(firing), frozenset(resolved), "<root>", 1)


def picture(firing: str = "", resolved: str = "", muted: str = "", returned: str = "") -> Picture:
    return Picture(frozenset(firing), frozenset(resolved), frozenset(muted), frozenset(returned))


@pytest.mark.parametrize(
    ("before", "now", "reason", "about"),
    [
        (None, picture("a"), "first", "a"),
        (None, picture("", "a"), None, ""),
        (None, picture(), None, ""),
        (entry(""), picture("a"), "first", "a"),
        (entry("", "a"), picture("a"), "first", "a"),
        (entry("a"), picture("ab"), "new", "b"),
        (entry("a"), picture("b", "a"), "new", "b"),
        (entry("ac"), picture("abc", returned="c"), "new", "bc"),
        (entry("a"), picture("", "a"), "all_resolved", "a"),
        (entry(""), picture(), None, ""),
        (entry("", "a"), picture("", ""), None, ""),
        (entry("ab"), picture("a", "b"), "some_resolved", "b"),
        (entry("ab", "b"), picture("a", "b"), None, ""),
        (entry("ab"), picture("a"), None, ""),
        (entry("a"), picture("a"), None, ""),
        (entry("a"), picture("a", returned="a"), "returned", "a"),
        (entry("a"), picture("", muted="a"), None, ""),
        (entry("ab"), picture("b", muted="a"), None, ""),
    ],
)
def test_rows_of_the_table(before: Entry | None, now: Picture, reason: str | None, about: str) -> None:
    assert decide(before, now, remind=False) == Decision(reason, reason is not None, frozenset(about))


def test_a_due_reminder_is_said_only_where_there_is_no_news() -> None:
    assert decide(entry("ab"), picture("ab"), remind=True) == Decision("repeat", True, frozenset("ab"))
    assert decide(entry("a"), picture("ab"), remind=True).reason == "new"


def test_without_resolved_mails_the_end_is_recorded_and_not_sent() -> None:
    decision = decide(entry("a"), picture("", "a"), remind=False, send_resolved=False)

    assert decision == Decision("all_resolved", False, frozenset("a"))


def test_without_resolved_mails_shrinking_alone_says_nothing() -> None:
    assert decide(entry("ab"), picture("a", "b"), remind=False, send_resolved=False) == Decision(None)


def test_a_first_mail_starts_a_thread_and_later_ones_keep_it() -> None:
    first = recorded(None, picture("a"), {}, "<m1>", "first")
    second = recorded(first, picture("ab"), {}, "<m2>", "new")
    ended = recorded(second, picture("", "ab"), {}, "<m3>", "all_resolved")
    again = recorded(ended, picture("c"), {}, "<m4>", "first")

    assert [e.thread_root for e in (first, second, ended, again)] == ["<m1>", "<m1>", "<m1>", "<m4>"]
    assert again.mail_no == 4


def test_a_mail_moves_the_ticks_of_the_routes_it_speaks_for() -> None:
    after = recorded(entry("a"), picture("ab"), {"standard": plus(T0, 60)}, "<m>", "new")

    assert after.ticks == {"critical": T0, "standard": plus(T0, 60)}


def test_what_is_muted_stays_known_and_what_left_is_forgotten() -> None:
    after = recorded(entry("abc"), picture("b", muted="a"), {}, "<m>", "repeat")

    assert after.firing == {"a", "b"}


def test_an_entry_survives_storage() -> None:
    assert entry_from_json(entry("ab", "c").to_json()) == entry("ab", "c")
    assert entry_from_json(None) is None


@pytest.mark.parametrize("episode", ["e1", "with#hash", "a#b#c", "8f14e45f-ceea-5c3c-8a2e-1f2e3d4c5b6a"])
def test_episode_and_severity_are_found_in_a_key(episode: str) -> None:
    assert episode_of(key("F-H14", episode, "warn")) == episode
    assert severities([key("F-H14", episode, "warn")]) == {"warn"}
