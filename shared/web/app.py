"""The app factory all three services use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Request, g, request, url_for
from flask.json.provider import DefaultJSONProvider
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, PackageLoader
from werkzeug.exceptions import UnsupportedMediaType

from shared.errors import InfrastructureError
from shared.registry import MONITORING_STAFF, SUPPORT_STAFF, Account, Registry
from shared.runtime.settings import CommonSettings
from shared.web import errors, guards, json_body, language, security, sessions

MAX_BODY_BYTES = 256 * 1024
_AREAS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("/collection/", "nav.collection", ()),
    ("/monitoring/", "nav.monitoring", MONITORING_STAFF),
    ("/support/", "nav.support", SUPPORT_STAFF),
)


class _Json(DefaultJSONProvider):
    """Strict on the way in, plain UTF-8 with keys in order on the way out."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return json_body.loads(s)


class _Request(Request):
    """A request whose JSON errors are ours."""

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        raise UnsupportedMediaType if e is None else e


class _NoSession(SessionInterface):
    """Flask's own session is not used (see shared.web.sessions)."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self.make_null_session(app)


class _App(Flask):
    request_class = _Request
    json_provider_class = _Json
    session_interface = _NoSession()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: none is async, and finding that out for each costs time in every request."""
        return func


def create_app(
    service: str,
    url_prefix: str,
    settings: CommonSettings,
    registry: Registry,
    ready: Callable[[], None],
    templates: str,
    late_since: Callable[[], str | None] = lambda: None,
) -> Flask:
    """Build a service's Flask app with everything shared in place; the caller registers blueprints.

    `url_prefix` is where the service's pages live (`/monitoring`); `ready` raises when the service
    cannot work; `templates` is the package with `templates/`, `static/` and `i18n/`; `late_since` says
    since when the service's pages are behind what happens (an instant's text), None when they are not.
    """
    app = _App(templates, template_folder=None, static_folder="static", static_url_path=f"{url_prefix}/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        MAX_FORM_PARTS=1000,
        PUBLIC_URL=settings.base_url,
        API_RATE=settings.api_rate,
    )
    app.jinja_loader = ChoiceLoader([PackageLoader(templates), PackageLoader("shared.web")])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["registry"] = registry
    sessions.install(app, settings.secret_key, secure=settings.secure_cookies)
    language.install(app, ("shared.web", templates))
    security.install(app)
    errors.install(app)
    app.register_blueprint(_base(service, url_prefix, ready))
    app.context_processor(lambda: {"actor": _actor(), "areas": _areas, "here": request.path, "late_since": late_since})
    return app


def _actor() -> Account | None:
    """Return who is signed in, for the layout; a page that tells of an outage is drawn without."""
    if g.get("away"):
        return None
    try:
        actor: Account | None = g.get("actor") or guards.signed_in()
    except InfrastructureError:
        return None
    return actor


def _areas(actor: Account) -> list[tuple[str, str]]:
    """Return address and message key of the main parts of the platform that are there for somebody."""
    return [(path, key) for path, key, roles in _AREAS if not roles or actor.may(roles)]


def _base(service: str, url_prefix: str, ready: Callable[[], None]) -> Blueprint:
    base = Blueprint("base", "shared.web", static_folder="static", static_url_path=f"{url_prefix}/shared")
    guards.declare(base, guards.public("health checks and style sheets"))

    def livez() -> ResponseReturnValue:
        return {"service": service, "status": "alive"}

    def readyz() -> ResponseReturnValue:
        ready()
        return {"service": service, "status": "ready"}

    for path in ("", url_prefix):
        base.add_url_rule(f"{path}/livez", f"livez{path.replace('/', '_')}", livez)
        base.add_url_rule(f"{path}/readyz", f"readyz{path.replace('/', '_')}", readyz)
    base.app_context_processor(lambda: {"asset": lambda file: url_for("base.static", filename=file)})
    return base
