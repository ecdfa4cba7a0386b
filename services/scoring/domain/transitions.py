"""From what was told to what is now: the differences between a stored and a fresh fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.programme.model import SEVERITIES

Kind = Literal["raised", "changed", "cleared", "restated"]
Cause = Literal["data", "definition"]
KEPT_TRANSITIONS = 200
Entries = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Transition:
    """One change of an episode that others must hear of."""

    seq: int
    kind: Kind
    episode_id: str
    entry: Mapping[str, Any]
    previous_severity: str | None

    def to_json(self, at: str) -> dict[str, Any]:
        """Return the transition as it is kept in the site's history."""
        entry = self.entry
        return {
            "seq": self.seq,
            "kind": self.kind,
            "episode_id": self.episode_id,
            "flag": entry["flag"],
            "wave": entry["last_wave"],
            "state": entry["state"],
            "severity": entry["severity"],
            "previous_severity": self.previous_severity,
            "at": at,
            "explanation": entry["explanation"],
        }


def merged(
    stored: Mapping[str, Any] | None, folded: Mapping[str, Any], cause: Cause, at: str
) -> tuple[dict[str, Any], list[Transition]] | None:
    """Return the fields a site's flags document gets and the transitions to tell; None if nothing changed."""
    before: Mapping[str, Any] = stored or {}
    entries, found = differences(before.get("episodes", {}), folded["episodes"], cause, before.get("seq", 0))
    fields = {"standings": folded["standings"], "episodes": entries, "waves": folded["waves"]}
    if stored is not None and all(stored.get(name) == value for name, value in fields.items()):
        return None
    history = [*before.get("transitions", ()), *(one.to_json(at) for one in found)]
    fields |= {"transitions": history[-KEPT_TRANSITIONS:], "seq": before.get("seq", 0) + len(found), "folded_at": at}
    return fields, found


def differences(
    stored: Entries, folded: Entries, cause: Cause, last_seq: int
) -> tuple[dict[str, Any], list[Transition]]:
    """Return the entries to store and the transitions to tell, numbered after `last_seq`.

    An open episode that the fold no longer has was withdrawn by a correction: it ends. Where the same
    flag merely begins in another wave now, or only the definition changed, the change is restated, not
    raised or cleared.
    """
    entries = {id_: {**entry, "withdrawn": False} for id_, entry in folded.items()}
    gone = {id_: _withdrawn(entry) for id_, entry in stored.items() if id_ not in folded}
    ended = {_rule(entry): entry for id_, entry in gone.items() if _open(stored[id_])}
    begun = {_rule(entry) for id_, entry in entries.items() if _open(entry) and not _open(stored.get(id_))}
    found: list[Transition] = []
    for id_, entry in [*sorted(entries.items()), *sorted(gone.items())]:
        before = stored.get(id_)
        kind = _kind(before, entry)
        if kind is None:
            continue
        moved = _replaces(entry, ended) if kind == "raised" else _rule(entry) in ended and _rule(entry) in begun
        told: Kind = "restated" if moved or cause == "definition" else kind
        previous = str(before["severity"]) if before is not None and _open(before) else None
        found.append(Transition(last_seq + len(found) + 1, told, id_, entry, previous))
    return {**gone, **entries}, found


def _kind(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> Kind | None:
    """Return what happened to one episode; one that began and ended unseen is only restated."""
    if _open(now):
        if before is None or not _open(before):
            return "raised"
        return "changed" if before["severity"] != now["severity"] else None
    if _open(before):
        return "cleared"
    return "restated" if before is None else None


def _replaces(now: Mapping[str, Any], moved: Entries) -> bool:
    """True if the same flag was open under another beginning, at least as severe."""
    before = moved.get(_rule(now))
    return before is not None and SEVERITIES.index(before["severity"]) >= SEVERITIES.index(now["severity"])


def _withdrawn(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "state": "cleared", "withdrawn": True}


def _rule(entry: Mapping[str, Any]) -> str:
    return f"{entry['flag']}/{entry.get('rule', '')}"


def _open(entry: Mapping[str, Any] | None) -> bool:
    return entry is not None and bool(entry["state"] == "raised")
