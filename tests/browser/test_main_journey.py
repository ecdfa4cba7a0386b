"""From an organisation's answers to an acknowledged flag, the way people go it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Visitor
from tests.browser.conftest import Open
from tests.browser.filling import SITE_REPORT, begin, fill_page, fill_to_check, give, go_on, key_of, submit
from tests.browser.looking import overflow
from tests.support.embedded import Embedded
from tests.support.wait import eventually

PROGRAMME, FORM = "house-of-resources", "hor_site_report"
MAIL_WITHIN_S = 60.0


@dataclass(frozen=True)
class Words:
    """What the pages say in one language."""

    error: str
    flag: str
    reason: str
    changed: str
    acknowledged: str


WORDS = {
    "de": Words("Fehler:", "Nachweise im Rückstand", "Überfällige Nachweise > 30 %", "19", "zur Kenntnis genommen"),
    "en": Words("Error:", "Proofs of use overdue", "Overdue proofs of use > 30%", "19", "acknowledged"),
}


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("de", 1280, True), ("en", 320, True), ("de", 320, False), ("en", 1280, False)],
    ids=["german", "english-narrow", "german-narrow-no-scripts", "english-no-scripts"],
)
def test_overdue_proofs_reach_the_consultant_who_acknowledges_them(
    opened: Open, embedded: Embedded, language: str, width: int, scripts: bool
) -> None:
    words = WORDS[language]
    place = embedded.unanswered(PROGRAMME, FORM)
    site, name = place.code, place.name["de"]
    with opened(language=language, width=width, scripts=scripts) as organisation:
        _answer(organisation, embedded.invite_now(PROGRAMME, FORM, site), words)
        assert organisation.complaints == []
    with opened(language=language, width=width, scripts=scripts) as consultant:
        consultant.page.goto(embedded.sign_in_link("demo-consultant"))
        _see_the_flag(consultant.page, f"{embedded.base_url}/monitoring/{PROGRAMME}/sites/{site}", words)
        link = _read_the_mail(consultant.page, embedded, name)
        _acknowledge(consultant.page, embedded, link, words, site)
        assert consultant.complaints == []


def _answer(organisation: Visitor, link: str, words: Words) -> None:
    page = organisation.page
    begin(page, link)
    fill_page(page, SITE_REPORT)
    _meet_an_error(page, words)
    fill_to_check(page, SITE_REPORT)
    _change_an_answer(page, words)
    submit(page)
    expect(page).to_have_url(re.compile(r"/receipt$"))
    expect(page.locator(".receipt")).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    assert overflow(page) == 0


def _meet_an_error(page: Page, words: Words) -> None:
    key = key_of(page)
    give(page, "orgs_reached", "64")
    give(page, "orgs_new", "99")
    go_on(page)

    summary = page.locator(".error-summary")
    expect(page).to_have_title(re.compile(f"^{words.error}"))
    expect(summary).to_be_focused()
    assert key_of(page) == key
    summary.locator('a[href="#orgs_new"]').click()
    expect(page.locator("#orgs_new")).to_be_focused()
    expect(page.locator("#orgs_new")).to_have_value("99")
    expect(page.locator("#orgs_new")).to_have_attribute("aria-invalid", "true")
    assert overflow(page) == 0


def _change_an_answer(page: Page, words: Words) -> None:
    page.locator('a[href*="#orgs_new"]').click()
    expect(page.locator("#orgs_new")).to_be_focused()
    give(page, "orgs_new", words.changed)
    go_on(page)
    expect(page).to_have_url(re.compile(r"/check$"))
    row = page.locator(".summary-list > div", has=page.locator('a[href*="#orgs_new"]'))
    expect(row.locator("dd").first).to_have_text(words.changed)


def _see_the_flag(page: Page, address: str, words: Words) -> None:
    def shown() -> bool:
        page.goto(address)
        return page.get_by_role("link", name=words.flag).count() == 1

    eventually(shown, timeout_s=60, every_s=0.5)
    card = page.locator("article.card", has=page.get_by_role("link", name=words.flag))
    expect(card).to_contain_text(words.reason)
    expect(card).to_contain_text(re.compile(r"40\s?%"))
    assert overflow(page) == 0

    card.get_by_role("link", name=words.flag).click()
    expect(page.locator("h1")).to_have_text(words.flag)
    expect(page.locator("main")).to_contain_text(words.reason)
    assert overflow(page) == 0


def _read_the_mail(page: Page, embedded: Embedded, name: str) -> str:
    """Return the mail's acknowledge link."""
    mail = page.get_by_role("link", name=f"[kritisch] Standort {name}")

    def arrived() -> bool:
        page.goto(embedded.mailbox_url)
        return mail.count() > 0

    eventually(arrived, timeout_s=MAIL_WITHIN_S, every_s=0.5)
    mail.first.click()
    text = page.locator("pre.mail-text")
    expect(text).to_contain_text("Überfällige Nachweise: 40 %")
    expect(text).to_contain_text("Werkstatt Nachweise und Abrechnung")
    assert overflow(page) == 0
    found = re.search(r"\S+/support/ack/\S+", text.inner_text())
    assert found, text.inner_text()
    return found.group()


def _acknowledge(page: Page, embedded: Embedded, link: str, words: Words, site: str) -> None:
    alert = page.locator(".rows > li", has=page.get_by_role("link", name=words.flag))
    still_open = f"{embedded.base_url}/support/?state=open&programme={PROGRAMME}&site={site}"
    done = still_open.replace("state=open", "state=acknowledged")

    page.goto(link)
    button = page.locator("main form button")
    expect(button).to_be_visible()
    page.goto(still_open)
    expect(alert).to_have_count(1)

    page.goto(link)
    button.click()
    expect(page.locator(".notice--good")).to_be_visible()
    page.goto(still_open)
    expect(alert).to_have_count(0)
    page.goto(done)
    expect(alert).to_have_count(1)
    assert overflow(page) == 0
