"""Staff enter addresses, see what became of them, remind and print letters, each within their rights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.registry import Account, Grant
from tests.support.asking import PostOffice, link_in, stop_link_in
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings
from tests.support.smtp_sink import SmtpSink

REPORT = Place("sample", "report", "nordstadt", "2026-H2")
SURVEY, CIRCLE = replace(REPORT, form="survey"), replace(REPORT, form="circle")
PAGE = "/collection/sample/register?wave=2026-H2"
API = "/api/intake/v1/programmes/sample/waves/2026-H2/invitations"


@pytest.fixture
def post(bench: Bench) -> Iterator[PostOffice]:
    survey = report_form(id="survey", respondents="many", anonymous=True)
    bench.publish_report(report_form(), survey, report_form(id="circle", respondents="many"))
    for role, sites in (("coordinator", ("nordstadt",)), ("consultant", ("nordstadt",)), ("evaluator", ("*",))):
        grant = Grant(role, "sample", sites)
        bench.office.people.save(Account(role, f"{role}@example.org", f"Person {role}", "en", (grant,)))
    with SmtpSink() as sink:
        office = PostOffice(bench, sink)
        yield office
        office.close()


@pytest.fixture
def app(bench: Bench, post: PostOffice) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


def signed_in(bench: Bench, app: Flask, who: str) -> Person:
    return Person(app.test_client()).open(bench.office.sign_in.link_for(who)).press()


def enter(person: Person, form: str, *addresses: str, **more: str) -> Person:
    """Fill in the form for addresses and send it."""
    (found,) = [found for found in person.page.forms if "addresses" in found.names]
    known = {name: given[0] for name, given in found.values.items() if name and given}
    return person.send(**{**known, "form": form, "addresses": "\n".join(addresses), **more})


def test_a_coordinator_invites_people_of_the_own_site(bench: Bench, post: PostOffice, app: Flask) -> None:
    person = signed_in(bench, app, "coordinator").open("/collection/")
    (first, *_) = [link for link in person.page.links if "/register?" in link]
    person.open(first)

    enter(person, "survey", "kim@example.org; Vorstand", "lee@example.org", language="de")

    assert "2 people are entered." in person.page.text
    assert "kim@example.org" in person.page.text
    assert [str(mail["Content-Language"]) for mail in post.run()] == ["de", "de"]


def test_faults_are_told_by_line_and_what_was_typed_stays(bench: Bench, post: PostOffice, app: Flask) -> None:
    person = signed_in(bench, app, "evaluator").open(PAGE)

    enter(person, "survey", "kim@example.org", "lee at example.org")

    assert person.status == 422
    assert person.page.title.startswith("Error: ")
    assert "Line 2: write an address like name@example.org." in person.page.text
    assert "lee at example.org" in person.html
    assert bench.store.collection("register").count({}) == 0


@pytest.mark.parametrize(("who", "site", "status"), [("coordinator", "suedtal", 403), ("evaluator", "suedtal", 200)])
def test_only_people_of_own_sites_are_invited(
    bench: Bench, post: PostOffice, app: Flask, who: str, site: str, status: int
) -> None:
    person = signed_in(bench, app, who).open(PAGE)

    enter(person, "survey", "kim@example.org", site=site)

    assert person.status == status


def test_a_coordinator_sees_nothing_of_other_sites(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(replace(SURVEY, site="suedtal"), "kim@example.org")
    (entry,) = bench.office.asking.register.listed("sample", "2026-H2")
    person = signed_in(bench, app, "coordinator").open(PAGE)

    assert "kim@example.org" not in person.html
    assert person.open(f"/collection/sample/register/{entry.contact.id}/letter").status == 403
    assert signed_in(bench, app, "consultant").open(PAGE).status == 403


def test_people_are_reminded_and_removed_from_the_page(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(REPORT, "kim@example.org")
    post.run()
    bench.clock.advance(days=1)
    person = signed_in(bench, app, "coordinator").open(PAGE)

    person.press(form=-2)
    assert "One mail is on its way." in person.page.text
    assert [str(mail["Subject"])[:9] for mail in post.run()] == ["Reminder:"]
    person.press(form=-1)

    assert "The address is deleted" in person.page.text
    assert "kim@example.org" not in person.html


def test_a_letter_has_the_text_the_link_and_a_code(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(REPORT, "kim@example.org; Leitung", language="de")
    (mail,) = post.run()
    person = signed_in(bench, app, "coordinator").open(PAGE)
    (letter,) = [link for link in person.page.links if link.endswith("/letter")]

    person.open(letter)

    assert person.page.h1 == "Bitte um Ihre Antworten: Bericht"
    assert f"https://peilung.example.org{link_in(mail)}" in person.page.text
    assert f"https://peilung.example.org{stop_link_in(mail)}" in person.page.text
    assert 'class="qr" role="img"' in person.html


def test_a_site_sees_neither_who_answered_nor_links_where_answers_are_confidential(
    bench: Bench, post: PostOffice, app: Flask
) -> None:
    post.enter(CIRCLE, "kim@example.org", "lee@example.org")
    mails = post.run()
    Person(app.test_client()).open(link_in(mails[0])).press()
    (entry, _) = bench.office.asking.register.listed("sample", "2026-H2")
    letter = f"/collection/sample/register/{entry.contact.id}/letter"

    site = signed_in(bench, app, "coordinator").open(PAGE)
    assert "2 invited, one has begun" in site.page.text
    assert "Who has answered is not shown here" in site.page.text
    assert "\nbegun" not in site.page.text
    assert site.open(letter).status == 403
    assert "letter" not in "".join(site.page.links)
    evaluation = signed_in(bench, app, "evaluator").open(PAGE)
    assert "Who has answered is not shown here" not in evaluation.page.text
    assert evaluation.open(letter).status == 200


def test_of_an_anonymous_survey_nobody_sees_who_answered_or_was_reminded(
    bench: Bench, post: PostOffice, app: Flask
) -> None:
    post.enter(SURVEY, "kim@example.org", "lee@example.org")
    Person(app.test_client()).open(link_in(post.run()[0])).press()
    bench.clock.advance(days=1)
    programme = bench.office.desk.registry.programme("sample")
    bench.office.asking.reminders.remind_now(programme, programme.wave("2026-H2"), "survey")
    post.run()

    page = signed_in(bench, app, "evaluator").open(PAGE).page

    assert "2 invited, one has begun" in page.text
    assert "2 reminders on 23 Nov 2026" in page.text
    assert "Reminder: " not in page.text


def test_the_responses_page_counts_invitations(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(SURVEY, "kim@example.org", "hardbounce@example.org")
    post.run()

    text = signed_in(bench, app, "consultant").open("/collection/sample/responses?wave=2026-H2").page.text

    assert "2 invited, one cannot be reached" in text


def test_the_api_tells_how_far_invitations_have_come_without_addresses(
    bench: Bench, post: PostOffice, app: Flask
) -> None:
    post.enter(REPORT, "jo@example.org")
    post.enter(SURVEY, "kim@example.org", "lee@example.org")
    post.enter(CIRCLE, "mo@example.org")
    post.run()
    bench.submissions.submit(Sent(REPORT, "uuid:1", GOOD))

    def items(who: str) -> dict[str, dict[str, object]]:
        client = app.test_client()
        Person(client).open(bench.office.sign_in.link_for(who)).press()
        answer = client.get(API)
        assert "example.org" not in answer.get_data(as_text=True)
        assert answer.json is not None
        return {item["form"]: item for item in answer.json["items"]}

    evaluator, coordinator = items("evaluator"), items("coordinator")
    assert evaluator["report"]["counts"] == {
        "invited": 0, "opened": 0, "started": 0, "submitted": 1, "bounced": 0, "refused": 0,
    }  # fmt: skip
    assert [(one["state"], one["mails"]) for one in evaluator["report"]["invitations"]] == [("submitted", 1)]  # type: ignore[attr-defined]
    assert (evaluator["survey"]["privacy"], evaluator["survey"]["invitations"]) == ("anonymous", [])
    assert len(evaluator["circle"]["invitations"]) == 1  # type: ignore[arg-type]
    assert coordinator["circle"]["invitations"] == []
    assert coordinator["survey"]["counts"]["invited"] + coordinator["survey"]["counts"]["opened"] == 2  # type: ignore[index]
