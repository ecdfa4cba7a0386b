"""Unguessable tokens derived from the installation's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable


def signer(secret_key: str) -> Callable[[str], str]:
    """Return a function from a text to its token: 256 bits, the same for the same text, useless without the key."""
    key = hashlib.sha256(b"links|" + secret_key.encode()).digest()

    def sign(text: str) -> str:
        digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    return sign
