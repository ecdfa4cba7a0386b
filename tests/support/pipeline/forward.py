"""A WSGI app that hands every request on to a server on loopback, so that a test client can use real processes."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask.testing import FlaskClient
from werkzeug.test import Client


def visitor(port: int, timeout_s: float = 20.0) -> FlaskClient:
    """Return a test client whose requests go to this port."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {"Content-Type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        connection.request(environ["REQUEST_METHOD"], path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        start_response(f"{answer.status} {answer.reason}", answer.getheaders())
        connection.close()
        return [content]

    return cast(FlaskClient, Client(app))
