"""What can be seen of a page without a person: whether it fits its window."""

from __future__ import annotations

from playwright.sync_api import Page


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
