"""The mailbox of the embedded deployment: an SMTP server on this machine that keeps every mail as a file.

`python -m deploy.local.mailsink --port 8081 --folder var/mailbox`
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from deploy.local.mailpages import build_mailbox
from shared.runtime.loops import stop_on_signals

__all__ = ["MailFolder", "build_mailbox", "serve"]

LARGEST_BYTES = 10 * 1024 * 1024


class MailFolder:
    """Keeps mails as `<time>-<number>.eml`; a file that has its name is complete and on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def keep(self, content: bytes) -> Path:
        """Write one mail and return its file."""
        while True:
            file = self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{next(self._numbers):05d}.eml"
            part = file.with_suffix(".part")
            try:
                descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
                break
            except FileExistsError:
                continue
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.rename(file)
        self._sync_folder()
        return file

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Keeper:
    """What the SMTP server does with a mail: 250 only when it is on disk."""

    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self._folder.keep(envelope.original_content or b"")
        return "250 2.0.0 kept"


def serve(folder: Path, port: int) -> Controller:
    """Start the SMTP server on 127.0.0.1 and return it; `stop()` ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        _Keeper(MailFolder(folder)), hostname="127.0.0.1", port=port, data_size_limit=LARGEST_BYTES, ident="mailbox"
    )
    controller.start()
    return controller


def main(arguments: list[str]) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailsink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    stop = stop_on_signals()
    try:
        controller = serve(options.folder, options.port)
    except OSError as error:
        print(f"The mailbox cannot listen on port {options.port}: {error.strerror}.", file=sys.stderr)
        return 1
    stop.wait()
    controller.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
