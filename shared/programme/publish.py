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
    connection, prefix = _connection(url)
    body = json.dumps({"definition": programme_to_json(programme)}, ensure_ascii=False).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", prefix + PATH, body, headers)
        answer = connection.getresponse()
        text = answer.read(1_000_000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PublishFailed(f"{url} cannot be reached: {error}") from error
    finally:
        connection.close()
    if answer.status >= 300:
        raise PublishFailed(_refusal(answer.status, text))
    return text


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
        return kind(parts.netloc, timeout=TIMEOUT_S), parts.path.rstrip("/")
    except (ValueError, KeyError, http.client.InvalidURL) as error:
        raise PublishFailed(f'"{url}" is not an address; write http://host:port.') from error


def _refusal(status: int, text: str) -> str:
    try:
        answer = json.loads(text)
        lines = [str(answer["message"])]
        lines += [f"{error.get('path', '')}: {error.get('message', '')}" for error in answer.get("errors") or ()]
    except (ValueError, KeyError, TypeError, AttributeError):
        lines = [text[:500]]
    return f"Refused with status {status}: " + "\n".join(lines)
