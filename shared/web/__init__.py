"""What every page and API shares: app factory, guards, sessions, language, errors, layout, charts."""

from __future__ import annotations

from shared.web.app import create_app
from shared.web.guards import api_key, declare, either, public, require, respondent, staff

__all__ = ["api_key", "create_app", "declare", "either", "public", "require", "respondent", "staff"]
