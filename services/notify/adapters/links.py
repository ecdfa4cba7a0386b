"""Links in mails: always from the configured address, acknowledge links signed and dated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

from shared.clock import plus

VALID_S = 30 * 86_400


class MailLinks:
    """Makes links and reads acknowledge tokens. A token names a delivery: its alerts and its recipient."""

    def __init__(self, public_url: str, secret_key: str) -> None:
        self._base = public_url.rstrip("/")
        self._signer = URLSafeSerializer(secret_key, salt="notify-acknowledge")

    def site(self, programme: str, site: str) -> str:
        """Return the page of a site, or the inbox for a whole programme."""
        if site == "*":
            return f"{self._base}/support/"
        return f"{self._base}/monitoring/{quote(programme, safe='')}/sites/{quote(site, safe='')}"

    def acknowledge(self, delivery: Mapping[str, Any]) -> str:
        """Return the link that acknowledges this delivery's alerts, valid for 30 days."""
        token = self._signer.dumps([delivery["_id"], plus(delivery["created_at"], VALID_S)])
        return f"{self._base}/support/ack/{str(token)}"

    def delivery_of(self, token: str, now: str) -> str | None:
        """Return the delivery a token names; None when it is forged, damaged or too old."""
        try:
            id_, expires_at = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        return str(id_) if now < str(expires_at) else None
