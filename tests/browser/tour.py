"""Every page of the platform, in the states people meet it: walks that stop at each and name the stop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import FilePayload, Page

from tests.browser.filling import (
    SELF_ASSESSMENT,
    SITE_REPORT,
    SURVEY,
    Given,
    begin,
    fill_page,
    give,
    go_on,
    key_of,
    submit,
)
from tests.support.embedded import Embedded
from tests.support.wait import eventually

Walk = Callable[[Page, Embedded], Iterator[str]]
HOR, SF = "house-of-resources", "strukturfoerderung"
STORY = "dortmund"
REPORTS, BEGINS = "osnabrueck", "rostock"  # sites of these walks alone
ANSWERS = json.loads((Path(__file__).parents[1] / "system" / "site_report.json").read_text(encoding="utf-8"))
OVERDUE = {**ANSWERS, "mp_proof_due": 20, "mp_overdue": 8}


def site_report(page: Page, embedded: Embedded) -> Iterator[str]:
    """A named questionnaire with every kind of question, from the start page to changing it again."""
    embedded.clear(HOR, "hor_site_report", REPORTS)
    link = embedded.invite_now(HOR, "hor_site_report", REPORTS)
    yield from _questionnaire(page, link, SITE_REPORT)
    page.locator("form[action$=change] button").click()
    page.goto(f"{link}/check")
    yield "check-changes"
    submit(page)
    yield from _sent_back(page, embedded, link)


def _sent_back(page: Page, embedded: Embedded, link: str) -> Iterator[str]:
    """One response as its evaluator reads it and sends it back, and what its link says then."""
    page.goto(embedded.sign_in_link("demo-evaluator"))
    wave = embedded.open_wave(HOR, "hor_site_report")
    page.goto(f"{embedded.base_url}/collection/{HOR}/responses/{wave}/hor_site_report/{REPORTS}")
    yield "response"
    page.locator("main form.card button").click()
    yield "response-errors"
    give(page, "comment", "Noch einmal zählen: Wie viele Gruppen waren es?")
    page.locator("main form.card button").click()
    yield "response-sent-back"
    page.goto(link)
    yield "receipt-sent-back"
    empty = embedded.unanswered(HOR, "hor_site_report").code
    page.goto(f"{embedded.base_url}/collection/{HOR}/responses/{wave}/hor_site_report/{empty}")
    yield "response-none"


def self_assessment(page: Page, embedded: Embedded) -> Iterator[str]:
    """A questionnaire of scales."""
    link = embedded.invite_now(SF, "sf_selfassessment", "beispielverband-nord")
    yield from _questionnaire(page, link, SELF_ASSESSMENT)


def survey(page: Page, embedded: Embedded) -> Iterator[str]:
    """An anonymous survey behind a shared link."""
    yield from _questionnaire(page, embedded.invite_now(HOR, "hor_mo_survey", "hannover"), SURVEY)


def _questionnaire(page: Page, link: str, answers: Given) -> Iterator[str]:
    page.goto(link)
    yield "start"
    page.goto(f"{link}/print")
    yield "print"
    begin(page, link)
    while key := key_of(page):
        yield f"page-{key}"
        go_on(page)
        if key_of(page) == key:
            yield f"page-{key}-errors"
        else:
            page.go_back()
        fill_page(page, answers)
    yield "check"
    own = page.url.removesuffix("/check")
    page.goto(f"{own}/saved")
    yield "saved"
    page.goto(own)
    yield "start-again"
    page.goto(f"{own}/check")
    submit(page)
    yield "receipt"
    page.goto(f"{own}/print/answers")
    yield "print-answers"
    page.goto(f"{own}/receipt")


def closed_and_planned(page: Page, embedded: Embedded) -> Iterator[str]:
    """Questionnaires out of time, a check with something missing, and links that lead nowhere."""
    page.goto(embedded.invite(HOR, "hor_site_report", "hannover", "2026-H1"))
    yield "closed"
    link = embedded.invite_now(HOR, "hor_site_report", BEGINS)
    begin(page, link)
    page.goto(f"{link}/check")
    submit(page)
    yield "check-errors"
    page.goto(f"{embedded.base_url}/q/unknown")
    yield "unknown-link"


def signing_in(page: Page, embedded: Embedded) -> Iterator[str]:
    """Signing in by a mailed link."""
    page.goto(f"{embedded.base_url}/collection/accessibility")
    yield "accessibility"
    page.goto(f"{embedded.base_url}/collection/sign-in")
    yield "ask"
    give(page, "email", "nobody")
    page.locator("main form button").click()
    yield "ask-errors"
    # An account gets one mail a minute, so each language has its own.
    german = page.locator("html").get_attribute("lang") == "de"
    give(page, "email", "beratung@example.org" if german else "evaluation@example.org")
    before = {file.name for file in embedded.mails()}
    page.locator("main form button").click()
    yield "sent"
    new = eventually(lambda: [file.name for file in embedded.mails() if file.name not in before], timeout_s=60)
    page.goto(f"{embedded.mailbox_url}{new[-1]}")
    yield "mail"
    page.locator("pre.mail-text a").first.click()
    yield "follow"
    followed = page.url
    page.locator("main form button").click()
    page.goto(followed)
    yield "spent"


def collection(page: Page, embedded: Embedded) -> Iterator[str]:
    """What staff see of the collection."""
    for account in ("demo-coordinator", "demo-consultant", "demo-evaluator", "demo-admin"):
        page.goto(embedded.sign_in_link(account))
        page.goto(f"{embedded.base_url}/collection/")
        yield f"overview-{account.removeprefix('demo-')}"
    page.goto(embedded.sign_in_link("demo-coordinator"))
    page.goto(f"{embedded.base_url}/collection/")
    page.locator(".card", has=page.locator('input[value="hor_mo_survey"]')).locator("button").click()
    yield "pass-on"
    page.goto(embedded.sign_in_link("demo-evaluator"))
    for path in (
        f"{HOR}/responses",
        f"{HOR}/responses?wave=2026-S",
        f"{HOR}/responses?wave=2026-H1",
        f"{SF}/responses",
    ):
        page.goto(f"{embedded.base_url}/collection/{path}")
        yield path.replace("/", "-").replace("?", "-")
    page.goto(f"{embedded.base_url}/collection/{SF}/invitations")
    yield "invitations"
    give(page, "respondent", "not a code!")
    page.locator("main form.card button").click()
    yield "invitations-errors"
    give(page, "respondent", "P1")
    page.locator("main form.card button").click()
    yield "invitations-made"


def questionnaires(page: Page, embedded: Embedded) -> Iterator[str]:
    """What evaluators do with questionnaires, from the list to just before publishing."""
    page.goto(embedded.sign_in_link("demo-evaluator"))
    programme = f"{embedded.base_url}/collection/programmes/{HOR}"
    for path in (
        "forms",
        "forms/hor_mo_survey",
        "forms/hor_mo_survey/preview",
        "uploads",
        "uploads?form=hor_mo_survey",
    ):
        page.goto(f"{programme}/{path}")
        yield path.replace("/", "-").replace("?", "-")
    page.locator("main form[enctype] button").click()
    yield "upload-errors"
    form = (Path(__file__).parents[2] / "programmes" / HOR / "forms" / "hor_mo_survey.md").read_text(encoding="utf-8")
    newer = re.sub(r"\| hor_mo_survey \| \d+ \|", "| hor_mo_survey | 2099010101 |", form)
    for text, stop in ((newer.replace("| begin_group |", "| begin_grup |", 1), "faults"), (newer, "proposal")):
        content = FilePayload(name="survey.md", mimeType="text/markdown", buffer=text.encode())
        page.locator("#file").set_input_files(content)
        page.locator("main form[enctype] button").click()
        yield stop
    page.locator("#version").fill("a b")
    page.locator("main form.card button").click()
    yield "proposal-errors"
    page.locator("main a.button").click()
    yield "preview"
    page.locator("main form button.button").first.click()
    yield "preview-next"
    page.goto(f"{programme}/uploads")
    fresh = newer.replace("| hor_mo_survey |", "| another_survey |").encode()
    page.locator("#file").set_input_files(FilePayload(name="another.md", mimeType="text/markdown", buffer=fresh))
    page.locator("main form[enctype] button").click()
    yield "proposal-of-a-new-one"


def register(page: Page, embedded: Embedded) -> Iterator[str]:
    """Asking people by mail, the letter, and what they find behind their links."""
    page.goto(embedded.sign_in_link("demo-evaluator"))
    german = page.locator("html").get_attribute("lang") == "de"
    address = f"walk-{'de' if german else 'en'}@example.org"
    page.goto(f"{embedded.base_url}/collection/{SF}/register")
    yield "nobody"
    page.locator("textarea").fill("no address\n" + address)
    page.locator("main form.card button").first.click()
    yield "errors"
    page.locator("textarea").fill(f"{address}; Vorstand")
    page.locator("main form.card button").first.click()
    yield "entered"
    page.locator('a[href$="/letter"]').last.click()
    yield "letter"
    page.goto(eventually(lambda: _way_to_object(embedded, address), timeout_s=60))
    yield "no-more"
    page.locator("main form button").click()
    yield "no-more-done"


def _way_to_object(embedded: Embedded, address: str) -> str:
    """Return the link with which this address ends its mails, "" as long as it has got none."""
    mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in embedded.mails())
    return next((str(mail["List-Unsubscribe"]).strip("<>") for mail in mails if mail["To"] == address), "")


def monitoring(page: Page, embedded: Embedded) -> Iterator[str]:
    """Values and flags, for consultants, the site itself and programme leads."""
    page.goto(embedded.sign_in_link("demo-consultant"))
    for path in ("", HOR, SF, f"{HOR}/sites/{STORY}", f"{HOR}/sites/{STORY}?wave=2025-S"):
        page.goto(f"{embedded.base_url}/monitoring/{path}")
        yield path.replace("/", "-").replace("?", "-") or "overview"
    page.goto(f"{embedded.base_url}/monitoring/{SF}/sites/beispielverband-ost")
    yield "association"
    for summary in page.locator("main details summary").all()[:3]:
        summary.click()
    yield "association-opened"
    page.goto(f"{embedded.base_url}/monitoring/{HOR}/sites/{STORY}")
    page.locator("article.card a").first.click()
    yield "flag"
    page.locator("details summary").click()
    yield "flag-record"
    for account in ("demo-coordinator", "demo-lead"):
        page.goto(embedded.sign_in_link(account))
        page.goto(f"{embedded.base_url}/monitoring/{HOR}")
        yield f"programme-{account.removeprefix('demo-')}"


def support(page: Page, embedded: Embedded) -> Iterator[str]:
    """Flags in the inbox, one of them, and its mail's acknowledge link. Every walk takes an unanswered site."""
    site = embedded.unanswered(HOR, "hor_site_report")
    embedded.submit(HOR, "hor_site_report", site.code, OVERDUE)
    page.goto(embedded.sign_in_link("demo-consultant"))
    inbox = f"{embedded.base_url}/support/"
    page.goto(inbox)
    yield "inbox"
    page.locator(".rows__title a").first.click()
    yield "alert"
    link = _link_to_acknowledge(page, embedded, site.name["de"])
    yield "acknowledge"
    page.locator("main form button").click()
    yield "acknowledged"
    page.goto(link)
    yield "acknowledge-again"
    for state in ("acknowledged", "resolved"):
        page.goto(f"{inbox}?state={state}")
        yield f"inbox-{state}"
    page.goto(f"{inbox}?state=acknowledged")
    page.locator(".rows__title a").first.click()
    yield "alert-acknowledged"


