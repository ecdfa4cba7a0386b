"""The questionnaire on paper: everything it may ask, when it asks it, and what was answered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.programme.model import Group, Question
from tests.support.browsing import Person
from tests.support.forms import GOOD, ITEMS, both, report_form
from tests.support.intake import Bench, settings

EVENTS = Group(
    "events",
    both("Veranstaltung", "Event"),
    (Question("event_title", "text", both("Titel der Veranstaltung", "Title of the event")),),
    repeat=True,
)
PLACE = Place("sample", "report", "nordstadt", "2026-H2")


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    bench.publish_report()
    return "/q/" + bench.office.invitations.invite(PLACE).token


def read(app: Flask, address: str, language: str = "en") -> str:
    person = Person(app.test_client(), language).open(address)
    assert person.status == 200
    return " ".join(person.page.text.split())


def test_the_blank_form_is_linked_from_the_start_page_and_writes_nothing(bench: Bench, app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link)
    assert person.page.links[f"{link}/print"] == "Read or print the whole questionnaire beforehand"

    person.open(f"{link}/print")

    assert person.page.h1 == "Report"
    assert bench.store.collection("drafts").count({}) == 0


def test_the_blank_form_shows_every_question_and_choice_whatever_it_depends_on(app: Flask, link: str) -> None:
    text = read(app, link + "/print")

    for said in ("Count each group once.", "Groups", "Why so different?", "Funds", "in euros", "Which most?", "Rooms"):
        assert said in text
    assert "☐ none of these" in text
    assert "c_share" not in text
    assert "site_code" not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Only if: “Groups” > 0", "Only if: number of choices in “What was it about?” > 1"]),
        ("de", ["Nur wenn: „Groups (de)“ > 0", "„Worum ging es?“ enthält nicht „nichts davon“"]),
    ],
)
def test_conditions_are_said_in_words(app: Flask, link: str, language: str, said: list[str]) -> None:
    text = read(app, link + "/print", language)

    for words in said:
        assert words in text
    assert "${" not in text


def test_a_condition_on_the_round_before_says_so(app: Flask, link: str) -> None:
    assert "“Groups (last round)” > 0" in read(app, link + "/print")


@pytest.mark.parametrize(
    ("relevant", "said"),
    [
        ("${comment} != ''", "Only if: “Comment” is answered"),
        ("${comment} = '' and ${groups} > 0", "Only if: “Comment” is missing and “Groups” > 0"),
        ("selected(${help}, 'yes')", "Only if: “Help wanted?” includes “Yes”"),
        ("not(${groups} > 3)", "Only if: not (“Groups” > 3)"),
        ("true()", "More"),
    ],
)
def test_every_kind_of_condition_is_said(bench: Bench, app: Flask, relevant: str, said: str) -> None:
    more = Question("more", "text", both("Mehr", "More"), relevant=relevant)
    bench.publish_report(report_form(items=(*ITEMS, more)))

    assert said in read(app, f"/q/{bench.office.invitations.invite(PLACE).token}/print").partition("Help wanted?")[2]


@pytest.mark.parametrize(("site", "asked"), [("nordstadt", True), ("suedtal", False)])
def test_what_depends_on_the_site_alone_is_on_the_paper_of_those_sites_only(
    bench: Bench, app: Flask, site: str, asked: bool
) -> None:
    more = Question("more", "text", both("Mehr", "Only in the north"), relevant="${site_code} = 'nordstadt'")
    bench.publish_report(report_form(items=(*ITEMS, more)))
    link = "/q/" + bench.office.invitations.invite(replace(PLACE, site=site)).token

    text = read(app, link + "/print")

    assert ("Only in the north" in text) == asked
    assert "Only if: “site" not in text


def test_the_form_is_shown_with_the_answers_saved_so_far_and_those_typed_wrongly(app: Flask, link: str) -> None:
    Person(app.test_client()).open(link).press().press(groups="ten", groups_new="4", budget="1200.5", button="save")

    text = read(app, link + "/print/answers")

    assert "Saved, not submitted yet." in text
    assert "Groups ten" in text
    assert "1,200.5" in text


def test_the_form_is_shown_with_the_answers_handed_in_and_is_linked_from_the_receipt(bench: Bench, app: Flask) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    assert f"{link}/print/answers" in Person(app.test_client()).open(link).page.links

    text = read(app, link + "/print/answers")

    assert "☑ Rooms (chosen)" in text
    assert "☐ none of these" in text
    assert "● No (chosen)" in text
    assert "30 Jun 2026" in text
    assert "Your reference number" in text


def test_nothing_begun_leads_to_the_start_page(app: Flask, link: str) -> None:
    assert Person(app.test_client()).open(link + "/print/answers").path == link


def test_an_anonymous_respondent_prints_the_own_answers_without_the_hour(bench: Bench, app: Flask) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    person = Person(app.test_client()).open("/q/" + bench.office.invitations.invite(PLACE).token).press()
    person.press(groups="0", groups_new="0").press(asked_on="2026-06-30").press(topics=["rooms"]).press()
    assert person.page.h1.startswith("Thank you")

    text = read(app, person.path.replace("/receipt", "/print/answers"))

    assert "☑ Rooms (chosen)" in text
    assert "13:00" not in text


def test_a_repeat_is_asked_once_on_the_blank_form_and_once_for_every_item_on_the_filled_one(
    bench: Bench, app: Flask
) -> None:
    bench.publish_report(report_form(items=(*ITEMS, EVENTS)))
    answers = {**GOOD, "events": [{"event_title": "Summer fair"}, {"event_title": "Open day"}]}
    bench.submissions.submit(Sent(PLACE, "uuid:1", answers))
    link = "/q/" + bench.office.invitations.invite(PLACE).token

    blank, filled = read(app, link + "/print"), read(app, link + "/print/answers")

    assert blank.count("Title of the event") == 1
    assert "once for every entry" in blank
    assert filled.count("Title of the event") == 2
    assert filled.index("Event 1") < filled.index("Summer fair") < filled.index("Event 2") < filled.index("Open day")
