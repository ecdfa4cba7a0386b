"""Limits per key, session or address; when the limiter itself fails, requests pass."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import Blueprint, Flask, request
from flask_limiter import Limiter

from shared.web.sessions import COOKIE


def install(app: Flask, blueprints: Sequence[Blueprint], per_minute: int) -> None:
    """Limit what one caller may ask of these blueprints in a minute, in each process; 0 = no limit."""
    if per_minute <= 0:
        return
    limiter = Limiter(
        _caller, app=app, storage_uri="memory://", headers_enabled=True, swallow_errors=True, strategy="moving-window"
    )
    for blueprint in blueprints:
        limiter.shared_limit(f"{per_minute}/minute", scope="api")(blueprint)


def _caller() -> str:
    """Return what the caller shows: a key (in the header or the path), else a session, else the address."""
    in_path = (request.view_args or {}).get("key")
    shown = request.headers.get("Authorization") or in_path or request.cookies.get(COOKIE)
    return hashlib.sha256(shown.encode()).hexdigest() if shown else request.remote_addr or "unknown"
