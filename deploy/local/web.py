"""One port for everything: the three services' pages, their APIs and the mailbox, chosen by path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from deploy.local.config import LocalSettings, read, service_environment
from deploy.local.mailpages import build_mailbox
from services.intake.app import build_web as intake
from services.intake.config import IntakeSettings
from services.notify.app import build_web as notify
from services.notify.config import NotifySettings
from services.scoring.app import build_web as scoring
from services.scoring.config import ScoringSettings
from shared.runtime import logs
from shared.runtime.settings import load

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class ByPath:
    """Hands each request to the first app whose prefix its path starts with."""

    def __init__(self, apps: list[tuple[str, Wsgi]], health: list[Wsgi]) -> None:
        self._apps = apps
        self._health = health

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/":
            start_response("302 Found", [("Location", "/collection/"), ("Content-Length", "0")])
            return []
        if path in ("/livez", "/readyz"):
            return self._all_healthy(environ, start_response)
        for prefix, app in self._apps:
            if path.startswith(prefix):
                return app(environ, start_response)
        return self._apps[-1][1](environ, start_response)

    def _all_healthy(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        states: list[str] = []
        for app in self._health:
            body = app(dict(environ), lambda status, *_: states.append(status))
            list(body)
        worst = max(states)
        content = json.dumps({"status": worst.split(" ", 1)[1].lower()}).encode()
        start_response(worst, [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
        return [content]


def build(settings: LocalSettings) -> ByPath:
    """Build the apps of all three services for one process."""
    forms = intake(load(IntakeSettings, service_environment(settings, "intake")))
    values = scoring(load(ScoringSettings, service_environment(settings, "scoring")))
    alerts = notify(load(NotifySettings, service_environment(settings, "notify")))
    apps: list[tuple[str, Wsgi]] = [
        ("/monitoring", values),
        ("/api/scoring/", values),
        ("/support", alerts),
        ("/api/notify/", alerts),
    ]
    if not settings.smtp_url:
        apps.append(("/mailbox", build_mailbox(settings.home / "mailbox", "/mailbox")))
    return ByPath([*apps, ("/", forms)], [forms, values, alerts])


def create() -> ByPath:
    """Build from the environment; what gunicorn calls."""
    logs.configure("web", "info")
    return build(read())
