"""What the notify service is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from services.notify.domain.schedule import Route, Routes
from shared.errors import ConfigError
from shared.mail.delivery import Patience
from shared.runtime import smtp_server
from shared.runtime.settings import CommonSettings, setting


@dataclass(frozen=True, kw_only=True)
class NotifySettings(CommonSettings):
    """Times are in seconds."""

    smtp_url: str = setting("SMTP_URL", smtp_server.DOC, secret=True)
    critical_wait_s: float = setting(
        "NOTIFY_CRITICAL_WAIT_S", "Critical: wait before a mail, for flags that are still on their way", default=0.3
    )
    critical_interval_s: float = setting(
        "NOTIFY_CRITICAL_INTERVAL_S", "Critical: least time between two mails about a site to a person", default=300.0
    )
    critical_repeat_s: float = setting(
        "NOTIFY_CRITICAL_REPEAT_S", "Critical: reminder after; 0 = never", default=86_400.0
    )
    standard_wait_s: float = setting("NOTIFY_STANDARD_WAIT_S", "Warnings: wait before a mail", default=900.0)
    standard_interval_s: float = setting(
        "NOTIFY_STANDARD_INTERVAL_S", "Warnings: least time between two mails about a site to a person", default=3600.0
    )
    standard_repeat_s: float = setting(
        "NOTIFY_STANDARD_REPEAT_S", "Warnings: reminder after; 0 = never", default=604_800.0
    )
    digest_at: str = setting(
        "NOTIFY_DIGEST_AT", "Everything else: once a day at this time of the site (HH:MM)", default="08:00"
    )
    send_resolved: bool = setting("NOTIFY_SEND_RESOLVED", "Say by mail when flags are resolved", default=True)
    acknowledged_days: float = setting(
        "NOTIFY_ACKNOWLEDGED_DAYS", "Days after which an acknowledged flag reminds again", default=14.0
    )
    senders: int = setting("NOTIFY_SENDERS", "Mails sent at the same time by one process", default=2)
    smtp_timeout_s: float = setting("NOTIFY_SMTP_TIMEOUT_S", "Limit for one answer of the mail server", default=20.0)
    idle_s: float = setting("NOTIFY_IDLE_S", "Pause of a worker's loop that found nothing to do", default=0.1)
    lease_s: float = setting(
        "NOTIFY_LEASE_S",
        "A mail that a killed worker had in hand is taken up again after; also bounds all waits for the mail server",
        default=180.0,
    )
    give_up_s: float = setting("NOTIFY_GIVE_UP_S", "A mail that fails this long is given up", default=86_400.0)
    uncertain_critical_s: float = setting(
        "NOTIFY_UNCERTAIN_CRITICAL_S", "Critical mail that may have arrived: sent again after", default=60.0
    )
    uncertain_s: float = setting(
        "NOTIFY_UNCERTAIN_S", "Other mail that may have arrived: sent again after", default=900.0
    )

    def routes(self) -> Routes:
        """Return the timing of the three kinds of mail. Raises ConfigError."""
        return Routes(
            critical=Route("critical", self.critical_wait_s, self.critical_interval_s, self.critical_repeat_s),
            standard=Route("standard", self.standard_wait_s, self.standard_interval_s, self.standard_repeat_s),
            digest=Route("digest", 0.0, 3600.0, 0.0, daily_at=self._daily_at()),
        )

    def patience(self) -> Patience:
        """Return how long to try and how often."""
        return Patience(
            give_up_s=self.give_up_s,
            uncertain_critical_s=self.uncertain_critical_s,
            uncertain_s=self.uncertain_s,
        )

    def _daily_at(self) -> time:
        try:
            return time.fromisoformat(self.digest_at)
        except ValueError:
            raise ConfigError([f"NOTIFY_DIGEST_AT must be a time like 08:00, not {self.digest_at!r}"]) from None
