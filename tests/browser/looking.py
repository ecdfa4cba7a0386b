"""What can be seen of a page without a person: whether it fits, whether its text is finished, what axe finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Names of messages, placeholders, nothings and codes that only programs should read.
# "None of these", "None? Then 0." and "“None” stands alone" are English.
_RAW = re.compile(r"\{[a-z_]+\}|(?<!“)\bNone\b(?! of |\?)|\bundefined\b|\bNaN\b|\b[a-z_]+\.[a-z_]+\.[a-z_.]+\b(?!\w*@)")
_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode())
    if (!walker.currentNode.parentElement.closest("code, pre, svg, script, style")) texts.push(walker.currentNode.data);
  return texts;
}"""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


def unfinished(page: Page) -> list[str]:
    """Return what in the page's text was meant for programs: keys, placeholders, empty values."""
    if page.locator("h1").count() != 1:
        return [f"{page.locator('h1').count()} main headings"]
    shown = "\n".join(page.evaluate(_TEXTS))
    return [f"raw text: {match.group()!r}" for match in _RAW.finditer(shown)]


def violations(page: Page, options: Mapping[str, Any]) -> list[str]:
    """Return what axe finds on the page as it is; axe comes into the page the first time."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(document, options).then(results => results.violations)", options)
    return [f"{one['id']}: {node['target']} {node['html'][:120]}" for one in found for node in one["nodes"]]
