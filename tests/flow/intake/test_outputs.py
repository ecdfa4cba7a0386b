"""What intake knows of a site, and earlier answers, in the texts of a questionnaire."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.programme.model import Form, Group, Question
from tests.support.browsing import Person
from tests.support.forms import both, report_form
from tests.support.intake import Bench, sample_programme, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")
GOALS = {"goal_1_de": "Zehn Gruppen <neu>", "goal_1_en": "Ten groups <new>", "landscape": "Tal"}
FORM = report_form(
    items=(
        *(Question(name, "hidden") for name in ("site_goal_1", "site_goal_2", "site_landscape")),
        Group(
            "g_goals",
            both("Ziele im ${site_landscape}", "Goals in the ${site_landscape}"),
            (
                Question(
                    "reached",
                    "select_one",
                    both("Stand von: ${site_goal_1}", "State of: ${site_goal_1}"),
                    both("Vereinbart: ${site_goal_1}.", "Agreed: ${site_goal_1}."),
                    list_name="yes_no",
                    required="true()",
                    required_message=both("Sagen Sie etwas zu ${site_goal_1}.", "Say something on ${site_goal_1}."),
                ),
                Question("second", "text", both("Zweites", "Second"), relevant="${site_goal_2} != ''"),
            ),
        ),
        Group(
            "g_more",
            both("Mehr", "More"),
            (
                Question("share", "decimal", both("Anteil", "Share")),
                Question("since", "date", both("Seit", "Since")),
            ),
        ),
        Group(
            "g_last",
            both("Ende", "End"),
            (Question("why", "text", both("Warum ${reached}, ${share}?", "Why ${reached}, ${share} since ${since}?")),),
        ),
    )
)


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


def publish(bench: Bench, form: Form = FORM, **more: str) -> str:
    base = sample_programme(form)
    sites = tuple(replace(site, features={**GOALS, **more}) for site in base.sites)
    bench.publishing.publish(replace(base, sites=sites))
    return "/q/" + bench.office.invitations.invite(PLACE).token


def kept(bench: Bench) -> dict[str, Any]:
    (document,) = bench.store.collection("submissions").find({})
    return document


@pytest.mark.parametrize(
    ("language", "heading", "texts"),
    [
        ("de", "Ziele im Tal", ["Stand von: Zehn Gruppen <neu>", "Vereinbart: Zehn Gruppen <neu>."]),
        ("en", "Goals in the Tal", ["State of: Ten groups <new>", "Agreed: Ten groups <new>."]),
    ],
)
def test_headings_labels_and_hints_show_what_is_known_of_the_site(
    bench: Bench, app: Flask, language: str, heading: str, texts: list[str]
) -> None:
    person = Person(app.test_client(), language).open(publish(bench)).press()

    assert person.page.h1 == heading
    assert [text for text in texts if text not in person.page.text] == []
    assert "second" not in person.page.forms[-1].names
    assert "${" not in person.html


def test_labels_show_answers_in_words_up_to_the_receipt(bench: Bench, app: Flask) -> None:
    person = Person(app.test_client(), "en").open(publish(bench)).press()
    person.press(reached="yes")
    person.press(share="2.5", since="2026-01-31")
    assert "Why Yes, 2.5 since 31 Jan 2026?" in person.page.text
    person.press(why="Because.")
    assert "State of: Ten groups <new>" in person.page.text
    assert "Why Yes, 2.5 since 31 Jan 2026?" in person.page.text
    person.press()

    assert person.page.h1.startswith("Thank you")
    assert "State of: Ten groups <new>" in person.page.text


def test_a_message_and_the_list_of_faults_show_them_too(bench: Bench, app: Flask) -> None:
    link = publish(bench)
    person = Person(app.test_client(), "en").open(link).press()
    person.press()
    assert "Say something on Ten groups <new>." in person.page.text

    person.open(f"{link}/check").press()

    assert person.status == 422
    assert "State of: Ten groups <new> Say something on Ten groups <new>." in person.page.text


def test_a_question_appears_when_the_site_has_the_feature(bench: Bench, app: Flask) -> None:
    person = Person(app.test_client(), "de").open(publish(bench, goal_2_en="Only in English", goal_2="Zwei")).press()

    assert "second" in person.page.forms[-1].names


def test_what_intake_fills_in_cannot_be_sent_and_does_not_travel(bench: Bench) -> None:
    publish(bench)
    answers = {"reached": "yes", "site_goal_1": "sent", "site_goal_2": "sent", "second": "x"}

    bench.submissions.submit(Sent(PLACE, "uuid:1", answers), "en")

    document = kept(bench)
    assert document["answers"]["site_goal_1"] == "Ten groups <new>"
    assert document["answers"].keys().isdisjoint({"site_goal_2", "second"})
    told = json.dumps(document["outbox"])
    assert "reached" in told
    assert "site_goal" not in told
    assert "groups" not in told
