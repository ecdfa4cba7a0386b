"""A questionnaire by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.filling import SURVEY, asked, key_of
from tests.browser.looking import overflow
from tests.support.embedded import Embedded

MOST_TABS = 150


@pytest.mark.parametrize(("language", "width"), [("de", 1280), ("en", 320)])
def test_the_survey_is_answered_by_keyboard_alone(opened: Open, embedded: Embedded, language: str, width: int) -> None:
    link = embedded.invite_now("house-of-resources", "hor_mo_survey", "bremen")
    with opened(language=language, width=width) as respondent:
        page = respondent.page
        page.goto(link)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        _press(page, "main form button")
        while key_of(page):
            assert overflow(page) == 0
            _answer(page)
            _press(page, "button[value=continue]")
        _press(page, "form[action$=submit] button")

        expect(page).to_have_url(re.compile(r"/receipt$"))
        assert respondent.complaints == []


def _answer(page: Page) -> None:
    for name in asked(page):
        answer = SURVEY.get(name)
        if answer is None:
            continue
        if isinstance(answer, str):
            _choose_or_type(page, name, answer)
            continue
        for one in answer:
            _reach(page, f'[name="{name}"][value="{one}"]')
            page.keyboard.press("Space")


def _choose_or_type(page: Page, name: str, answer: str) -> None:
    _reach(page, f'[name="{name}"]')
    if page.locator(f'[name="{name}"]').first.get_attribute("type") != "radio":
        page.keyboard.type(answer)
        return
    page.keyboard.press("Space")
    wanted = page.locator(f'[name="{name}"][value="{answer}"]')
    for _ in range(10):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow keys do not reach {name}={answer}")


def _press(page: Page, selector: str) -> None:
    _reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _reach(page: Page, selector: str) -> None:
    """Press Tab until one of these elements has the focus, which must then be visible."""
    for _ in range(MOST_TABS):
        if page.locator(f":is({selector}):focus").count():
            outline = page.locator(":focus").evaluate("node => getComputedStyle(node).outlineStyle")
            assert outline != "none", f"the focus on {selector} cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")
