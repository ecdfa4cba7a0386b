"""The gateway's own configuration on a real nginx: where requests go, and what it says when it cannot pass them on."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from tests.support.gateway import OWN_REFUSAL, Gateway, Upstream, running, serve
from tests.support.servers.process import free_port
from tests.support.wait import eventually


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Intake and scoring answer, notify is away; reading times out after a second."""
    Upstream.over.clear()
    servers = {name: serve(name) for name in ("intake", "scoring")}
    upstreams = {
        "intake:8000": f"127.0.0.1:{servers['intake'].server_address[1]}",
        "scoring-web:8000": f"127.0.0.1:{servers['scoring'].server_address[1]}",
        "notify-web:8000": f"127.0.0.1:{free_port()}",
    }
    changes = {
        "proxy_read_timeout 30s": "proxy_read_timeout 1s",
        "limit_req_status 429;": "limit_req_status 429; limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;",
        "location /api/scoring/ {": "location /api/scoring/ { limit_req zone=few burst=1 nodelay;",
    }
    yield from running(tmp_path_factory.mktemp("gateway"), upstreams, changes)
    Upstream.over.set()
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/q/some-token", b"intake"),
        ("/openrosa/some-key/formList", b"intake"),
        ("/collection/", b"intake"),
        ("/livez", b"intake"),
        ("/api/intake/v1/programmes", b"intake"),
        ("/api/unknown", b"intake"),
        ("/not/there", b"intake"),
        ("/monitoring/", b"scoring"),
    ],
)
def test_every_path_has_its_service(gateway: Gateway, path: str, service: bytes) -> None:
    assert gateway.ask(path).body == service


def test_the_bare_address_leads_to_the_start_page(gateway: Gateway) -> None:
    answer = gateway.ask("/")

    assert (answer.status, answer.headers["Location"]) == (302, "/collection/")


def test_a_refusal_of_a_service_is_passed_on_as_it_is(gateway: Gateway) -> None:
    answer = gateway.ask("/api/intake/v1/refused")

    assert (answer.status, answer.body) == (409, OWN_REFUSAL)


@pytest.mark.parametrize("path", ["/api/notify/v1/alerts", "/api/intake/v1/slow"])
@pytest.mark.parametrize(("language", "word"), [("de-DE,de", "Dienst"), ("en", "service"), ("", "service")])
def test_a_service_that_is_away_or_late_is_503_in_the_shape_of_the_api(
    gateway: Gateway, path: str, language: str, word: str
) -> None:
    answer = gateway.ask(path, language=language)

    assert answer.status == 503
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json) == {"code", "status", "message", "errors"}
    assert (answer.json["code"], answer.json["status"], answer.json["errors"]) == ("unavailable", 503, [])
    assert word in str(answer.json["message"])


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "sav", "json"])
def test_an_export_may_take_longer_than_other_answers(gateway: Gateway, suffix: str) -> None:
    answer = gateway.ask(f"/api/intake/v1/programmes/late/forms/report/export.{suffix}?wave=2026-H2")

    assert (answer.status, answer.body) == (200, b"intake")


@pytest.mark.parametrize("path", ["/collection/programmes/p/uploads", "/api/intake/v1/programmes/p/forms/check"])
def test_a_workbook_passes_where_one_is_taken(gateway: Gateway, path: str) -> None:
    assert gateway.ask(path, body=b"x" * 5_000_000).body == b"intake"


def test_a_body_beyond_the_gateways_limit_is_413_in_the_shape_of_the_api(gateway: Gateway) -> None:
    answer = gateway.ask("/api/intake/v1/programmes", body=b"x" * 1_100_000, language="de")

    assert answer.status == 413
    assert answer.headers["Content-Type"] == "application/json"
    assert (answer.json["code"], answer.json["status"], answer.json["errors"]) == ("too_large", 413, [])
    assert "256 KiB" in str(answer.json["message"])


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/openrosa/k/submission", b"x" * 1_100_000, 413), ("/openrosa/k/slow", None, 503)],
)
def test_a_device_is_refused_in_the_shape_it_shows_to_people(
    gateway: Gateway, path: str, body: bytes | None, status: int
) -> None:
    answer = gateway.ask(path, body=body)

    assert (answer.status, answer.headers["X-OpenRosa-Version"]) == (status, "1.0")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    found = ElementTree.fromstring(answer.body).find("{http://openrosa.org/http/response}message[@nature='error']")
    assert found is not None
    assert " / " in str(found.text)


def test_no_key_is_in_the_log(gateway: Gateway) -> None:
    gateway.ask("/openrosa/canary-key/formList")

    eventually(lambda: "/openrosa/-" in gateway.log.read_text(encoding="utf-8"))
    assert "canary" not in gateway.log.read_text(encoding="utf-8")


def test_too_many_requests_are_429_in_the_shape_of_the_api(gateway: Gateway) -> None:
    answers = [gateway.ask("/api/scoring/v1/flags") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[2].json["code"] == "too_many_requests"
    assert int(answers[2].headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/support/", "/q/slow"])
def test_people_get_a_page_in_both_languages_that_says_nothing_is_lost(gateway: Gateway, path: str) -> None:
    answer = gateway.ask(path)

    text = answer.body.decode()
    assert answer.status == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert int(answer.headers["Retry-After"]) > 0
    assert "Es ist nichts verloren gegangen" in text
    assert "Nothing was lost" in text


def test_a_form_that_is_too_large_gets_a_page_that_says_what_to_do(gateway: Gateway) -> None:
    answer = gateway.ask("/q/some-token", body=b"x" * 1_100_000)

    assert answer.status == 413
    assert "kürzen Sie" in answer.body.decode()


def test_the_pages_of_the_gateway_cannot_be_asked_for(gateway: Gateway) -> None:
    assert gateway.ask("/errors/503.html").status == 404
