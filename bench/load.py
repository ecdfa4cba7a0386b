"""A load generator in a process of its own: `python -m bench.load SPEC` (JSON), prints what it saw (JSON).

Sends POST requests over keep-alive connections, one per client, as fast as answers come or at a steady rate.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PLACE = "%INSTANCE%"


@dataclass(frozen=True)
class Spec:
    """What to send: `body` is a text in which %INSTANCE% stands for an id that never repeats."""

    port: int
    path: str
    body: str
    seconds: float
    clients: int = 8
    key: str = ""
    run: str = "r"
    content_type: str = "application/json"


@dataclass
class Seen:
    """What came of it; latencies in milliseconds."""

    answers: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        """Accepted requests per second."""
        return sum(count for status, count in self.answers.items() if status in ("200", "201")) / self.seconds

    @property
    def refused(self) -> int:
        """How many requests were not accepted."""
        return sum(count for status, count in self.answers.items() if status not in ("200", "201"))


class Wire:
    """One keep-alive connection; just enough HTTP to read a status and skip a body of known length."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> str:
        """Send and return the status; `broken` when the connection failed."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(request)
            return self._answer(self._socket)
        except OSError:
            self.close()
            return "broken"

    def _answer(self, connection: socket.socket) -> str:
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            more = connection.recv(65536)
            if not more:
                raise ConnectionResetError
            got += more
        head = got[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        left = length - (len(got) - end - 4)
        while left > 0:
            left -= len(connection.recv(65536)) or 1 << 30
        if b"connection: close" in head:
            self.close()
        return head[9:12].decode()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def request(spec: Spec) -> Callable[[str], bytes]:
    """Return a function that makes the bytes of a request from an instance id."""
    authorization = f"Authorization: Bearer {spec.key}\r\n" if spec.key else ""
    kind = f"Content-Type: {spec.content_type}\r\n"
    head = f"POST {spec.path} HTTP/1.1\r\nHost: 127.0.0.1:{spec.port}\r\n{authorization}{kind}"
    before, _, after = spec.body.partition(PLACE)

    def made(instance: str) -> bytes:
        body = f"{before}{instance}{after}".encode()
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    return made


def send(spec: Spec) -> Seen:
    """Send until the time is over."""
    seen, lock, make = Seen(), threading.Lock(), request(spec)
    started = time.monotonic()

    def client(number: int) -> None:
        wire, counts, latencies, sent = Wire(spec.port), dict[str, int](), list[float](), 0
        while time.monotonic() - started < spec.seconds:
            sent += 1
            content = make(f"uuid:{spec.run}-{number}-{sent}")
            asked = time.perf_counter()
            status = wire.ask(content)
            latencies.append((time.perf_counter() - asked) * 1000)
            counts[status] = counts.get(status, 0) + 1
        wire.close()
        with lock:
            seen.latencies_ms += latencies
            for status, count in counts.items():
                seen.answers[status] = seen.answers.get(status, 0) + count

    threads = [threading.Thread(target=client, args=(number,)) for number in range(spec.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.seconds = time.monotonic() - started
    return seen


def loaded(spec: Spec) -> Seen:
    """Send from another process and return what it saw."""
    command = [sys.executable, "-m", "bench.load", json.dumps(asdict(spec))]
    done = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[1])
    return Seen(**json.loads(done.stdout))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


if __name__ == "__main__":
    print(json.dumps(asdict(send(Spec(**json.loads(sys.argv[1]))))))
