"""A TCP proxy on loopback that holds back or swallows bytes, per direction."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

OUT, IN = "client to server", "server to client"


class Proxy:
    """Passes everything on until told otherwise; what is held arrives after `heal`, what is dropped never does."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._open = {OUT: threading.Event(), IN: threading.Event()}
        self._dropping: set[str] = set()
        self._sockets: list[socket.socket] = []
        self._welcome = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heal()
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self, *directions: str) -> None:
        """Keep bytes in these directions back."""
        for direction in directions:
            self._open[direction].clear()

    def drop(self, *directions: str) -> None:
        """Swallow bytes in these directions."""
        self._dropping.update(directions)

    def heal(self, *directions: str) -> None:
        """Pass everything on again in these directions (none named: both), first what was held."""
        for direction in directions or (OUT, IN):
            self._dropping.discard(direction)
            self._open[direction].set()

    def cut(self) -> None:
        """End every connection there is."""
        for end in self._sockets:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def refuse(self) -> None:
        """End every connection, and every new one at once, until `welcome`."""
        self._welcome = False
        self.cut()

    def welcome(self) -> None:
        """Take connections again."""
        self._welcome = True

    def close(self) -> None:
        """Stop for good."""
        self._listener.close()
        self.heal()
        self.cut()
        for end in self._sockets:
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                if not self._welcome:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._target_port), timeout=5)
            except OSError:
                return
            server.settimeout(None)
            self._sockets += [client, server]
            for source, sink, direction in ((client, server, OUT), (server, client, IN)):
                threading.Thread(target=self._pump, args=(source, sink, direction), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, direction: str) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                self._open[direction].wait()
                if direction not in self._dropping:
                    sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxied(target_port: int) -> Iterator[Proxy]:
    """Hand out a proxy in front of a loopback port and close it."""
    proxy = Proxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
