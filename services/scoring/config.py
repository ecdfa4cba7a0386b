"""Settings of the scoring service."""

from __future__ import annotations

from dataclasses import dataclass

from shared.runtime.settings import CommonSettings, setting


@dataclass(frozen=True, kw_only=True)
class ScoringSettings(CommonSettings):
    """What scoring is told on top of what every service is told."""

    workers: int = setting("SCORING_WORKERS", "Cells computed at the same time in one process", default=1)
    quiet_s: float = setting("SCORING_QUIET_S", "Seconds without news before a cell is computed", default=0.1)
    longest_s: float = setting("SCORING_LONGEST_S", "Longest wait of a cell with steady news, in seconds", default=1.0)
    peers_s: float = setting(
        "SCORING_PEERS_S", "Seconds before a cell follows news of other sites; bundles them", default=2.0
    )
    lease_s: float = setting(
        "SCORING_LEASE_S", "A cell that a killed worker had in hand is computed again after, in seconds", default=30.0
    )
    idle_s: float = setting("SCORING_IDLE_S", "Pause of a worker's loop that found nothing to do", default=0.05)
