"""Error class to status: one JSON shape for the API, one page for people; internals never shown."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from shared.errors import Conflict, Fault, Forbidden, InfrastructureError, Invalid, NotFound
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
    app.register_error_handler(NotFound, lambda e: answer(404, str(e)))
    app.register_error_handler(Forbidden, lambda e: answer(403, str(e)))
    app.register_error_handler(Conflict, lambda e: answer(409, str(e), code=e.code))
    app.register_error_handler(Invalid, lambda e: answer(422, "Some entries break a rule.", faults=e.faults))
    app.register_error_handler(BadJson, lambda e: answer(400, str(e)))
    app.register_error_handler(InfrastructureError, _away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, message: str, *, code: str = "", faults: list[Fault] | None = None) -> ResponseReturnValue:
    """Return the error in the shape the caller understands: JSON under /api/, a page elsewhere."""
    if not request.path.startswith("/api/"):
        return render_template("error.html", status=status, message=message, faults=faults or []), status
    return jsonify(body(status, message, code=code, faults=faults)), status


def body(status: int, message: str, *, code: str = "", faults: list[Fault] | None = None) -> dict[str, Any]:
    """Return the one error shape of the API. `code` is stable, texts are not."""
    errors = [{"path": f.path, "code": f.code, "message": f.message} for f in faults or []]
    return {"code": code or CODES.get(status, "error"), "status": status, "message": message, "errors": errors}


def _away(error: InfrastructureError) -> ResponseReturnValue:
    log.warning("dependency away", extra={"reason": type(error).__name__, "endpoint": request.endpoint})
    response = app_response(answer(503, "The service cannot reach its storage. Nothing was saved; try again shortly."))
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def app_response(value: ResponseReturnValue) -> Response:
    """Turn what a view returned into a response object."""
    return make_response(value)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    response = app_response(answer(status, error.description or "", faults=_schema_faults(error)))
    for name, value in error.get_headers():
        if name.lower() in ("retry-after", "allow", "www-authenticate"):
            response.headers[name] = value
    if status == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def _schema_faults(error: HTTPException) -> list[Fault]:
    """Flatten what schema validation of a JSON body found into faults."""
    data = getattr(error, "data", None) or {}
    found: list[Fault] = []
    for messages in (data.get("messages") or {}).values():
        _collect(messages, "", found)
    return found


def _collect(messages: Any, path: str, found: list[Fault]) -> None:
    if isinstance(messages, dict):
        for key, value in messages.items():
            _collect(value, f"{path}.{key}" if path and key != "_schema" else str(key), found)
    else:
        texts = messages if isinstance(messages, list) else [messages]
        found.extend(Fault(path, "schema", str(text)) for text in texts)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("request failed", exc_info=error, extra={"endpoint": request.endpoint})
    return answer(500, "Something went wrong on our side. Try again; if it stays, tell the operator.")
