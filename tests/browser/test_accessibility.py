"""Every page, in both languages and colour schemes: nothing axe finds, nothing wider than a phone, nothing refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.looking import overflow, unfinished
from tests.browser.tour import WALKS
from tests.support.embedded import Embedded

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
NARROW = (360, 320)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("walk", WALKS)
def test_every_page_can_be_used_by_everybody(opened: Open, embedded: Embedded, walk: str, language: str) -> None:
    found: list[str] = []
    with opened(language=language) as person:
        for stop in WALKS[walk](person.page, embedded):
            found += [f"{stop}: {fault}" for fault in _faults(person.page)]
        found += person.complaints
    assert found == []


def _faults(page: Page) -> list[str]:
    found = unfinished(page)
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        if too_wide := overflow(page):
            found.append(f"{too_wide} px too wide at {width} px")
    page.set_viewport_size({"width": 1280, "height": 900})
    found += [f"light: {fault}" for fault in _violations(page, EVERYTHING)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in _violations(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    return found


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    results: Mapping[str, Any] = Axe().run(page, options=options).response
    return [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in results["violations"]
        for node in violation["nodes"]
    ]


def test_faults_are_noticed(opened: Open, embedded: Embedded) -> None:
    with opened() as person:
        person.page.goto(f"{embedded.base_url}/collection/sign-in")
        person.page.evaluate(
            'document.body.innerHTML = \'<h1>x</h1><img src="/collection/shared/icon.svg"><input>'
            '<p style="color:#ccc">check.title.more</p><div>{n} None</div>\';'
            "document.body.firstElementChild.style.width = '2000px'"
        )
        found = " ".join(_faults(person.page))

        for expected in (
            "image-alt",
            "label",
            "px too wide",
            "raw text: 'None'",
            "raw text: '{n}'",
            "check.title.more",
        ):
            assert expected in found
        assert any("inline style" in one or "Content Security Policy" in one for one in person.complaints)