def _link_to_acknowledge(page: Page, embedded: Embedded, site: str) -> str:
    """Go to the page the site's newest mail links to for acknowledging."""

    def found() -> str:
        page.goto(embedded.mailbox_url)
        mails = page.get_by_role("link", name=site)
        if not mails.count():
            return ""
        mails.first.click()
        address = page.locator('pre.mail-text a[href*="/support/ack/"]').first.inner_text()
        page.goto(address)
        return address

    return eventually(found, timeout_s=60, every_s=0.5)


def mailbox(page: Page, embedded: Embedded) -> Iterator[str]:
    """The mails of the installation."""
    page.goto(embedded.mailbox_url)
    yield "list"
    page.locator(".rows__title a", has_text="HoR").first.click()
    yield "mail"
    html = page.request.get(f"{page.url}/html").text()
    page.goto("about:blank")
    page.set_content(html)  # as mail programs show it; its own address lets no script look at it
    yield "mail-html"
    page.goto(f"{embedded.mailbox_url}nothing.eml")
    yield "missing"


def errors_and_api(page: Page, embedded: Embedded) -> Iterator[str]:
    """Pages that refuse, and the descriptions of the APIs."""
    for service in ("collection", "monitoring", "support"):
        page.goto(f"{embedded.base_url}/{service}/no/such/page/here")
        yield f"404-{service}"
    page.goto(embedded.sign_in_link("demo-coordinator"))
    page.goto(f"{embedded.base_url}/collection/{SF}/responses")
    yield "403"
    for service in ("intake", "scoring", "notify"):
        page.goto(f"{embedded.base_url}/api/{service}/v1/docs")
        yield f"api-{service}"


WALKS: dict[str, Walk] = {
    "report": site_report,
    "assessment": self_assessment,
    "survey": survey,
    "times": closed_and_planned,
    "sign-in": signing_in,
    "collection": collection,
    "register": register,
    "questionnaires": questionnaires,
    "monitoring": monitoring,
    "support": support,
    "mailbox": mailbox,
    "errors": errors_and_api,
}
