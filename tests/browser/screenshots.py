"""`python -m tests.browser.screenshots [walk …]`: pictures of every page, to look at.

Written to `tests/browser/screenshots/<walk>-<stop>-<language>-<width>.png`. Starts an installation of its
own; TEST_EMBEDDED_HOME names the home of a running one instead.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import LOCALES, chromium, visitor
from tests.browser.looking import overflow
from tests.browser.tour import WALKS
from tests.support.embedded import Embedded, run, running

FOLDER = Path(__file__).parent / "screenshots"
WIDTHS = (1280, 360)


def take(browser: Browser, embedded: Embedded, walk: str, language: str) -> None:
    """Take a picture at every stop of a walk, at every width."""
    with visitor(browser, language=language) as person:
        for stop in WALKS[walk](person.page, embedded):
            for width in WIDTHS:
                person.page.set_viewport_size({"width": width, "height": 900})
                name = f"{walk}-{stop}-{language}-{width}"
                person.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
                print(name, f"is {overflow(person.page)} px too wide" if overflow(person.page) else "")
            person.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        for complaint in person.complaints:
            print("  complaint:", complaint)


@contextmanager
def installation() -> Iterator[Embedded]:
    """Yield the installation to photograph."""
    home = os.environ.get("TEST_EMBEDDED_HOME")
    if home:
        yield running(Path(home))
        return
    with tempfile.TemporaryDirectory(prefix="peilung-screenshots-") as folder:
        yield from run(Path(folder) / "home")


def main(walks: list[str]) -> int:
    """Take the pictures of the named walks, or of all."""
    unknown = [walk for walk in walks if walk not in WALKS]
    if unknown:
        print(f"unknown walk: {', '.join(unknown)}; choose from {', '.join(WALKS)}")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with installation() as embedded, chromium() as browser:
        for language in LOCALES:
            for walk in walks or WALKS:
                take(browser, embedded, walk, language)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
