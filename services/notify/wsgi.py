"""The web application gunicorn serves: `gunicorn services.notify.wsgi:app`."""

from __future__ import annotations

import os

from services.notify.app import build_web
from services.notify.config import NotifySettings
from shared.runtime import logs
from shared.runtime.settings import load

settings = load(NotifySettings, os.environ)
logs.configure("notify", settings.log_level)
app = build_web(settings)
