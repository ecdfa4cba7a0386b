from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.errors import Conflict, TransientError
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")


class Mailbox:
    """Takes mails, or refuses them while `full`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, str]] = []
        self.full = False

    def send(self, to: str, subject: str, text: str) -> None:
        if self.full:
            raise TransientError("mailbox full")
        self.mails.append((to, subject, text))


def account(id_: str, *grants: Grant) -> Account:
    return Account(id_, f"{id_}@example.org", f"Person {id_}", "en", grants)


@pytest.fixture
def app(bench: Bench) -> Flask:
    bench.publish_report()
    people = bench.office.people
    people.save(account("coordinator", Grant("coordinator", "sample", ("nordstadt",))))
    people.save(account("consultant", Grant("consultant", "sample", ("suedtal",))))
    people.save(account("evaluator", Grant("evaluator", "sample")))
    people.save(account("stranger", Grant("evaluator", "elsewhere")))
    return build_web(settings(), bench.store, bench.clock)


def signed_in(bench: Bench, client: FlaskClient, account_id: str) -> Person:
    person = Person(client).open(bench.office.sign_in.link_for(account_id))
    return person.press()


def test_a_person_signs_in_with_a_mailed_link_once(bench: Bench, app: Flask) -> None:
    mailbox = Mailbox()
    person = Person(app.test_client()).open("/")
    assert person.page.h1 == "Sign in"
    person.press(email="Coordinator@example.org ")
    asked = person.page.text

    sent = bench.office.sign_in.mail_one(mailbox, "test")
    ((to, subject, text),) = mailbox.mails
    found = re.search(r"https://peilung\.example\.org(/\S+)", text)

    assert sent == 1
    assert (to, subject) == ("coordinator@example.org", "Your sign-in link")
    assert found
    assert person.open(found[1]).page.h1 == "Confirm that it is you"
    assert person.open(found[1]).press().page.h1 == "Collection"
    assert Person(app.test_client()).open(found[1]).status == 403
    assert bench.office.sign_in.mail_one(mailbox, "test") == 0
    assert Person(app.test_client()).open("/collection/sign-in").press(email="nobody@example.org").page.text == asked


def test_an_unknown_address_gets_no_mail(bench: Bench, app: Flask) -> None:
    mailbox = Mailbox()

    Person(app.test_client()).open("/collection/sign-in").press(email="nobody@example.org")

    assert bench.office.sign_in.mail_one(mailbox, "test") == 0
    assert mailbox.mails == []


def test_an_account_gets_one_mail_a_minute_whoever_asks(bench: Bench, app: Flask) -> None:
    mailbox = Mailbox()
    for _ in range(5):
        bench.office.sign_in.ask("coordinator@example.org")
    while bench.office.sign_in.mail_one(mailbox, "test"):
        continue

    assert len(mailbox.mails) == 1


def test_a_mail_that_is_refused_is_sent_later(bench: Bench, app: Flask) -> None:
    mailbox = Mailbox()
    mailbox.full = True
    bench.office.sign_in.ask("coordinator@example.org")
    bench.office.sign_in.mail_one(mailbox, "test")
    mailbox.full = False

    assert bench.office.sign_in.mail_one(mailbox, "test") == 0
    bench.clock.advance(seconds=30)
    assert bench.office.sign_in.mail_one(mailbox, "test") == 1
    assert len(mailbox.mails) == 1


def test_a_sign_in_link_expires(bench: Bench, app: Flask) -> None:
    link = bench.office.sign_in.link_for("coordinator")
    bench.clock.advance(minutes=16)

    assert Person(app.test_client()).open(link).status == 403


def test_the_token_of_a_sign_in_link_is_not_stored(bench: Bench, app: Flask) -> None:
    token = bench.office.sign_in.link_for("coordinator").rpartition("/")[2]

    assert token not in str(bench.store.collection("sign_in_links").find({}))


def test_a_demo_link_signs_in_at_once_and_again(bench: Bench, app: Flask) -> None:
    link = bench.office.sign_in.link_for("coordinator", demo=True)

    assert link == bench.office.sign_in.link_for("coordinator", demo=True)
    assert Person(app.test_client()).open(link).page.h1 == "Collection"
    assert Person(app.test_client()).open(link).page.h1 == "Collection"


def test_after_signing_in_the_person_is_where_they_wanted_to_be(bench: Bench, app: Flask) -> None:
    mailbox = Mailbox()
    for wanted in (
        "/collection/sample/responses?wave=2026-H1",
        "https://elsewhere.example.org/",
        "//elsewhere.example.org/",
    ):
        bench.office.sign_in.ask("evaluator@example.org", wanted)
        bench.clock.advance(minutes=1)
    while bench.office.sign_in.mail_one(mailbox, "test"):
        continue
    links = [re.search(r"/collection/sign-in/\S+", text)[0] for _, _, text in mailbox.mails]  # type: ignore[index]

    arrived = [Person(app.test_client()).open(link).press() for link in links]

    assert sorted(person.path for person in arrived) == ["/collection/sample/responses", "/monitoring/", "/monitoring/"]


def test_signing_out_ends_the_session(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "coordinator")

    person.press(form=0)

    assert person.open("/collection/").page.h1 == "Sign in"


def test_a_coordinator_sees_and_fills_the_own_questionnaire(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "coordinator")
    assert "Musterhaus Nordstadt" in person.page.text or "Sample House Nordstadt" in person.page.text
    assert "Südtal" not in person.page.text
    assert "not begun yet" in person.page.text

    person.press()
    assert person.page.h1 == "Report"
    assert person.path.startswith("/q/")
    assert person.page.links["/collection/"] == "Your questionnaires"
    first = person.path
    person.press()
    person.press(groups="3", groups_new="1", button="save")

    assert "begun" in person.open("/collection/").page.text
    person.press()
    assert person.path == first
    assert "You have already begun" in person.page.text


def test_a_coordinator_takes_away_what_the_own_site_says_of_itself(bench: Bench, app: Flask) -> None:
    survey = report_form(id="survey", respondents="many", anonymous=True)
    bench.publish_report_version("2", report_form(), survey)
    for site in ("nordstadt", "suedtal"):
        bench.submissions.submit(
            Sent(replace(PLACE, site=site), f"uuid:{site}", {**GOOD, "comment": f"Text aus {site}"})
        )
    coordinator = signed_in(bench, app.test_client(), "coordinator").open("/collection/")

    files = [link for link in coordinator.page.links if "/export." in link]

    assert [link.partition("?")[0].rpartition("/forms/")[2] for link in files] == [
        "report/export.xlsx", "report/export.csv", "report/export.sav", "report/export.json",
    ]  # fmt: skip
    rows = json.loads(coordinator.open(files[3]).html)["items"]
    assert [(row["site"], row["comment"]) for row in rows] == [("nordstadt", "Text aus nordstadt")]


@pytest.mark.parametrize("who", ["consultant", "evaluator"])
def test_others_find_the_files_beside_the_responses(bench: Bench, app: Flask, who: str) -> None:
    person = signed_in(bench, app.test_client(), who)

    assert not [link for link in person.open("/collection/").page.links if "/export." in link]
    assert [link for link in person.open("/collection/sample/responses").page.links if "/export." in link]


def test_a_coordinator_cannot_fill_for_another_site(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "coordinator")

    person.press(site="suedtal")

    assert person.status == 403


def test_an_anonymous_questionnaire_is_passed_on(bench: Bench, app: Flask) -> None:
    bench.publish_report_version("2", report_form(respondents="many", anonymous=True))
    person = signed_in(bench, app.test_client(), "coordinator")

    person.press()

    assert person.page.h1.startswith("Link to pass on")
    assert "https://peilung.example.org/q/" in person.html


def test_an_evaluator_sees_all_sites_a_consultant_the_own(bench: Bench, app: Flask) -> None:
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))

    everything = signed_in(bench, app.test_client(), "evaluator").open("/collection/sample/responses")
    own = signed_in(bench, app.test_client(), "consultant").open("/collection/sample/responses")

    assert "1 of 2 complete" in everything.page.text
    assert "22 Nov 2026" in everything.page.text
    assert "0 of 1 complete" in own.page.text
    assert "Nordstadt" not in own.page.text


@pytest.mark.parametrize("who", ["coordinator", "stranger"])
@pytest.mark.parametrize("page", ["responses", "invitations"])
def test_others_see_neither_progress_nor_links(bench: Bench, app: Flask, who: str, page: str) -> None:
    assert signed_in(bench, app.test_client(), who).open(f"/collection/sample/{page}").status == 403


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        ("coordinator", ["/collection/", "/monitoring/"]),
        ("consultant", ["/collection/", "/monitoring/", "/support/"]),
        ("admin", ["/collection/"]),
    ],
)
def test_people_are_led_to_the_parts_that_are_there_for_them(
    bench: Bench, app: Flask, who: str, parts: list[str]
) -> None:
    bench.office.people.save(account("admin", Grant("admin", "*")))

    page = signed_in(bench, app.test_client(), who).open("/collection/").page

    assert [path for path, text in page.links.items() if text in ("Collection", "Monitoring", "Support")] == parts


def test_the_page_in_the_other_language_is_the_same_page(bench: Bench, app: Flask) -> None:
    evaluator = signed_in(bench, app.test_client(), "evaluator").open("/collection/sample/responses?wave=2026-H1")

    (german,) = [address for address, text in evaluator.page.links.items() if text == "Deutsch"]

    assert evaluator.open(evaluator.path + german).page.h1.startswith("Rücklauf: 1. Halbjahr 2026")


def test_a_consultant_makes_no_links(bench: Bench, app: Flask) -> None:
    assert signed_in(bench, app.test_client(), "consultant").open("/collection/sample/invitations").status == 403


def test_an_evaluator_makes_a_link_that_is_shown_once_and_can_be_switched_off(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "evaluator").open("/collection/sample/invitations?wave=2026-H2")

    person.press(site="suedtal", form=-1)
    found = re.search(r'value="https://peilung\.example\.org(/q/[^"]+)"', person.html)

    assert found
    respondent = Person(app.test_client()).open(found[1])
    assert respondent.page.h1 == "Report"
    person.open("/collection/sample/invitations?wave=2026-H2")
    assert found[1] not in person.html
    person.press(form=-1)
    assert "switched off" in person.page.text
    assert respondent.open(found[1]).status == 404


def test_a_respondents_code_is_no_sentence(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "evaluator").open("/collection/sample/invitations?wave=2026-H2")

    person.press(respondent="Frau Muster", form=-1)

    assert person.status == 422
    assert person.page.title.startswith("Error: ")
    assert "hyphens and underscores" in person.page.text  # signs themselves drown in the underline of a link


def test_a_write_from_another_site_is_refused(bench: Bench, app: Flask) -> None:
    client = app.test_client()
    signed_in(bench, client, "evaluator")

    stolen = client.post(
        "/collection/sample/invitations", data={"form": "report", "site": "suedtal", "wave": "2026-H2"}
    )
    foreign = client.post("/collection/sign-out", headers={"Sec-Fetch-Site": "cross-site"})

    assert (stolen.status_code, foreign.status_code) == (403, 403)


def test_an_account_that_is_switched_off_is_signed_out(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app.test_client(), "evaluator")

    bench.office.people.deactivate("evaluator")
    app.extensions["registry"].forget()

    assert person.open("/collection/").page.h1 == "Sign in"


def test_a_staff_session_reads_the_api_within_its_rights(bench: Bench, app: Flask) -> None:
    client = app.test_client()
    signed_in(bench, client, "consultant")

    programmes = client.get("/api/intake/v1/programmes").json
    responses = client.get("/api/intake/v1/programmes/sample/waves/2026-H2/responses").json

    assert programmes is not None
    assert [item["programme"] for item in programmes["items"]] == ["sample"]
    assert responses is not None
    assert [item["site"] for item in responses["items"]] == ["suedtal"]
    assert client.post("/api/intake/v1/programmes", json={"files": {}}).status_code == 403
    signed_in(bench, client, "stranger")
    assert client.get("/api/intake/v1/programmes/sample/sites").status_code == 404


def test_one_address_belongs_to_one_account(bench: Bench, app: Flask) -> None:
    with pytest.raises(Conflict):
        bench.office.people.save(replace(account("other"), email="EVALUATOR@example.org"))
