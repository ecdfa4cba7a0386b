"""Scoring's pages and API in front of a harness, with people of every role and a machine."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response
from flask.testing import FlaskClient

from services.scoring.app import build_web
from tests.support.scoring import SETTINGS, ScoringHarness

KEY = "peilung-test-key"
Grant = tuple[str, tuple[str, ...]]


class ScoringWeb:
    """Clients for people who hold roles in the harness's programme."""

    def __init__(self, harness: ScoringHarness) -> None:
        self.harness = harness
        self.app = build_web(SETTINGS, harness.scoring)
        self.app.testing = True

    def person(self, *grants: Grant, programme: str = "") -> FlaskClient:
        """Return a client signed in as somebody with these roles at these sites."""
        programme = programme or self.harness.definition.id
        id_ = hashlib.sha256(repr((grants, programme)).encode()).hexdigest()[:12]
        roles = [{"role": role, "programme": programme, "sites": list(sites)} for role, sites in grants]
        self._account(id_, roles=roles)
        return self._signed_in(id_)

    def machine(self, *scopes: str) -> dict[str, str]:
        """Return the headers of a machine whose key has these scopes."""
        digest = hashlib.sha256(KEY.encode()).hexdigest()
        self._account("machine", roles=[], scopes=list(scopes), api_key_sha256=[digest])
        return {"Authorization": f"Bearer {KEY}"}

    def stranger(self) -> FlaskClient:
        """Return a client of somebody not signed in."""
        return self.app.test_client()

    def _account(self, id_: str, **further: Any) -> None:
        account = {
            "account": id_,
            "revision": 1,
            "email": f"{id_}@example.org",
            "name": "Beispiel Person",
            "language": "de",
            "active": True,
        }
        self.harness.deliver("account.changed", {**account, **further})

    def _signed_in(self, id_: str) -> FlaskClient:
        client = self.app.test_client()
        response = Response()
        with self.app.test_request_context():
            self.app.extensions["sessions"].sign_in(response, id_)
        cookie = response.headers["Set-Cookie"].split(";")[0].split("=", 1)
        client.set_cookie(cookie[0], cookie[1])
        return client
