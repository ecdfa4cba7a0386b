"""The flags the last answers must give, worked out by hand: an opinion that shares no code with the product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from tests.support.pipeline.letters import Letter
from tests.support.pipeline.oracle import newest

Severity = str | None


def open_flags(letters: Sequence[Letter]) -> dict[tuple[str, str], str]:
    """Return (site, flag) -> severity of every flag that must be open, those of the whole programme left out."""
    last = newest(letters)
    sites = {site for _, site, _, _ in last}
    found: dict[tuple[str, str], Severity] = {}
    for site in sites:
        first, second = (_share(last[("report", site, wave, "site")]) for wave in ("first", "second"))
        found[(site, "F-P01")] = _overdue(_overdue(None, first), second)
        found[(site, "F-P02")] = "warn" if second - first > 20 else None
        moods = [one.body["answers"]["mood"] for key, one in last.items() if key[:2] == ("survey", site)]
        found[(site, "F-P03")] = "critical" if len(moods) >= 5 and mean(moods) < 2.8 else None
    return {key: severity for key, severity in found.items() if severity}


def _share(letter: Letter) -> float:
    answers: Mapping[str, int] = letter.body["answers"]
    return 100 * answers["proofs_overdue"] / answers["proofs_due"]


def _overdue(before: Severity, value: float) -> Severity:
    """Return the severity after one more wave: above 30 critical, above 15 warn, at most 10 ends it."""
    if value > 30:
        return "critical"
    if value > 15:
        return "warn"
    return before if value > 10 else None
