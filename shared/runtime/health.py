"""Signs of life: a heartbeat file for workers and the check that reads it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


class Heartbeat:
    """Touches a file at most once a second; an empty path does nothing."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._last = 0.0

    def beat(self) -> None:
        """Say that the loop is alive. Idempotent, cheap."""
        now = time.monotonic()
        if self._path is not None and now - self._last >= 1:
            self._last = now
            self._path.touch()


def main(argv: list[str] | None = None) -> int:
    """Exit 0 if the file was touched within `--max-age` seconds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m shared.runtime.health", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--max-age", type=float, default=60.0, help="seconds")
    options = parser.parse_args(argv)
    try:
        age_s = time.time() - options.file.stat().st_mtime
    except OSError:
        return 1
    return 0 if age_s <= options.max_age else 1


if __name__ == "__main__":
    sys.exit(main())
