"""What the script adds while a page is filled in: saving as people type, questions as they become relevant."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.filling import SITE_REPORT, begin, fill_page, give, key_of
from tests.support.embedded import Embedded

PROGRAMME, REPORT = "house-of-resources", "hor_site_report"


def new_report(embedded: Embedded) -> str:
    """Return a link to a site report that nobody has begun."""
    return embedded.invite_now(PROGRAMME, REPORT, embedded.unanswered(PROGRAMME, REPORT).code)


def to_page(page: Page, link: str, name: str) -> None:
    """Fill the report up to the page that asks this."""
    begin(page, link)
    while not page.locator(f"#{name}").count():
        fill_page(page, SITE_REPORT)


def test_what_is_typed_is_there_on_another_device_without_being_sent(opened: Open, embedded: Embedded) -> None:
    link = new_report(embedded)
    with opened(language="de") as phone:
        begin(phone.page, link)
        phone.page.locator("#staff_fte_planned").press_sequentially("2,75")
        expect(phone.page.locator("#live-saved")).to_have_text(re.compile(r"Zuletzt gespeichert um \d\d:\d\d Uhr\."))
        assert phone.complaints == []

    with opened(language="en") as office:
        begin(office.page, link)
        expect(office.page.locator("#staff_fte_planned")).to_have_value("2.75")


def test_a_question_appears_when_its_condition_holds_and_goes_when_not(opened: Open, embedded: Embedded) -> None:
    with opened() as coordinator:
        page = coordinator.page
        to_page(page, new_report(embedded), "challenges")
        where = key_of(page)
        assert page.locator("[name=challenge_main]").count() == 0

        give(page, "challenges", ["admin", "overload"])
        expect(page.locator("[name=challenge_main]").first).to_be_visible()
        page.locator("[name=challenge_main][value=admin]").check()
        page.locator("[name=challenges][value=overload]").uncheck()
        expect(page.locator("[name=challenge_main]")).to_have_count(0)
        page.locator("[name=challenges][value=overload]").check()

        expect(page.locator("[name=challenge_main][value=admin]")).to_be_checked()
        assert key_of(page) == where
        assert coordinator.complaints == []


def test_the_cursor_stays_where_somebody_types(opened: Open, embedded: Embedded) -> None:
    with opened() as coordinator:
        page = coordinator.page
        begin(page, new_report(embedded))
        field = page.locator("#staff_fte_planned")
        field.press_sequentially("2")
        expect(page.locator("#live-saved")).not_to_have_text("")
        page.keyboard.type(",5")

        expect(field).to_have_value("2,5")
        expect(field).to_be_focused()


def test_without_a_network_the_page_says_so_keeps_everything_and_saves_by_itself(
    opened: Open, embedded: Embedded
) -> None:
    link = new_report(embedded)
    with opened() as phone:
        begin(phone.page, link)
        phone.page.context.set_offline(True)
        phone.page.locator("#staff_fte_planned").press_sequentially("3,5")
        expect(phone.page.locator("#live-away")).to_be_visible()
        expect(phone.page.locator("#staff_fte_planned")).to_have_value("3,5")

        phone.page.context.set_offline(False)
        expect(phone.page.locator("#live-away")).to_be_hidden(timeout=15_000)

    with opened(language="en") as office:
        begin(office.page, link)
        expect(office.page.locator("#staff_fte_planned")).to_have_value("3.5")


def test_faults_wait_until_the_page_is_sent(opened: Open, embedded: Embedded) -> None:
    with opened() as coordinator:
        page = coordinator.page
        begin(page, new_report(embedded))
        page.locator("#staff_fte_planned").press_sequentially("viele")
        expect(page.locator("#live-saved")).not_to_have_text("")
        expect(page.locator(".error-message")).to_have_count(0)

        page.locator("button[value=continue]").click()
        expect(page.locator("#staff_fte_planned-error")).to_be_visible()
        expect(page.locator("#staff_fte_planned")).to_have_value("viele")
