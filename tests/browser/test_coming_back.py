"""Interrupted, repeated and shared: what people do to questionnaires."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.filling import SITE_REPORT, SURVEY, asked, begin, fill_page, fill_to_check, give, key_of, submit
from tests.support.embedded import Embedded

PROGRAMME, REPORT, SURVEYED = "house-of-resources", "hor_site_report", "hor_mo_survey"


@pytest.fixture(scope="module")
def survey_link(embedded: Embedded) -> str:
    """A link many organisations of one site share."""
    return embedded.invite_now(PROGRAMME, SURVEYED, "stuttgart")


def new_report(embedded: Embedded) -> str:
    """Return a link to a site report that nobody has begun."""
    return embedded.invite_now(PROGRAMME, REPORT, embedded.unanswered(PROGRAMME, REPORT).code)


def test_a_report_begun_on_one_device_goes_on_at_another(opened: Open, embedded: Embedded) -> None:
    link = new_report(embedded)
    with opened() as office:
        begin(office.page, link)
        fill_page(office.page, SITE_REPORT)
        give(office.page, "orgs_reached", "64")
        office.page.locator("button[value=save]").click()
        expect(office.page.locator("main code")).to_have_text(link)
        left_at = "g_advice"

    with opened(language="en", width=360) as phone:
        begin(phone.page, link)
        assert key_of(phone.page) == left_at
        expect(phone.page.locator("#orgs_reached")).to_have_value("64")
        phone.page.get_by_role("link", name="Back").click()
        expect(phone.page.locator("#staff_fte_planned")).to_have_value("2.5")
        assert phone.complaints == []


def test_submitting_twice_keeps_one_report(opened: Open, embedded: Embedded) -> None:
    link = new_report(embedded)
    with opened() as first, opened() as second:
        begin(first.page, link)
        fill_to_check(first.page, SITE_REPORT)
        second.page.goto(first.page.url)
        submit(first.page)
        submit(second.page)

        references = [one.page.locator(".receipt").inner_text() for one in (first, second)]
        assert references[0] == references[1]
        expect(second.page.locator("main")).not_to_contain_text("Fassung 2")
        first.page.reload()
        expect(first.page.locator(".receipt")).to_have_text(references[0])


def test_a_double_click_on_submit_leads_to_one_receipt(opened: Open, embedded: Embedded) -> None:
    with opened() as organisation:
        page = organisation.page
        begin(page, new_report(embedded))
        fill_to_check(page, SITE_REPORT)
        page.locator("form[action$=submit] button").dblclick()
        expect(page).to_have_url(re.compile(r"/receipt$"))
        expect(page.locator(".receipt")).to_be_visible()
        assert organisation.complaints == []


def test_the_back_button_shows_what_was_typed_and_the_receipt_stays(opened: Open, embedded: Embedded) -> None:
    with opened() as organisation:
        page = organisation.page
        begin(page, new_report(embedded))
        fill_page(page, SITE_REPORT)
        page.go_back()
        expect(page.locator("#budget_total")).to_have_value("75000")
        give(page, "budget_total", "76000")
        fill_page(page, {**SITE_REPORT, "budget_total": "76000"})
        fill_to_check(page, SITE_REPORT)
        submit(page)
        page.go_back()
        page.reload()
        expect(page.locator(".receipt")).to_be_visible()


def test_two_respondents_with_the_same_link_know_nothing_of_each_other(opened: Open, survey_link: str) -> None:
    with opened() as one, opened(language="en") as other:
        begin(one.page, survey_link)
        fill_page(one.page, SURVEY)
        give(one.page, "org_form", "assoc")
        begin(other.page, survey_link)
        assert asked(other.page) == ["consent"]
        expect(other.page.locator("[name=consent]:checked")).to_have_count(0)

        receipts = [_answered(respondent.page) for respondent in (one, other)]
        assert receipts[0] != receipts[1]
        for respondent in (one, other):
            assert respondent.complaints == []


def _answered(page: Page) -> str:
    fill_to_check(page, SURVEY)
    submit(page)
    return page.locator(".receipt").inner_text()


def test_a_respondent_comes_back_by_a_link_of_their_own(opened: Open, survey_link: str) -> None:
    with opened() as respondent:
        page = respondent.page
        begin(page, survey_link)
        fill_page(page, SURVEY)
        give(page, "org_form", "init")
        page.locator("button[value=save]").click()
        own = page.locator("main code").inner_text()
        assert own != survey_link

    with opened() as later:
        begin(later.page, own)
        expect(later.page.locator('[name=org_form][value="init"]')).to_be_checked()


def test_saying_no_ends_the_survey(opened: Open, survey_link: str) -> None:
    with opened(scripts=False) as respondent:
        begin(respondent.page, survey_link)
        fill_page(respondent.page, {"consent": "no"})
        assert respondent.page.url.endswith("/check")
        submit(respondent.page)
        expect(respondent.page.locator(".receipt")).to_be_visible()
