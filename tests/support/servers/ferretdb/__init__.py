"""FerretDB 1 on SQLite: built by Go from its sources, with conditions that use its indexes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.support.servers import process

_HERE = Path(__file__).parent
_SOURCES = tuple(sorted([*_HERE.glob("*.go"), *_HERE.glob("changes/*.go"), _HERE / "go.mod", Path(__file__)]))
_MODULE = "github.com/FerretDB/FerretDB"
_HANDLER, _BACKEND = "internal/handler", "internal/backends/sqlite"
_ADDED = {"handler_oldest_first.go": _HANDLER, "sqlite_pushdown.go": _BACKEND}
# FerretDB 1.24.2 reads a whole collection for every question, even for a key, as it spells the key otherwise than
# the key's index does. These changes let it use its indexes; file by file, a text and what takes its place.
_CHANGES = {
    f"{_BACKEND}/metadata/metadata.go": ("->'$._id'", "->'_id'"),
    f"{_BACKEND}/collection.go": (
        "\tq += whereClause\n",
        '\tif where, values := pushdown(params.Filter, params.Limit != 0); where != "" {\n'
        "\t\twhereClause, args = where, values\n\t}\n\tq += whereClause\n",
    ),
    f"{_HANDLER}/msg_find.go": (
        "params.Filter.Len() == 0 && params.Sort.Len() == 0 && params.Skip == 0",
        "params.Skip == 0 && (params.Filter.Len()+params.Sort.Len() == 0 || oldestFirst(params.Filter, params.Sort))",
    ),
}


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
    """Return the program, built anew when its sources change. Raises CannotRun."""
    version = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:12]
    with process.cached(f"ferretdb-{version}") as folder:
        binary = folder / "ferretdb"
        if not binary.exists():
            for name in ("go.mod", "main.go"):
                shutil.copy(_HERE / name, folder)
            process.build(["go", "mod", "edit", f"-replace={_MODULE}={_changed(folder)}"], cwd=folder)
            process.build(["go", "build", "-mod=mod", "-o", "ferretdb", "."], cwd=folder)
        return binary


def _changed(folder: Path) -> Path:
    """Return a copy of FerretDB's sources with our changes. Raises CannotRun when they are not what they were."""
    process.build(["go", "mod", "download", _MODULE], cwd=folder)
    listed = ["go", "list", "-m", "-f", "{{.Dir}}", _MODULE]
    found = subprocess.run(listed, cwd=folder, capture_output=True, text=True, check=True)
    sources = folder / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(found.stdout.strip(), sources, copy_function=shutil.copyfile)
    sources.chmod(0o755)
    for name, place in _ADDED.items():
        shutil.copy(_HERE / "changes" / name, sources / place)
    for name, (text, replacement) in _CHANGES.items():
        content = (sources / name).read_text()
        if content.count(text) != 1:
            raise process.CannotRun(f"FerretDB: {name} is not what it was")
        (sources / name).write_text(content.replace(text, replacement))
    return sources
