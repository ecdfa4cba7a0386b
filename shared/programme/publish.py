"""Sends a checked programme to a running installation."""

from __future__ import annotations

import http.client
import json
from urllib.parse import urlsplit

from shared.programme.json_form import programme_to_json
from shared.programme.model import Programme

PATH = "/api/intake/v1/programmes"
TIMEOUT_S = 30


class PublishFailed(Exception):
    """The installation cannot be reached or refuses; the text says what and why."""


def publish(programme: Programme, url: str, key: str) -> str:
    """Return the answer to publishing the definition, as JSON text. Raises PublishFailed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PublishFailed(f'"{url}" is not an address; write http://host:port.')
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.hostname, parts.port, timeout=TIMEOUT_S)
    body = json.dumps({"definition": programme_to_json(programme)}, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", parts.path.rstrip("/") + PATH, body, headers)
        answer = connection.getresponse()
        text = answer.read(1_000_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PublishFailed(f"{url} cannot be reached: {error}") from error
    finally:
        connection.close()
    if answer.status >= 300:
        raise PublishFailed(_refusal(answer.status, text))
    return text


def _refusal(status: int, text: str) -> str:
    try:
        answer = json.loads(text)
        lines = [str(answer["message"])]
        lines += [f"{error.get('path', '')}: {error.get('message', '')}" for error in answer.get("errors") or ()]
    except (ValueError, KeyError, TypeError, AttributeError):
        lines = [text[:500]]
    return f"Refused with status {status}: " + "\n".join(lines)
