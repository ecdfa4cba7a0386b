"""Limits per API key and per address; when the limiter itself fails, requests pass."""

from __future__ import annotations

import hashlib

from flask import Flask, request
from flask_limiter import Limiter

from shared.web.api import ApiBlueprint


def install(app: Flask, blueprints: tuple[ApiBlueprint, ...], per_minute: int) -> None:
    """Limit what one key (or, without one, one address) may ask of these blueprints in a minute; 0 = no limit."""
    if per_minute <= 0:
        return
    limiter = Limiter(
        _caller, app=app, storage_uri="memory://", headers_enabled=True, swallow_errors=True, strategy="moving-window"
    )
    for blueprint in blueprints:
        limiter.limit(f"{per_minute}/minute")(blueprint)


def _caller() -> str:
    key = request.headers.get("Authorization", "")
    if key:
        return hashlib.sha256(key.encode()).hexdigest()
    return request.remote_addr or "unknown"
