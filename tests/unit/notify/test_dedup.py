"""The decision table: the first matching row wins."""

from __future__ import annotations

import pytest

from services.notify.domain.dedup import Decision, Entry, Picture, decide, entry_from_json, episode_of, key, recorded
from services.notify.domain.schedule import plus

T0 = "2026-03-02T09:00:00.000Z"
REPEAT_S = 600.0


def entry(firing: str = "", resolved: str = "", at: str = T0) -> Entry:
    return Entry(at, frozenset(firing), frozenset(resolved), "<root>", 1)


def picture(firing: str = "", resolved: str = "", muted: str = "", returned: str = "") -> Picture:
    return Picture(frozenset(firing), frozenset(resolved), frozenset(muted), frozenset(returned))


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (None, picture("a"), "first"),
        (None, picture("", "a"), None),
        (None, picture(), None),
        (entry(""), picture("a"), "first"),
        (entry("", "a"), picture("a"), "first"),
        (entry("a"), picture("ab"), "new"),
        (entry("a"), picture("b", "a"), "new"),
        (entry("a"), picture("", "a"), "all_resolved"),
        (entry(""), picture(), None),
        (entry("", "a"), picture("", ""), None),
        (entry("ab"), picture("a", "b"), "some_resolved"),
        (entry("ab"), picture("a"), None),
        (entry("a"), picture("a"), None),
        (entry("a"), picture("a", returned="a"), "returned"),
        (entry("a"), picture("", muted="a"), None),
        (entry("ab"), picture("b", muted="a"), None),
    ],
)
def test_rows_of_the_table(before: Entry | None, now: Picture, reason: str | None) -> None:
    assert decide(before, now, plus(T0, 60), REPEAT_S).reason == reason


@pytest.mark.parametrize(("after_s", "reason"), [(540, None), (599.999, None), (600, "repeat"), (660, "repeat")])
def test_a_repeat_is_due_at_its_time_not_after_it(after_s: float, reason: str | None) -> None:
    assert decide(entry("a"), picture("a"), plus(T0, after_s), REPEAT_S).reason == reason


def test_zero_never_repeats() -> None:
    assert decide(entry("a"), picture("a"), plus(T0, 1e7), 0.0) == Decision(None)


def test_without_resolved_mails_the_end_is_recorded_and_not_sent() -> None:
    decision = decide(entry("a"), picture("", "a"), plus(T0, 60), REPEAT_S, send_resolved=False)

    assert decision == Decision("all_resolved", send=False)


def test_without_resolved_mails_shrinking_alone_says_nothing() -> None:
    assert decide(entry("ab"), picture("a", "b"), plus(T0, 60), REPEAT_S, send_resolved=False) == Decision(None)


def test_a_first_mail_starts_a_thread_and_later_ones_keep_it() -> None:
    first = recorded(None, picture("a"), T0, "<m1>", "first")
    second = recorded(first, picture("ab"), plus(T0, 60), "<m2>", "new")
    ended = recorded(second, picture("", "ab"), plus(T0, 120), "<m3>", "all_resolved")
    again = recorded(ended, picture("c"), plus(T0, 180), "<m4>", "first")

    assert [e.thread_root for e in (first, second, ended, again)] == ["<m1>", "<m1>", "<m1>", "<m4>"]
    assert again.mail_no == 4


def test_what_is_muted_stays_known_and_what_left_is_forgotten() -> None:
    after = recorded(entry("abc"), picture("b", muted="a"), T0, "<m>", "repeat")

    assert after.firing == {"a", "b"}


def test_an_entry_survives_storage() -> None:
    assert entry_from_json(entry("ab", "c").to_json()) == entry("ab", "c")
    assert entry_from_json(None) is None


@pytest.mark.parametrize("episode", ["e1", "with#hash", "a#b#c", "8f14e45f-ceea-5c3c-8a2e-1f2e3d4c5b6a"])
def test_an_episode_is_found_in_its_key(episode: str) -> None:
    assert episode_of(key("F-H14", episode, "warn")) == episode
