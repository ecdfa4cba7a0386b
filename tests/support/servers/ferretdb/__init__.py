"""FerretDB 1 on SQLite: built by Go from its embeddable package."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.support.servers import process

_SOURCES = (Path(__file__).with_name("go.mod"), Path(__file__).with_name("main.go"))


def start(folder: Path) -> tuple[process.ServerProcess, str]:
    """Start a server with its data in this folder; return it and its URI. Raises CannotRun with the reason."""
    process.need("go")
    binary = program()
    port = process.free_port()
    state = folder / "state"
    state.mkdir(exist_ok=True)
    command = [str(binary), f"127.0.0.1:{port}", str(state)]
    server = process.start("FerretDB", command, log=folder / "server.log", answers=lambda: process.listens(port))
    return server, f"mongodb://127.0.0.1:{port}"


def program() -> Path:
    """Return the program, built anew when its sources change."""
    version = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:12]
    with process.cached(f"ferretdb-{version}") as folder:
        binary = folder / "ferretdb"
        if not binary.exists():
            for source in _SOURCES:
                shutil.copy(source, folder)
            process.build(["go", "build", "-mod=mod", "-o", "ferretdb", "."], cwd=folder)
        return binary
