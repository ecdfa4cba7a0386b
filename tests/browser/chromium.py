"""Chromium for the browser tier, and pages in it that remember every complaint of the browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

from tests.support.servers.process import CannotRun

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOCALES = {"de": "de-DE", "en": "en-GB"}
PATIENCE_MS = 30_000


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a running Chromium; raises CannotRun if there is none."""
    if not Path(EXECUTABLE).exists():
        raise CannotRun(f"no Chromium at {EXECUTABLE}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """A person's browser: one page, and what went wrong in it (console errors, refused content, failed loads)."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Collect complaints from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", self._script_failed)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also says so when a page itself is answered with an error; `_response` judges loads.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _script_failed(self, error: Error) -> None:
        self.complaints.append(f"{self.page.url}: {error.message}")

    def _response(self, response: Response) -> None:
        page_itself = response.request.resource_type == "document"
        if (response.status >= 400 and not page_itself) or response.status >= 500:
            self.complaints.append(f"{response.status} {response.url}")


@contextlib.contextmanager
def visitor(browser: Browser, *, language: str = "de", width: int = 1280, scripts: bool = True) -> Iterator[Visitor]:
    """Yield a browser of a person's own: no cookies of others, this language and window width."""
    context = browser.new_context(
        locale=LOCALES[language],
        viewport={"width": width, "height": 900},
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    found = Visitor(context.new_page())
    found.listen()
    try:
        yield found
    finally:
        context.close()
