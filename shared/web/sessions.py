"""The session cookie: one signed cookie that all three services read."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from flask import Flask, Response, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "peilung_session"
CSRF_COOKIE = "peilung_form"
LANGUAGE_COOKIE = "lang"
LONGEST_S = 12 * 3600


@dataclass(frozen=True)
class Session:
    """Who is signed in and since when (seconds since 1970)."""

    account_id: str
    signed_at: float


class Sessions:
    """Reads and writes the session cookie. Tampered, expired or foreign cookies read as None."""

    def __init__(self, secret_key: str, *, secure: bool) -> None:
        self._signer = URLSafeTimedSerializer(secret_key, salt="session")
        self._secret = secret_key.encode()
        self._secure = secure

    def read(self) -> Session | None:
        """Return the session of the request in hand, or None."""
        raw = request.cookies.get(COOKIE, "")
        try:
            data, signed = self._signer.loads(raw, max_age=LONGEST_S, return_timestamp=True)
        except BadSignature:
            return None
        return Session(str(data["account"]), signed.timestamp())

    def sign_in(self, response: Response, account_id: str, language: str = "") -> None:
        """Start a session for this account, valid for 12 hours, with a fresh id.

        Pages speak the account's `language` unless this browser has chosen one before.
        """
        if language and LANGUAGE_COOKIE not in request.cookies:
            response.set_cookie(LANGUAGE_COOKIE, language, max_age=LONGEST_S, secure=self._secure, samesite="Lax")
        value = self._signer.dumps({"account": account_id, "id": secrets.token_hex(16)})
        response.set_cookie(COOKIE, str(value), max_age=LONGEST_S, secure=self._secure, httponly=True, samesite="Lax")

    def sign_out(self, response: Response) -> None:
        """End the session in this browser."""
        response.delete_cookie(COOKIE, secure=self._secure, httponly=True, samesite="Lax")

    def form_token(self) -> str:
        """Return the token that forms of this browser must carry (signed double-submit)."""
        return hmac.new(self._secret, b"form" + self.browser_id().encode(), hashlib.sha256).hexdigest()

    def browser_id(self) -> str:
        """Return this browser's random id; a new one is set on the response by `keep_browser_id`."""
        kept = request.cookies.get(CSRF_COOKIE, "")
        if not kept:
            kept = str(request.environ.setdefault("peilung.browser_id", secrets.token_urlsafe(24)))
        return kept

    def keep_browser_id(self, response: Response) -> Response:
        """Store a browser id made during this request."""
        fresh = request.environ.get("peilung.browser_id")
        if fresh:
            response.set_cookie(CSRF_COOKIE, fresh, secure=self._secure, httponly=True, samesite="Lax")
        return response


def install(app: Flask, secret_key: str, *, secure: bool) -> Sessions:
    """Give the app its sessions (`app.extensions["sessions"]`)."""
    sessions = Sessions(secret_key, secure=secure)
    app.extensions["sessions"] = sessions
    app.after_request(sessions.keep_browser_id)
    return sessions
