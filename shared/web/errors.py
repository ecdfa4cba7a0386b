"""Error class to status: one JSON shape for the API, one page for people; internals never shown."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from shared.errors import Bilingual, Conflict, Fault, Forbidden, InfrastructureError, Invalid, NotFound
from shared.web import language
from shared.web.json_body import BadJson

log = logging.getLogger(__name__)

RETRY_AFTER_S = 30
CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


def install(app: Flask) -> None:
    """Answer every error class with its status, in the right shape."""
    app.register_error_handler(NotFound, lambda e: answer(404, e.message))
    app.register_error_handler(Forbidden, lambda e: answer(403, e.message))
    app.register_error_handler(Conflict, lambda e: answer(409, e.message, code=e.code))
    app.register_error_handler(Invalid, lambda e: answer(422, faults=e.faults, only=e.language))
    app.register_error_handler(BadJson, lambda e: answer(400, e.message))
    app.register_error_handler(InfrastructureError, _away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(
    status: int, message: str = "", *, code: str = "", faults: list[Fault] | None = None, only: str = ""
) -> ResponseReturnValue:
    """Return the error in the shape the caller understands: JSON under /api/, a page elsewhere.

    A blueprint that speaks another protocol has its own: `error_shape(status, message, code)`.
    Everything in it is in one language: the asker's, or the only one the faults are written in. A
    message that the language lacks gives way to what the status means.
    """
    own = getattr(current_app.blueprints.get(request.blueprint or ""), "error_shape", None)
    if own is not None:
        shaped: ResponseReturnValue = own(status, message, code)
        return shaped
    speak = only or language.current()
    told = [Fault(fault.path, fault.code, _spoken(fault.message, speak) or fault.message) for fault in faults or []]
    if not request.path.startswith("/api/"):
        return render_template("error.html", status=status, faults=told), status
    said = _spoken(message, speak) or _meaning(status, speak)
    return jsonify(body(status, said, code=code, faults=told)), status


def _spoken(text: str, speak: str) -> str:
    """Return the text in the language, "" if it is not known in it."""
    if speak == "de":
        return text.de if isinstance(text, Bilingual) else ""
    return str(text)


def _meaning(status: int, speak: str) -> str:
    key = status if status in CODES else 500 if status >= 500 else 400
    limit = current_app.config["MAX_CONTENT_LENGTH"] // 1024
    return language.message(("shared.web",), speak, f"api.{key}", limit=limit)


def body(status: int, message: str, *, code: str = "", faults: list[Fault] | None = None) -> dict[str, Any]:
    """Return the one error shape of the API. `code` is stable, texts are not."""
    errors = [{"path": f.path, "code": f.code, "message": f.message} for f in faults or []]
    return {"code": code or CODES.get(status, "error"), "status": status, "message": message, "errors": errors}


def _away(error: InfrastructureError) -> ResponseReturnValue:
    log.warning("dependency away", extra={"reason": type(error).__name__, "endpoint": request.endpoint})
    g.away = True  # who drew the page out by waiting need not wait a second time
    response = make_response(answer(503))
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    message = error.description if isinstance(error.description, Bilingual) else ""
    response = make_response(answer(status, message, faults=_query_faults(error)))
    for name, value in error.get_headers():
        if name.lower() in ("retry-after", "allow", "www-authenticate"):
            response.headers[name] = value
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def _query_faults(error: HTTPException) -> list[Fault]:
    """Return what schema validation of a query found."""
    data = getattr(error, "data", None) or {}
    return [fault for messages in (data.get("messages") or {}).values() for fault in schema_faults(messages)]


def schema_faults(messages: Any) -> list[Fault]:
    """Flatten what a schema refused into faults with dotted paths."""
    found: list[Fault] = []
    _collect(messages, "", found)
    return found


def _collect(messages: Any, path: str, found: list[Fault]) -> None:
    if isinstance(messages, dict):
        for key, value in messages.items():
            _collect(value, f"{path}.{key}" if path and key != "_schema" else str(key), found)
    else:
        texts = messages if isinstance(messages, list) else [messages]
        found.extend(Fault(path, "schema", text) for text in texts)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("request failed", exc_info=error, extra={"endpoint": request.endpoint})
    return answer(500)
