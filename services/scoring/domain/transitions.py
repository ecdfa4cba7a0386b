"""From what was told to what is now: the differences between a stored and a fresh fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.scoring.domain.digests import digest

Kind = Literal["raised", "changed", "cleared", "restated"]
Cause = Literal["data", "definition"]
Entry = Mapping[str, Any]
KEPT_TRANSITIONS = 200


@dataclass(frozen=True)
class Detail:
    """What an episode rests on: the explanation of its newest step, and the values with their history."""

    explanation: Mapping[str, Any]
    values: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the detail as stored."""
        return {"explanation": dict(self.explanation), "values": self.values}

    @property
    def digest(self) -> str:
        """The digest of everything in it."""
        return digest(self.to_json())


@dataclass(frozen=True)
class Folded:
    """A fresh fold: standings by flag, episodes and their details by id, progress by wave.

    `afterwards` gives the detail of a stored episode that the fold no longer has.
    """

    standings: Mapping[str, Any]
    episodes: Mapping[str, Entry]
    details: Mapping[str, Detail]
    waves: Mapping[str, Any]
    afterwards: Callable[[str, Entry], Detail]


@dataclass(frozen=True)
class Transition:
    """One change of an episode that others must hear of."""

    seq: int
    kind: Kind
    episode_id: str
    entry: Entry
    detail: Detail
    previous_severity: str | None

    def to_json(self, at: str) -> dict[str, Any]:
        """Return the transition as it is kept in the site's history, without its detail."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "episode_id": self.episode_id,
            "flag": self.entry["flag"],
            "wave": self.entry["last_wave"],
            "state": self.entry["state"],
            "severity": self.entry["severity"],
            "previous_severity": self.previous_severity,
            "at": at,
            "digest": self.detail.digest,
        }


@dataclass(frozen=True)
class Merged:
    """What to store: the fields of the flags document, the transitions to tell, the details that changed."""

    fields: dict[str, Any]
    transitions: list[Transition]
    details: dict[str, Detail]


def merged(stored: Mapping[str, Any] | None, folded: Folded, cause: Cause, at: str) -> Merged | None:
    """Return what to store after a fresh fold; None if nothing changed."""
    before: Mapping[str, Any] = stored or {}
    known: Mapping[str, Entry] = before.get("episodes", {})
    details = dict(folded.details)
    details.update((id_, folded.afterwards(id_, one)) for id_, one in known.items() if id_ not in folded.episodes)
    entries = {id_: {**entry, "withdrawn": False} for id_, entry in folded.episodes.items()}
    entries.update((id_, _withdrawn(entry)) for id_, entry in known.items() if id_ not in entries)
    for id_, detail in details.items():
        entries[id_]["digest"] = detail.digest
    fields: dict[str, Any] = {"standings": folded.standings, "episodes": entries, "waves": folded.waves}
    if stored is not None and all(stored.get(name) == value for name, value in fields.items()):
        return None
    found = transitions(known, entries, details, cause, before.get("seq", 0))
    history = [*before.get("transitions", ()), *(one.to_json(at) for one in found)]
    fields |= {"transitions": history[-KEPT_TRANSITIONS:], "seq": before.get("seq", 0) + len(found), "folded_at": at}
    fresh = {id_: one for id_, one in details.items() if known.get(id_, {}).get("digest") != one.digest}
    return Merged(fields, found, fresh)


def transitions(
    known: Mapping[str, Entry], entries: Mapping[str, Entry], details: Mapping[str, Detail], cause: Cause, last_seq: int
) -> list[Transition]:
    """Return the changes to tell, numbered after `last_seq`.

    An open episode that the fold no longer has was withdrawn by a correction: it ends, and where the same
    flag begins in another wave now, that is a new episode. Where only the definition changed, or the
    answers were imported, the change is restated, not raised or cleared.
    """
    found: list[Transition] = []
    for id_, entry in sorted(entries.items()):
        before = known.get(id_)
        kind = _kind(before, entry)
        if kind is None:
            continue
        told: Kind = "restated" if cause == "definition" or _imported(entry) else kind
        previous = str(before["severity"]) if before is not None and _open(before) else None
        found.append(Transition(last_seq + len(found) + 1, told, id_, entry, details[id_], previous))
    return found


def _kind(before: Entry | None, now: Entry) -> Kind | None:
    """Return what happened to one episode; one that began and ended unseen is only restated."""
    if _open(now):
        if before is None or not _open(before):
            return "raised"
        return "changed" if before["severity"] != now["severity"] else None
    if _open(before):
        return "cleared"
    return "restated" if before is None else None


def _withdrawn(entry: Entry) -> dict[str, Any]:
    return {**entry, "state": "cleared", "withdrawn": True}


def _imported(entry: Entry) -> bool:
    """True where nobody answered live; a correction that withdraws an episode always is live."""
    return bool(entry.get("imported")) and not entry["withdrawn"]


def _open(entry: Entry | None) -> bool:
    return entry is not None and bool(entry["state"] == "raised")
