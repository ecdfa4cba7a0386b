"""mongo-java-server with data on disk: fetched by Maven, started by a small launcher."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from tests.support.servers import process

_SOURCES = (Path(__file__).with_name("pom.xml"), Path(__file__).with_name("Launcher.java"))


def start(folder: Path, port: int = 0) -> tuple[process.ServerProcess, str]:
    """Start a server with its data in this folder (0: on a free port); return it and its URI. Raises CannotRun."""
    classes = program()
    port = port or process.free_port()
    command = ["java", "-Xmx256m", "-cp", f"{classes}/lib/*:{classes}", "Launcher", str(port), str(folder / "data.h2")]
    server = process.start(
        "mongo-java-server", command, log=folder / "server.log", answers=lambda: process.listens(port)
    )
    return server, f"mongodb://127.0.0.1:{port}"


def program() -> Path:
    """Return the folder with launcher and libraries, built anew when their sources change. Raises CannotRun."""
    process.need("java", "javac", "mvn")
    version = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:12]
    with process.cached(f"mongo-java-{version}") as folder:
        if not (folder / "Launcher.class").exists():
            for source in _SOURCES:
                shutil.copy(source, folder)
            process.build(["mvn", "-B", "-q", "dependency:copy-dependencies", "-DoutputDirectory=lib"], cwd=folder)
            process.build(["javac", "-cp", "lib/*", "Launcher.java"], cwd=folder)
        return folder
