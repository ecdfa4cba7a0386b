"""Every page: nothing axe finds in light and dark, nothing wider than a phone, nothing unfinished or refused.

Structure and colours are the same in both languages, so axe looks at the German pages; how long words are and
whether every text is there is looked at in both. Questionnaires share their parts, so one shows their dark colours.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.looking import CONTRAST, EVERYTHING, overflow, unfinished, violations
from tests.browser.tour import WALKS
from tests.support.embedded import Embedded

NARROW = (360, 320)
SEEN_IN_THE_DARK = set(WALKS) - {"assessment", "survey"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("walk", WALKS)
def test_every_page_can_be_used_by_everybody(opened: Open, embedded: Embedded, walk: str, language: str) -> None:
    found: list[str] = []
    with opened(language=language) as person:
        for stop in WALKS[walk](person.page, embedded):
            faults = unfinished(person.page) + _too_wide(person.page)
            if language == "de":
                faults += _axe(person.page, dark=walk in SEEN_IN_THE_DARK)
            found += [f"{stop}: {fault}" for fault in faults]
        found += person.complaints
    assert found == []


def _too_wide(page: Page) -> list[str]:
    found = []
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        if excess := overflow(page):
            found.append(f"{excess} px too wide at {width} px")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def _axe(page: Page, *, dark: bool) -> list[str]:
    found = [f"light: {fault}" for fault in violations(page, EVERYTHING)]
    if dark:
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {fault}" for fault in violations(page, CONTRAST)]
        page.emulate_media(color_scheme="light")
    return found


FAULTY = """
<h1>x</h1><img src="/collection/shared/icon.svg"><input><p style="color:#ccc">check.title.more</p>
<div>{n} None</div><p>None of these</p>
"""


def test_faults_are_noticed(opened: Open, embedded: Embedded) -> None:
    with opened() as person:
        person.page.goto(f"{embedded.base_url}/collection/sign-in")
        person.page.evaluate(
            "html => { document.body.innerHTML = html; document.body.firstElementChild.style.width = '2000px'; }",
            FAULTY,
        )
        found = unfinished(person.page) + _too_wide(person.page) + _axe(person.page, dark=True)

        everything = " ".join(found)
        for expected in ("image-alt", "label", "px too wide", "raw text: '{n}'", "check.title.more"):
            assert expected in everything
        assert found.count("raw text: 'None'") == 1
        assert any("inline style" in one or "Content Security Policy" in one for one in person.complaints)
