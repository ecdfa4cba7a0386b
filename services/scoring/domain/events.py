"""The events scoring publishes; ids follow from their causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.cells import CellKey
from services.scoring.domain.transitions import Transition
from shared.events import Event, derived_id
from shared.programme.model import Programme

SOURCE = "scoring"


def indicators_computed(key: CellKey, cell: Mapping[str, Any], at: str, origin: str) -> Event:
    """Return the event that carries a cell's values; the same content gives the same id."""
    values = [
        {"indicator": name, "value": record["value"], "reason": record["reason"], "n": record["n"]}
        for name, record in cell["values"].items()
    ]
    return Event(
        name="indicators.computed",
        data={
            "programme": key.programme,
            "site": key.site,
            "wave": key.wave,
            "as_of_seq": cell["as_of_seq"],
            "values": values,
        },
        subject=f"{key.programme}/{key.site}",
        source=SOURCE,
        id=derived_id("indicators.computed", key, cell["as_of_seq"], cell["content_digest"]),
        time=at,
        origin=origin,
    )


def flag_events(
    programme: Programme, site: str, transitions: Sequence[Transition], at: str, origin: str
) -> list[Event]:
    """Return the events that tell the transitions of one recomputation; each says which of them is the last news."""
    end = max((one.seq for one in transitions if one.kind != "restated"), default=0)
    return [_flag_event(programme, site, one, at, origin, max(end, one.seq)) for one in transitions]


def _flag_event(programme: Programme, site: str, transition: Transition, at: str, origin: str, end: int) -> Event:
    return Event(
        name=f"flag.{transition.kind}",
        data={**_what(programme, site, transition), "batch_end": end, "occurred_at": at},
        subject=f"{programme.id}/{site}",
        source=SOURCE,
        id=derived_id("flag", transition.episode_id, transition.seq),
        time=at,
        origin=origin,
    )


def _what(programme: Programme, site: str, transition: Transition) -> dict[str, Any]:
    entry, explanation = transition.entry, transition.detail.explanation
    rule = next((flag for flag in programme.flags if flag.id == entry["flag"]), None)
    return {
        "programme": programme.id,
        "site": site,
        "wave": entry["wave"] if transition.kind == "raised" else entry["last_wave"],
        "flag": entry["flag"],
        "episode_id": transition.episode_id,
        "transition_seq": transition.seq,
        "state": entry["state"],
        "severity": entry["severity"],
        "previous_severity": transition.previous_severity,
        "label": entry["label"],
        "topic": rule.topic if rule else None,
        "support": list(rule.support) if rule else [],
        "hidden_from": list(rule.hidden_from) if rule else [],
        "audience": rule.audience if rule else "consultant",
        "values": transition.detail.values,
        "rule": explanation["rule"],
        "description": dict(rule.description) if rule else {},
        "counterfactual": explanation["counterfactual"],
    }
