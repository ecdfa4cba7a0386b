"""The web application gunicorn serves: `gunicorn services.intake.wsgi:app`."""

from __future__ import annotations

import os

from services.intake.app import build_web
from services.intake.config import IntakeSettings
from shared.runtime import logs
from shared.runtime.settings import load

settings = load(IntakeSettings, os.environ)
logs.configure("intake", settings.log_level)
app = build_web(settings)
