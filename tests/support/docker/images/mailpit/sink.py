"""Takes mails on port 1025 and lists them at /api/v1/messages on port 8025, as Mailpit does."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MAILS: list[dict[str, object]] = []


class Smtp(socketserver.StreamRequestHandler):
    """Just enough of SMTP for one envelope after another."""

    def handle(self) -> None:
        self._say("220 sink")
        recipients: list[str] = []
        while line := self.rfile.readline():
            verb = line[:4].upper().decode("ascii", "replace").strip()
            if verb == "RCPT":
                recipients.append(line.decode().split("<", 1)[-1].split(">", 1)[0])
            elif verb in ("MAIL", "RSET"):
                recipients = []
            elif verb == "DATA":
                self._say("354 go on")
                self._keep(recipients, self._body())
            elif verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250-sink\r\n250 8BITMIME" if verb == "EHLO" else "250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _keep(self, recipients: list[str], raw: bytes) -> None:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        body = mail.get_body(("plain",))
        MAILS.append(
            {
                "To": [{"Address": address} for address in recipients],
                "Subject": str(mail["subject"]),
                "MessageID": str(mail["message-id"]).strip("<>"),
                "Text": body.get_content() if body else "",
            }
        )

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Http(BaseHTTPRequestHandler):
    """Lists the mails."""

    def do_GET(self) -> None:
        answer = json.dumps({"total": len(MAILS), "messages": MAILS}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        return


socketserver.ThreadingTCPServer.allow_reuse_address = True
threading.Thread(target=socketserver.ThreadingTCPServer(("0.0.0.0", 1025), Smtp).serve_forever, daemon=True).start()
ThreadingHTTPServer(("0.0.0.0", 8025), Http).serve_forever()
