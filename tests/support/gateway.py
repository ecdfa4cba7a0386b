"""The gateway's configuration on a real nginx in front of services that say who they are and what they were told."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.servers import nginx
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun

OWN_REFUSAL = b'{"code": "wave_closed", "status": 409, "message": "closed", "errors": []}'


class Upstream(BaseHTTPRequestHandler):
    """Says which service it stands for.

    `/slow` in the path: only once the test is over, `/late`: after two seconds, `/refused`: a refusal,
    `/told`: which address and scheme it was told.
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
        told = f"{self.headers['X-Forwarded-For']} {self.headers['X-Forwarded-Proto']}"
        content = OWN_REFUSAL if refused else (told if "/told" in self.path else self.name).encode()
        self.send_response(409 if refused else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@dataclass
class Answer:
    """What the gateway said."""

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
    """A running gateway."""

    address: str
    log: Path

    def ask(
        self, path: str, body: bytes | None = None, language: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {**(headers or {}), **({"Accept-Language": language} if language else {})}
        request = urllib.request.Request(self.address + path, data=body, headers=sent)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as found:
                return Answer(found.status, dict(found.headers), found.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, dict(refused.headers), refused.read())


def serve(name: str) -> ThreadingHTTPServer:
    """Start a service of this name on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type(name, (Upstream,), {"name": name}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def running(
    folder: Path, upstreams: Mapping[str, str], changes: Mapping[str, str], trusted: str = ""
) -> Iterator[Gateway]:
    """Run the gateway; where nginx is missing the test is skipped (in CI it fails)."""
    try:
        process, address = nginx.launch(folder, upstreams, changes, trusted)
    except CannotRun as reason:
        cannot_run(str(reason))
        return
    yield Gateway(address, folder / "access.log")
    process.stop()
