"""Who may call what: every blueprint declares one guard, and a test walks all routes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from shared.clock import to_text
from shared.errors import Bilingual, Forbidden
from shared.registry import Account

_WHO = Bilingual("Sign in or send an API key.", "Melden Sie sich an, oder senden Sie einen API-Schlüssel.")
_NO_KEY = Bilingual(
    "Send an API key: Authorization: Bearer <key>.",
    "Senden Sie einen API-Schlüssel: Authorization: Bearer <Schlüssel>.",
)
_BAD_KEY = Bilingual("This API key is unknown or revoked.", "Diesen API-Schlüssel gibt es nicht oder nicht mehr.")
_NO_SCOPE = Bilingual("This API key lacks the scope {scope}.", "Diesem API-Schlüssel fehlt das Recht {scope}.")
_NO_ROLE = Bilingual("Your account has no role that may see this.", "Ihr Konto hat keine Rolle, die das sehen darf.")
_NO_ROLE_HERE = Bilingual(
    "Your account has no role for this programme or site.",
    "Ihr Konto hat keine Rolle für dieses Programm oder diesen Standort.",
)

Check = Callable[[], ResponseReturnValue | None]


@dataclass(frozen=True)
class Guard:
    """A named check that runs before every view of a blueprint; None = go on."""

    name: str
    check: Check


def declare(blueprint: Blueprint, guard: Guard) -> None:
    """Put the guard before every view of the blueprint."""
    blueprint.guard = guard  # type: ignore[attr-defined]
    blueprint.before_request(guard.check)


def public(reason: str) -> Guard:
    """Let everybody in; the reason is said aloud so that a reviewer can object."""
    return Guard(f"public: {reason}", lambda: None)


def respondent() -> Guard:
    """The view itself checks the invitation in its path."""
    return Guard("respondent", lambda: None)


def staff(*roles: str) -> Guard:
    """A signed-in account with one of the roles (none named = any account); sets `g.actor`."""

    def check() -> ResponseReturnValue | None:
        account = signed_in()
        if account is None:
            if request.path.startswith("/api/"):
                raise Unauthorized(_WHO)
            target = request.full_path.rstrip("?") if request.method == "GET" else request.path
            return redirect(f"/collection/sign-in?next={quote(target)}")
        if roles and not account.may(roles):
            raise Forbidden(_NO_ROLE)
        g.actor = account
        return None

    return Guard(f"staff: {', '.join(roles) or 'any'}", check)


def api_key(scope: str) -> Guard:
    """`Authorization: Bearer <key>` of an account that holds the scope; sets `g.actor`."""

    def check() -> ResponseReturnValue | None:
        header = request.headers.get("Authorization", "")
        if not header.startswith("Bearer "):
            raise Unauthorized(_NO_KEY)
        digest = hashlib.sha256(header[7:].strip().encode()).hexdigest()
        account = current_app.extensions["registry"].account_by_key(digest)
        if account is None:
            raise Unauthorized(_BAD_KEY)
        if scope not in account.scopes:
            raise Forbidden(_NO_SCOPE.format(scope=scope))
        g.actor = account
        return None

    return Guard(f"api key: {scope}", check)


def either(key: Guard, session: Guard) -> Guard:
    """The key guard when a Bearer header is sent, else the session guard."""

    def check() -> ResponseReturnValue | None:
        bearer = request.headers.get("Authorization", "").startswith("Bearer ")
        return key.check() if bearer else session.check()

    return Guard(f"{key.name} or {session.name}", check)


def signed_in() -> Account | None:
    """Return the active account of the session cookie, or None. Sets `g.actor` for templates."""
    session = current_app.extensions["sessions"].read()
    if session is None:
        return None
    account: Account | None = current_app.extensions["registry"].account(session.account_id)
    if account is None or not account.active:
        return None
    if account.sessions_from and account.sessions_from > _text(session.signed_at):
        return None
    g.actor = account
    return account


def _text(seconds: float) -> str:
    return to_text(datetime.fromtimestamp(seconds, UTC))


def require(role: str | tuple[str, ...], programme: str, site: str | None = None) -> Account:
    """Return the actor if it holds one of the roles there. Raises Forbidden.

    A machine account with scopes and no roles (an API key that passed its guard) is let through.
    """
    actor: Account = g.actor
    if actor.machine:
        return actor
    if not actor.may(role, programme, site):
        raise Forbidden(_NO_ROLE_HERE)
    return actor
