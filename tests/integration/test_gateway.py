"""The gateway's own configuration on a real nginx: where requests go, and what it says when it cannot pass them on."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.servers import nginx
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun, free_port
from tests.support.wait import eventually

OWN_REFUSAL = b'{"code": "wave_closed", "status": 409, "message": "closed", "errors": []}'


class Upstream(BaseHTTPRequestHandler):
    """Says which service it stands for.

    `/slow` in the path: only once the test is over, `/late`: after two seconds, `/refused`: a refusal.
    """

    name = "nobody"
    over = threading.Event()

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "/slow" in self.path:
            self.over.wait(30)
        if "/late" in self.path:
            self.over.wait(2)
        refused = "/refused" in self.path
        content = OWN_REFUSAL if refused else self.name.encode()
        self.send_response(409 if refused else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return dict(json.loads(self.body))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Gateway:
    address: str
    log: Path

    def ask(self, path: str, body: bytes | None = None, language: str = "") -> Answer:
        headers = {"Accept-Language": language} if language else {}
        request = urllib.request.Request(self.address + path, data=body, headers=headers)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as found:
                return Answer(found.status, dict(found.headers), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, dict(refused.headers), refused.read())


def serve(name: str) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type(name, (Upstream,), {"name": name}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


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
    yield from _running(tmp_path_factory.mktemp("gateway"), upstreams, changes)
    Upstream.over.set()
    for server in servers.values():
        server.shutdown()
        server.server_close()


def _running(folder: Path, upstreams: dict[str, str], changes: dict[str, str]) -> Iterator[Gateway]:
    try:
        process, address = nginx.launch(folder, upstreams, changes)
    except CannotRun as reason:
        cannot_run(str(reason))
        return
    yield Gateway(address, folder / "access.log")
    process.stop()


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
