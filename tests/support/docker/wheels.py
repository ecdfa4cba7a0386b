"""Wheels for an image whose Python is not the one that runs the tests."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from packaging.markers import Marker

_MARKER = re.compile(r" ; ([^\\\n]+?)(?= *\\?$)", re.MULTILINE)


def fetch(lock: Path, folder: Path, python: str) -> None:
    """Download what the lock file pins for this version of Python (`3.11`) into the folder, checked by its hashes."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / "wanted.txt"
    wanted.write_text(pinned(lock.read_text(encoding="utf-8"), python), encoding="utf-8")
    options = ["--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--python-version", python]
    command = [sys.executable, "-m", "pip", "download", *options, "-r", str(wanted), "-d", str(folder)]
    subprocess.run(command, check=True)
    wanted.unlink()


def pinned(lock: str, python: str) -> str:
    """Return the lock file's entries that hold for this Python; pip would ask the one it runs on."""
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    return "".join(_without_marker(entry) for entry in entries if _holds(entry, python))


def _holds(entry: str, python: str) -> bool:
    marker = _MARKER.search(entry)
    versions = {"python_version": python, "python_full_version": f"{python}.0"}
    return marker is None or Marker(marker[1]).evaluate(versions)


def _without_marker(entry: str) -> str:
    return _MARKER.sub("", entry, count=1)
