"""Whether a group's state is news: the decision table over what was mailed last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

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
    """What the mails of a group have said. Keys are `flag#episode#severity`.

    `ticks` holds, by route, the logical tick of the last mail that was about something of that route.
    """

    ticks: Mapping[str, str]
    firing: frozenset[str]
    resolved: frozenset[str]
    thread_root: str | None = None
    mail_no: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the stored form."""
        return {
            "ticks": dict(self.ticks),
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
        ticks=stored["ticks"],
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
    """`reason` None: nothing to say. `send` False with a reason: record it without a mail. `about`: its keys."""

    reason: str | None
    send: bool = False
    about: frozenset[str] = frozenset()


def decide(entry: Entry | None, picture: Picture, remind: bool, send_resolved: bool = True) -> Decision:
    """Return what this tick has to say; the first matching row wins. `remind`: a reminder is due."""
    if entry is None:
        return Decision(FIRST, True, picture.firing) if picture.firing else Decision(None)
    known = entry.firing & (picture.firing | picture.resolved)
    if not picture.firing <= known:
        return Decision(NEW if known else FIRST, True, (picture.firing - known) | picture.returned)
    if picture.returned:
        return Decision(RETURNED, True, picture.returned)
    if not picture.firing:
        return Decision(ALL_RESOLVED, send_resolved, picture.resolved) if known else Decision(None)
    if send_resolved and not picture.resolved <= entry.resolved:
        return Decision(SOME_RESOLVED, True, picture.resolved - entry.resolved)
    return Decision(REPEAT, True, picture.firing) if remind else Decision(None)


def recorded(
    entry: Entry | None, picture: Picture, ticks: Mapping[str, str], message_id: str | None, reason: str
) -> Entry:
    """Return the entry after this tick; `ticks` are the routes it spoke for, `message_id` None when no mail was made.

    A "first" mail starts a new thread; what is muted now but was mailed before stays known.
    """
    still_known = (entry.firing & picture.muted) if entry else frozenset()
    root = entry.thread_root if entry else None
    return Entry(
        ticks={**(entry.ticks if entry else {}), **ticks},
        firing=picture.firing | still_known,
        resolved=picture.resolved,
        thread_root=message_id if reason == FIRST or root is None else root,
        mail_no=(entry.mail_no if entry else 0) + (1 if message_id else 0),
    )


def key(flag: str, episode: str, severity: str) -> str:
    """Return the identity of one piece of news."""
    return f"{flag}#{episode}#{severity}"


def severities(news_keys: Collection[str]) -> frozenset[str]:
    """Return the severities inside keys."""
    return frozenset(news_key.rsplit("#", 1)[1] for news_key in news_keys)


def episode_of(news_key: str) -> str:
    """Return the episode inside a key."""
    return news_key.split("#", 1)[1].rsplit("#", 1)[0]
