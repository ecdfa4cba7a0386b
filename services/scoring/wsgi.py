"""The web application gunicorn serves: `gunicorn services.scoring.wsgi:app`."""

from __future__ import annotations

from services.scoring.app import build_web
from services.scoring.config import ScoringSettings
from shared.runtime.commands import started

app = build_web(started(ScoringSettings, "scoring"))
