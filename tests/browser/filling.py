"""Filling in questionnaires like a person: what the page shows is answered, then the page is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playwright.sync_api import Page

Given = Mapping[str, str | Sequence[str]]
ROUNDS = 5

SITE_REPORT: Given = {
    "staff_fte_planned": "2,5",
    "staff_fte": "2,25",
    "staff_leavers": "0",
    "grant_notice": "received",
    "budget_total": "75000",
    "budget_spent": "71000",
    "orgs_reached": "64",
    "orgs_new": "18",
    "orgs_mo": "45",
    "orgs_informal": "14",
    "reach_change_note": "Anders gezählt als im letzten Bericht.",
    "consult_sessions": "140",
    "consult_topics": ["grants", "accounting"],
    "wait_days": "9",
    "foundings": "2",
    "room_offer": "own",
    "room_requests": "40",
    "room_declined": "4",
    "equip_loans": "22",
    "mp_applications": "20",
    "mp_approved": "14",
    "mp_amount": "13500",
    "mp_first": "7",
    "mp_coop": "4",
    "mp_decision_days": "21",
    "mp_proof_due": "20",
    "mp_overdue": "8",
    "mp_exhausted": "no",
    "train_count": "6",
    "train_participants": "72",
    "coop_active": "18",
    "muni_link": "2",
    "committee_entries": "1",
    "cofunding": "9000",
    "followup_grants": "5",
    "gas_1": "0",
    "gas_2": "1",
    "challenges": ["admin", "overload"],
    "challenge_main": "admin",
    "challenge_text": "Viele Nachweise auf einmal.",
    "support_urgency": "1",
    "support_types": ["grantlaw"],
    "exchange_offer": ["network"],
    "good_practice": "Ein Fest mit allen Gruppen.",
    "share_ok": "yes",
}
SURVEY: Given = {
    "consent": "yes",
    "org_form": "assoc",
    "org_age": "a2",
    "org_size": "s1",
    "services_used": ["advice", "rooms"],
    "acc_1": "4",
    "acc_2": "5",
    "cap_1": "4",
    "recommend": "9",
    "outcomes": ["skill"],
    "needs_open": ["grants", "network"],
    "comment": "Weiter so.",
}
SELF_ASSESSMENT: Given = {
    "resp_role": "office_lead",
    "fte_paid": "3,5",
    "member_orgs": "120",
    "laender": "12",
    "income_total": "600000",
    "income_sf": "250000",
    "thirdparty_new": "80000",
    "statements": "4",
    "invitations": "6",
    "seats": "2",
    "gas_1": "0",
    "gas_2": "1",
    "priorities": ["gs", "pv"],
    "support_urgency": "1",
}


def key_of(page: Page) -> str:
    """Return the key of the questionnaire page in the browser, '' on another page."""
    return page.url.partition("/p/")[2].partition("?")[0].partition("#")[0]


def asked(page: Page) -> list[str]:
    """Return the names of the questions the page shows."""
    return page.locator("input[name=shown]").input_value().split()


def give(page: Page, name: str, answer: str | Sequence[str]) -> None:
    """Answer one question."""
    if isinstance(answer, str) and page.locator(f'[name="{name}"]').first.get_attribute("type") != "radio":
        page.locator(f'[name="{name}"]').first.fill(answer)
        return
    for one in [answer] if isinstance(answer, str) else answer:
        page.locator(f'[name="{name}"][value="{one}"]').check()


def go_on(page: Page) -> None:
    """Send the page and wait for the page that answers."""
    _press(page, "button[value=continue]")


def fill_page(page: Page, answers: Given) -> None:
    """Answer what the page shows and go on, also to the questions that only then appear."""
    key = key_of(page)
    for _ in range(ROUNDS):
        for name in asked(page):
            if name in answers and page.locator(f'[name="{name}"]').first.is_visible():
                give(page, name, answers[name])
        go_on(page)
        if key_of(page) != key:
            return
    raise AssertionError(f"page {key} does not go on: {page.locator('main').inner_text()[:800]}")


def begin(page: Page, link: str) -> None:
    """Open the link and press the start button."""
    page.goto(link)
    _press(page, "form[method=post] button")


def fill_to_check(page: Page, answers: Given) -> None:
    """Fill every page up to "check your answers"."""
    while key_of(page):
        fill_page(page, answers)
    assert page.url.endswith("/check"), page.url


def submit(page: Page) -> None:
    """Hand in from "check your answers" and wait for the page that answers."""
    _press(page, "form[action$=submit] button")


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()
