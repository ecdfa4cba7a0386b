"""Intake's settings."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.register import Rhythms, read_rhythms
from shared.errors import ConfigError
from shared.runtime import smtp_server
from shared.runtime.settings import CommonSettings, setting


@dataclass(frozen=True, kw_only=True)
class IntakeSettings(CommonSettings):
    """What intake is told besides the common settings."""

    smtp_url: str = setting("SMTP_URL", smtp_server.DOC, secret=True)
    secret_key_old: str = setting(
        "SECRET_KEY_OLD",
        "Earlier values of SECRET_KEY, one per line: drafts saved under them can still be opened",
        default="",
        secret=True,
    )
    contact_email: str = setting(
        "CONTACT_EMAIL",
        "Whom people write to about barriers, on the accessibility statement; empty = who invited them",
        default="",
    )
    time_zone: str = setting(
        "TIME_ZONE", "Time zone in which waves open and close and dates are shown", default="Europe/Berlin"
    )
    reminder_days: str = setting(
        "REMINDER_DAYS",
        "Days after the due date (before: negative) on which people are reminded who were asked and have not "
        "answered; other ones for a programme or form after `;`: `-7,-2,3; programme=-14,3; programme/form=5`",
        default="-7,-2,3",
    )

    @property
    def rhythms(self) -> Rhythms:
        """The days of reminders. Raises ConfigError."""
        try:
            return read_rhythms(self.reminder_days)
        except ValueError as error:
            raise ConfigError([f"REMINDER_DAYS: {error}"]) from error
