"""The web application gunicorn serves: `gunicorn services.notify.wsgi:app`."""

from __future__ import annotations

from services.notify.app import build_web
from services.notify.config import NotifySettings
from shared.runtime.commands import started

app = build_web(started(NotifySettings, "notify"))
