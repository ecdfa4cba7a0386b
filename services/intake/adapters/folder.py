"""A programme handed in as texts: laid out as a folder, read and checked like one."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shared.errors import Fault, Invalid
from shared.programme.loader import read_programme
from shared.programme.model import Programme

_FILE = re.compile(r"(?:forms/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.(?:yaml|csv|md)", re.ASCII)
_MOST_FILES = 40


def read_files(files: Mapping[str, str]) -> Programme:
    """Return the programme these files define, each named as in a programme folder. Raises Invalid, all faults."""
    bad = [name for name in files if not _FILE.fullmatch(name)]
    if bad or len(files) > _MOST_FILES:
        message = "Name files as in a programme folder: programme.yaml, sites.csv, forms/report.md …"
        raise Invalid([Fault(name[:80], "bad_file_name", message) for name in bad or ["files"]], language="en")
    with tempfile.TemporaryDirectory(prefix="programme-") as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return read_programme(Path(folder))
