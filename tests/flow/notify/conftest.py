"""Notify's pages and API in a test client, with people signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notify.app import build_web
from tests.support.notify import World


class Browser:
    """A test client that carries the form token and a session."""

    def __init__(self, app: Flask, account: str | None) -> None:
        self.client: FlaskClient = app.test_client()
        self._app = app
        if account is not None:
            with app.test_request_context():
                response = app.response_class()
                app.extensions["sessions"].sign_in(response, account)
            cookie = response.headers["Set-Cookie"].split(";")[0].partition("=")
            self.client.set_cookie(cookie[0], cookie[2])

    def get(self, path: str, **options: Any) -> TestResponse:
        """Read a page."""
        return self.client.get(path, **options)

    def post(self, path: str, form: Mapping[str, str] | None = None) -> TestResponse:
        """Send a form as a page would."""
        return self.client.post(path, data={**(form or {}), "csrf": self._token()})

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> TestResponse:
        """Call the API by session."""
        return self.client.open(path, method=method, json=body, headers={"X-CSRF-Token": self._token()})

    def _token(self) -> str:
        self.client.get("/support/ack/none")
        cookie = self.client.get_cookie("peilung_form")
        headers = {"Cookie": f"peilung_form={cookie.value}"} if cookie else {}
        with self._app.test_request_context(headers=headers):
            return str(self._app.extensions["sessions"].form_token())


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sign_in(world: World) -> Callable[..., Browser]:
    app = build_web(world.settings, world.notify)
    return lambda account=None: Browser(app, account)


@pytest.fixture
def machine(world: World) -> Callable[[str], dict[str, str]]:
    """Return the headers of an API key with a scope."""

    def key(scope: str) -> dict[str, str]:
        secret = f"key-{scope}"
        digest = hashlib.sha256(secret.encode()).hexdigest()
        account = {"account": f"m-{scope}", "revision": 1, "email": "", "name": "Machine", "language": "en"}
        data = {**account, "active": True, "roles": [], "scopes": [scope], "api_key_sha256": [digest]}
        world.deliver("account.changed", data)
        return {"Authorization": f"Bearer {secret}"}

    return key
