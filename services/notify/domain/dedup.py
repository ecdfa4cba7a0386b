"""Whether a group's state is news: the decision table over what was mailed last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.notify.domain.schedule import plus

FIRST, NEW, RETURNED, ALL_RESOLVED, SOME_RESOLVED, REPEAT = (
    "first",
    "new",
    "returned",
    "all_resolved",
    "some_resolved",
    "repeat",
)


@dataclass(frozen=True)
class Entry:
    """What the last mail of a group said. Keys are `flag#episode#severity`; `last_tick` is the logical tick."""

    last_tick: str
    firing: frozenset[str]
    resolved: frozenset[str]
    thread_root: str | None = None
    mail_no: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "last_tick": self.last_tick,
            "firing": sorted(self.firing),
            "resolved": sorted(self.resolved),
            "thread_root": self.thread_root,
            "mail_no": self.mail_no,
        }


def entry_from_json(stored: Mapping[str, Any] | None) -> Entry | None:
    """Read what `to_json` wrote; None stays None."""
    if stored is None:
        return None
    return Entry(
        last_tick=stored["last_tick"],
        firing=frozenset(stored["firing"]),
        resolved=frozenset(stored["resolved"]),
        thread_root=stored["thread_root"],
        mail_no=stored["mail_no"],
    )


@dataclass(frozen=True)
class Picture:
    """The state of a group at one tick, as keys.

    `muted` are open but must not be mailed now; `returned` are firing and were muted at the last look.
    """

    firing: frozenset[str]
    resolved: frozenset[str]
    muted: frozenset[str] = frozenset()
    returned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """`reason` None: nothing to say. `send` False with a reason: record it without a mail."""

    reason: str | None
    send: bool = False


def decide(entry: Entry | None, picture: Picture, tick: str, repeat_s: float, send_resolved: bool = True) -> Decision:
    """Return what this tick has to say; the first matching row wins."""
    if entry is None:
        return Decision(FIRST, True) if picture.firing else Decision(None)
    known = entry.firing & (picture.firing | picture.resolved)
    if not picture.firing <= known:
        return Decision(NEW if known else FIRST, True)
    if picture.returned:
        return Decision(RETURNED, True)
    if not picture.firing:
        return Decision(ALL_RESOLVED, send_resolved) if known else Decision(None)
    if send_resolved and not picture.resolved <= entry.resolved:
        return Decision(SOME_RESOLVED, True)
    if repeat_s > 0 and tick >= plus(entry.last_tick, repeat_s):
        return Decision(REPEAT, True)
    return Decision(None)


def recorded(entry: Entry | None, picture: Picture, tick: str, message_id: str | None, reason: str) -> Entry:
    """Return the entry after this tick; `message_id` None when no mail was made.

    A "first" mail starts a new thread; what is muted now but was mailed before stays known.
    """
    still_known = (entry.firing & picture.muted) if entry else frozenset()
    root = entry.thread_root if entry else None
    return Entry(
        last_tick=tick,
        firing=picture.firing | still_known,
        resolved=picture.resolved,
        thread_root=message_id if reason == FIRST or root is None else root,
        mail_no=(entry.mail_no if entry else 0) + (1 if message_id else 0),
    )


def key(flag: str, episode: str, severity: str) -> str:
    """Return the identity of one piece of news."""
    return f"{flag}#{episode}#{severity}"


def episode_of(news_key: str) -> str:
    """Return the episode inside a key."""
    return news_key.split("#", 1)[1].rsplit("#", 1)[0]
