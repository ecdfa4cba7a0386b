"""The web application gunicorn serves: `gunicorn services.scoring.wsgi:app`."""

from __future__ import annotations

import os

from services.scoring.app import build_web
from services.scoring.config import ScoringSettings
from shared.runtime import logs
from shared.runtime.settings import load

settings = load(ScoringSettings, os.environ)
logs.configure("scoring", settings.log_level)
app = build_web(settings)
