"""`python -m deploy.probe URL`: exit 0 when the address answers 2xx within two seconds."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(url: str) -> int:
    """Return 0 if the address answers with success, else 1."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return 0 if answer.status < 300 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
