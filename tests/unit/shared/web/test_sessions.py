"""Sessions, forms and guards in a small app."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from flask import Blueprint, Flask, Response, g
from flask.testing import FlaskClient

from shared.errors import Conflict, Fault, Invalid, NotFound, StoreUnavailable
from shared.registry import Account, Grant
from shared.runtime.settings import CommonSettings
from shared.web import api_key, create_app, declare, either, public, require, staff

KEY = "key-of-a-machine"
PEOPLE = {
    "ada": Account("ada", "ada@example.org", "Ada Beispiel", "de", (Grant("consultant", "p", ("s1",)),)),
    "off": Account("off", "off@example.org", "Otto Aus", "de", (Grant("admin", "*"),), active=False),
    "bot": Account("bot", "", "Maschine", "de", (), scopes=("read",)),
}


class FewPeople:
    away = False

    def account(self, id_: str) -> Account | None:
        if self.away:
            raise StoreUnavailable("away")
        return PEOPLE.get(id_)

    def account_by_key(self, sha256: str) -> Account | None:
        return PEOPLE["bot"] if sha256 == hashlib.sha256(KEY.encode()).hexdigest() else None


def _settings() -> CommonSettings:
    return CommonSettings(
        store_url="x", bus_url="x", secret_key="s" * 32, public_url="http://localhost", secure_cookies=False
    )


@pytest.fixture
def app() -> Flask:
    app = create_app("test", "/t", _settings(), FewPeople(), lambda: None, "shared.web")  # type: ignore[arg-type]
    open_, closed, api = Blueprint("open", __name__), Blueprint("closed", __name__), Blueprint("api", __name__)
    declare(open_, public("test"))
    declare(closed, staff("consultant"))
    declare(api, either(api_key("read"), staff()))
    open_.add_url_rule("/t/in/<who>", view_func=_sign_in)
    open_.add_url_rule("/t/write", view_func=lambda: "written", methods=["POST"], endpoint="write")
    open_.add_url_rule("/api/t/fail/<kind>", view_func=_fail, endpoint="fail")
    closed.add_url_rule("/t/site/<site>", view_func=lambda site: require("consultant", "p", site).name, endpoint="site")
    api.add_url_rule("/api/t/who", view_func=lambda: g.actor.id, endpoint="who", methods=["GET", "POST"])
    for blueprint in (open_, closed, api):
        app.register_blueprint(blueprint)
    return app


def _sign_in(who: str) -> Response:
    from flask import current_app

    response = Response("in")
    current_app.extensions["sessions"].sign_in(response, who, "en")
    return response


def _fail(kind: str) -> str:
    raise {
        "invalid": Invalid([Fault("q1", "required", "Answer q1."), Fault("q2", "range", "Too big.")]),
        "missing": NotFound("site x is unknown"),
        "conflict": Conflict("wave_closed", "The wave is closed."),
        "away": StoreUnavailable("secret host name"),
        "bug": RuntimeError("secret detail"),
    }[kind]


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def test_a_signed_in_person_sees_what_the_role_covers_and_nothing_else(client: FlaskClient) -> None:
    assert client.get("/t/site/s1").status_code == 302
    client.get("/t/in/ada")

    assert client.get("/t/site/s1").text == "Ada Beispiel"
    assert client.get("/t/site/s2").status_code == 403


def test_a_disabled_account_and_a_tampered_cookie_are_nobody(client: FlaskClient) -> None:
    client.get("/t/in/off")
    assert client.get("/t/site/s1").status_code == 302
    client.set_cookie("peilung_session", "eyJhY2NvdW50IjoiYWRhIn0.aaaa.bbbb")
    assert client.get("/t/site/s1").status_code == 302


def test_a_write_needs_the_form_token_of_this_browser(client: FlaskClient, app: Flask) -> None:
    assert client.post("/t/write").status_code == 403
    client.set_cookie("peilung_form", "browser-1")
    with app.test_request_context(headers={"Cookie": "peilung_form=browser-1"}):
        token = app.extensions["sessions"].form_token()

    assert client.post("/t/write", data={"csrf": token}).status_code == 200
    assert client.post("/t/write", data={"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/t/write", data={"csrf": token}, headers={"Origin": "https://evil.example"}).status_code == 403


def test_an_api_key_is_known_by_its_hash_and_held_to_its_scope(client: FlaskClient) -> None:
    assert client.get("/api/t/who").status_code == 401
    assert client.get("/api/t/who", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/api/t/who", headers={"Authorization": f"Bearer {KEY}"}).text == "bot"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("invalid", 422, "invalid"), ("missing", 404, "not_found"), ("conflict", 409, "wave_closed"),
        ("away", 503, "unavailable"), ("bug", 500, "internal_error"),
    ],
)  # fmt: skip
def test_every_error_has_one_shape_and_tells_no_secrets(client: FlaskClient, kind: str, status: int, code: str) -> None:
    response = client.get(f"/api/t/fail/{kind}")

    assert response.status_code == status
    assert set(response.json) == {"code", "status", "message", "errors"}
    assert response.json["code"] == code
    assert "secret" not in response.text
    assert ("Retry-After" in response.headers) == (status == 503)
    assert len(response.json["errors"]) == (2 if kind == "invalid" else 0)


def test_every_response_carries_the_security_headers(client: FlaskClient) -> None:
    for path in ("/t/in/ada", "/t/shared/site.css", "/api/t/who", "/nowhere", "/livez"):
        response = client.get(path)
        response.close()
        assert "default-src 'none'" in response.headers["Content-Security-Policy"], path
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_language_of_the_account_is_spoken_until_another_is_chosen(client: FlaskClient) -> None:
    assert '<html lang="de">' in client.get("/nowhere").text
    client.get("/t/in/ada")
    assert '<html lang="en">' in client.get("/nowhere").text
    assert '<html lang="de">' in client.get("/nowhere?lang=de").text
    assert '<html lang="de">' in client.get("/nowhere").text


def test_an_outage_is_told_on_a_page_to_people_who_are_signed_in(client: FlaskClient, app: Flask) -> None:
    client.get("/t/in/ada")
    app.extensions["registry"].away = True

    response = client.get("/t/site/s1")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "<h1>" in response.text


def test_an_api_write_without_key_or_session_is_asked_for_one(client: FlaskClient) -> None:
    response = client.post("/api/t/who")

    assert response.status_code == 401
    assert response.json["code"] != "forbidden"
