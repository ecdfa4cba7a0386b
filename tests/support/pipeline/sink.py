"""A mail server that accepts everything, one line a mail: `python -m tests.support.pipeline.sink PORT FILE DELAY_S`."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Counting:
    """Keeps Message-ID, recipients and time of every mail, then waits up to `delay_s` before it answers 250."""

    def __init__(self, file: Path, delay_s: float) -> None:
        self._out = file.open("a", encoding="utf-8")
        self._delay_s = delay_s

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Write the line, then accept: a sender that dies in between does not know that the mail arrived."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        headers = BytesHeaderParser().parsebytes(content)
        line = {"message_id": str(headers["Message-ID"]), "to": list(envelope.rcpt_tos), "at": time.time()}
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()
        await asyncio.sleep(random.uniform(0, self._delay_s))
        return "250 kept"


async def serve(port: int, file: Path, delay_s: float) -> None:
    """Accept mail until killed."""
    handler = Counting(file, delay_s)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", port)
    await server.serve_forever()


def size(file: Path) -> int:
    """Return a number that grows with every mail."""
    return file.stat().st_size if file.exists() else 0


def mails(file: Path) -> list[dict[str, Any]]:
    """Return what was accepted so far."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
