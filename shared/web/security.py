"""Response headers, cross-site request checks, and the request's correlation id."""

from __future__ import annotations

import hmac
import uuid

from flask import Flask, Response, current_app, request
from markupsafe import Markup

from shared.errors import Bilingual, Forbidden
from shared.runtime import context
from shared.web.sessions import COOKIE as SESSION_COOKIE

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FOREIGN = Bilingual("This request came from another site.", "Diese Anfrage kam von einer fremden Seite.")
_NO_TOKEN = Bilingual(
    "Send the form token as X-CSRF-Token, or use an API key.",
    "Senden Sie das Formular-Token als X-CSRF-Token, oder nutzen Sie einen API-Schlüssel.",
)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def install(app: Flask) -> None:
    """Set headers on every response, refuse cross-site writes, name every request."""
    app.before_request(_begin)
    app.before_request(refuse_cross_site)
    app.after_request(_headers)
    app.context_processor(lambda: {"csrf_field": csrf_field, "csrf_token": csrf_token})


def csrf_token() -> str:
    """Return the token a form or a script of this browser must send back."""
    return str(current_app.extensions["sessions"].form_token())


def csrf_field() -> Markup:
    """Return the hidden field every form carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token())


def _begin() -> None:
    context.correlation_id.set(uuid.uuid4().hex)


def _headers(response: Response) -> Response:
    present = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not request.path.endswith((".css", ".js", ".svg")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def refuse_cross_site() -> None:
    """Refuse a write that another site started or that lacks our form token.

    Requests with a Bearer key carry no cookie rights and pass. Raises Forbidden.
    """
    if request.method not in UNSAFE or request.headers.get("Authorization", "").startswith("Bearer "):
        return
    if request.path.startswith("/api/") and SESSION_COOKIE not in request.cookies:
        return  # nobody is signed in: the guard asks for a key
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden(_FOREIGN)
    origin = request.headers.get("Origin")
    if origin not in (None, "null") and origin.split("://")[-1] != request.host:
        raise Forbidden(_FOREIGN)
    sent = request.headers.get("X-CSRF-Token") or (request.form.get("csrf", "") if not _is_json() else "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        exempt = current_app.view_functions.get(request.endpoint or "")
        if not getattr(exempt, "one_click", False):
            raise Forbidden(_NO_TOKEN)


def _is_json() -> bool:
    return request.mimetype == "application/json"
