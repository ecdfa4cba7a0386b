"""Figures over all sites of a wave, for those who may not see single sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from services.scoring.domain.targets import met
from shared.programme.model import Indicator, Programme

FEWEST_SITES = 3


@dataclass(frozen=True)
class Aggregate:
    """One indicator over sites: how many have a value; from three on the range and who meets the target.

    The median is shown from as many sites as a comparison with others takes.
    """

    indicator: Indicator
    sites: int
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    met: int | None = None


def aggregate(programme: Programme, indicator: Indicator, records: Sequence[Mapping[str, Any]]) -> Aggregate:
    """Return the aggregate of one indicator; `records` are the stored value records of the sites."""
    known = [record for record in records if record["value"] is not None]
    if len(known) < FEWEST_SITES:
        return Aggregate(indicator, len(known))
    comparable = programme.peers.enabled and len(known) > programme.peers.min
    values = [float(record["value"]) for record in known]
    judged = [met(indicator, record["value"], record.get("benchmark")) for record in known]
    return Aggregate(
        indicator,
        len(known),
        low=min(values) if comparable else None,
        middle=median(values) if comparable else None,
        high=max(values) if comparable else None,
        met=None if None in judged else sum(bool(one) for one in judged),
    )
