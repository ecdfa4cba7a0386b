"""What can be seen of a page without a person: whether it fits its window, whether its text is finished."""

from __future__ import annotations

import re

from playwright.sync_api import Page

# Names of messages, placeholders, nothings and codes that only programs should read.
_RAW = re.compile(r"\{[a-z_]+\}|\bNone\b|\bundefined\b|\bNaN\b|\b[a-z_]+\.[a-z_]+\.[a-z_.]+\b(?!\w*@)")


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def unfinished(page: Page) -> list[str]:
    """Return what in the page's text was meant for programs: keys, placeholders, empty values."""
    if page.locator("h1").count() != 1:
        return [f"{page.locator('h1').count()} main headings"]
    shown = page.evaluate(
        "() => { const copy = document.body.cloneNode(true);"
        " copy.querySelectorAll('code, pre, svg').forEach(node => node.remove()); return copy.innerText; }"
    )
    return [f"raw text: {match.group()!r}" for match in _RAW.finditer(shown)]
