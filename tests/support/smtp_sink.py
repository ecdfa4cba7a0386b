"""An SMTP server with scripted behaviour, so that a test can meet every way a delivery can end.

By local part: `deliver@` (and any other) takes the mail, `hardbounce@` refuses at RCPT with 550,
`softbounce@` with 451, `slow@` answers too late, `drop-before-dot@` hangs up inside the mail,
`drop-after-dot@` keeps the mail and hangs up without an answer. `script` adds replies by phase.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class Kept:
    """One mail as it arrived; `answered` False when the sink hung up after keeping it."""

    sender: str
    recipients: list[str]
    content: bytes
    connection: int
    answered: bool = True

    @property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        return cast(EmailMessage, message_from_bytes(self.content, policy=policy.default))


@dataclass
class Script:
    """Replies instead of the usual ones: at a phase for everybody, or (`rcpt`, `data`, `dot`) by local part."""

    greeting: str = "220 sink"
    ehlo: str = "250 sink"
    auth: str = ""
    mail: str = "250 2.1.0 ok"
    rcpt: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    dot: dict[str, str] = field(default_factory=dict)
    slow_s: float = 3.0
    hang_up_after: int = 0


USUAL_RCPT = {"hardbounce": "550 5.1.1 no such user", "softbounce": "451 4.3.0 later"}


class SmtpSink:
    """Listens on 127.0.0.1 while the context is open; `mails` is what it kept, in order."""

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.mails: list[Kept] = []
        self.commands: list[str] = []
        self.connections = 0
        self.hung_up = 0
        self._wanted = port
        self._lock = threading.Lock()

    def __enter__(self) -> SmtpSink:
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with sink._lock:
                    sink.connections += 1
                    number = sink.connections
                try:
                    _Conversation(sink, self, number).run()
                except OSError:
                    return

            def finish(self) -> None:
                super().finish()
                self.connection.close()
                with sink._lock:
                    sink.hung_up += 1

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self._wanted), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The SMTP_URL of this sink."""
        return f"smtp://127.0.0.1:{self.port}?from=peilung@example.org"

    def keep(self, mail: Kept) -> None:
        """Remember a mail."""
        with self._lock:
            self.mails.append(mail)

    def subjects(self) -> list[str]:
        """Return the subjects of all mails, in order."""
        return [str(mail.message["Subject"]) for mail in list(self.mails)]

    def copies(self) -> Mapping[str, int]:
        """Return how often each Message-ID arrived."""
        counts: dict[str, int] = {}
        for mail in list(self.mails):
            id_ = str(mail.message["Message-ID"])
            counts[id_] = counts.get(id_, 0) + 1
        return counts


class _HangUp(OSError):
    pass


class _Conversation:
    """One connection."""

    def __init__(self, sink: SmtpSink, handler: socketserver.StreamRequestHandler, number: int) -> None:
        self._sink, self._handler, self._number = sink, handler, number
        self._sender = ""
        self._recipients: list[str] = []
        self._mails = 0

    def run(self) -> None:
        self._say(self._sink.script.greeting)
        while line := self._handler.rfile.readline(2000):
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            self._sink.commands.append(text)
            verb = text.split(" ", 1)[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            getattr(self, f"_{verb.lower()}", self._unknown)(text)

    def _ehlo(self, _text: str) -> None:
        if self._sink.script.auth:
            self._handler.wfile.write(b"250-sink\r\n250 AUTH PLAIN\r\n")
        else:
            self._say(self._sink.script.ehlo)

    _helo = _ehlo

    def _auth(self, _text: str) -> None:
        self._say(self._sink.script.auth)

    def _rset(self, _text: str) -> None:
        self._sender, self._recipients = "", []
        self._say("250 reset")

    def _mail(self, text: str) -> None:
        self._sender, self._recipients = text.partition("<")[2].partition(">")[0], []
        self._say(self._sink.script.mail)

    def _rcpt(self, text: str) -> None:
        address = text.partition("<")[2].partition(">")[0]
        local = address.partition("@")[0]
        if local == "slow":
            time.sleep(self._sink.script.slow_s)
        reply = self._sink.script.rcpt.get(local) or USUAL_RCPT.get(local, "250 2.1.5 ok")
        if reply.startswith("2"):
            self._recipients.append(address)
        self._say(reply)

    def _data(self, _text: str) -> None:
        local = self._recipients[0].partition("@")[0] if self._recipients else ""
        reply = self._sink.script.data.get(local, "354 go on")
        self._say(reply)
        if reply.startswith("354"):
            self._body(local)

    def _body(self, local: str) -> None:
        lines = []
        while True:
            line = self._handler.rfile.readline(100_000)
            if not line or (local == "drop-before-dot" and len(lines) > 2):
                raise _HangUp
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self._sink.script.dot.get(local, "250 2.0.0 kept")
        kept = Kept(self._sender, self._recipients, b"".join(lines), self._number, local != "drop-after-dot")
        if answer.startswith("2"):
            self._sink.keep(kept)
        if local == "drop-after-dot":
            raise _HangUp
        self._say(answer)
        self._mails += 1
        if self._mails == self._sink.script.hang_up_after:
            raise _HangUp

    def _unknown(self, _text: str) -> None:
        self._say("500 5.5.1 unknown")

    def _say(self, line: str) -> None:
        if line == "hang up":
            raise _HangUp
        self._handler.wfile.write(line.encode() + b"\r\n")
