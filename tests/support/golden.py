"""Kept results: a test compares with them; `KEEP=1` writes them anew, to be looked at and committed."""

from __future__ import annotations

import os
from pathlib import Path


def same_as_kept(file: Path, content: bytes) -> None:
    """Raise AssertionError unless the content is what the file keeps."""
    if os.environ.get("KEEP") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    kept = file.read_bytes().decode() if file.exists() else ""
    assert content.decode() == kept, f"differs from {file.name}; look at it, then keep it with KEEP=1"
