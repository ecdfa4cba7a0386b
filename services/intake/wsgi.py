"""The web application gunicorn serves: `gunicorn services.intake.wsgi:app`."""

from __future__ import annotations

from services.intake.app import build_web
from services.intake.config import IntakeSettings
from shared.runtime.commands import started

app = build_web(started(IntakeSettings, "intake"))
