"""A web application on a loopback port of its own, for clients that look at the wire."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.servers.process import free_port


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def live(build: Callable[[str], Flask]) -> Iterator[str]:
    """Yield the address of the app that `build` makes for it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = make_server("127.0.0.1", port, build(address), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
