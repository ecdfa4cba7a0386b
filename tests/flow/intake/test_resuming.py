"""Coming back: where one was, when it was saved, and what a newer version of the form means for what was said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.programme.model import Form, Group, Question
from tests.support.browsing import Person
from tests.support.forms import GOOD, ITEMS, YES_NO, choice, report_form, whole
from tests.support.intake import Bench, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    bench.publish_report()
    return "/q/" + bench.office.invitations.invite(PLACE).token


def halfway(app: Flask, link: str, **more: Any) -> Person:
    person = Person(app.test_client()).open(link).press()
    person.press(groups="10", groups_new="4", budget="1200.5")
    person.press(asked_on="2026-06-30")
    return person.press(topics=["rooms"], comment="all went well", **more)


def second_version() -> Form:
    """Without `comment` and `asked_on`, with another list of topics, a stricter and a new question."""
    numbers, topics = _group("g_numbers"), _group("g_topics")
    fewer = tuple(item for item in topics.items if isinstance(item, Question) and item.name != "comment")
    renamed = (choice("venues", "Orte", "Venues"), choice("grants", "Fördermittel", "Grants"))
    changed = replace(numbers, items=(*numbers.items, whole("members", "Members")))
    items = tuple(
        {"g_numbers": changed, "g_topics": replace(topics, items=fewer)}.get(getattr(item, "name", ""), item)
        for item in ITEMS
        if item.name not in ("asked_on", "c_words")
    )
    return report_form(version="2", items=items, choices={"yes_no": YES_NO, "topics": renamed})


def publish(bench: Bench, app: Flask, form: Form) -> None:
    bench.publish_report_version(form.version, form)
    app.extensions["intake"].desk.forget()


def _group(name: str) -> Group:
    return next(item for item in ITEMS if isinstance(item, Group) and item.name == name)


def test_the_start_page_says_where_one_was_last_and_when_that_was_saved(app: Flask, link: str) -> None:
    halfway(app, link)

    person = Person(app.test_client()).open(link)

    assert "Last saved: 22 Nov 2026, 13:00" in person.page.text
    assert "You were last here: Topics" in person.page.text
    assert person.page.links[f"{link}/p/g_topics"] == "Topics"


def test_a_page_without_a_heading_is_called_by_its_question(app: Flask, link: str) -> None:
    person = Person(app.test_client(), "de").open(link).press()
    person.press(groups="10", groups_new="4").press(asked_on="2026-06-30", button="save")

    assert Person(app.test_client(), "de").open(link).page.links[f"{link}/p/asked_on"] == "Stichtag"


def test_the_check_page_marks_where_one_was_last(app: Flask, link: str) -> None:
    halfway(app, link).open(link + "/p/g_numbers").press()

    person = Person(app.test_client()).open(link + "/check")

    text = person.page.text
    assert text.count("You were last here") == 1
    assert text.index("Numbers") < text.index("You were last here") < text.index("Groups")
    assert "Saved: 22 Nov 2026, 13:00" in text


def test_nobody_who_just_begins_was_anywhere(app: Flask, link: str) -> None:
    Person(app.test_client()).open(link).press()

    assert "You were last here" not in Person(app.test_client()).open(link).page.text


def test_the_next_page_after_a_new_version_says_what_changed_and_shows_what_was_said(
    bench: Bench, app: Flask, link: str
) -> None:
    halfway(app, link)
    publish(bench, app, second_version())

    text = " ".join(Person(app.test_client()).open(link + "/p/g_topics").page.text.split())

    assert "has been revised" in text
    assert "One question is new: Members" in text
    assert (
        "One answer no longer fits; please look at it again. This is what you had said: What was it about?: Rooms"
        in text
    )
    assert "2 questions are no longer asked" in text
    assert "Comment: all went well" in text
    assert "Key date: 30 Jun 2026" in text


def test_after_one_page_only_start_and_check_still_tell_and_nothing_is_forgotten(
    bench: Bench, app: Flask, link: str
) -> None:
    halfway(app, link)
    publish(bench, app, second_version())
    person = Person(app.test_client()).open(link + "/p/g_numbers")
    assert "has been revised" in person.page.text
    person.press(members="5")

    assert "has been revised" not in person.page.text
    for address in ("", "/check"):
        assert "Comment: all went well" in Person(app.test_client()).open(link + address).page.text


def test_an_answer_that_no_longer_fits_must_be_given_again_before_anything_is_handed_in(
    bench: Bench, app: Flask, link: str
) -> None:
    halfway(app, link).press(help="no")
    publish(bench, app, second_version())
    person = Person(app.test_client()).open(link + "/check").press()
    assert person.status == 422
    assert {f"{link}/p/g_numbers?back=check#members", f"{link}/p/g_topics?back=check#topics"} <= set(person.page.links)

    person.open(link + "/p/g_numbers?back=check").press(members="5")
    person.open(link + "/p/g_topics?back=check").press(topics=["venues"])
    assert "no longer fits" not in person.page.text
    person.press()

    (kept,) = bench.store.collection("submissions").find({})
    assert person.page.h1.startswith("Thank you")
    assert (kept["form_version"], kept["answers"]["topics"], kept["answers"]["groups"]) == ("2", ["venues"], 10)
    assert "comment" not in kept["answers"]


def test_a_question_that_comes_back_has_its_answer_again(bench: Bench, app: Flask, link: str) -> None:
    halfway(app, link)
    publish(bench, app, second_version())
    Person(app.test_client()).open(link + "/p/g_numbers").press(members="5")
    publish(bench, app, report_form(version="3"))

    person = Person(app.test_client()).open(link + "/p/g_topics")

    assert person.page.forms[-1].values["comment"] == ["all went well"]
    assert "Comment: all went well" not in person.page.text
    assert "Members: 5" in person.page.text
    assert "30 Jun 2026" in Person(app.test_client()).open(link + "/check").page.text


def test_what_was_typed_wrongly_for_a_question_that_is_gone_is_shown_too(bench: Bench, app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()
    person.press(groups="10", groups_new="4").press(asked_on="some day in May")
    assert person.status == 422
    publish(bench, app, second_version())

    assert "Key date: some day in May" in Person(app.test_client()).open(link).page.text


def test_a_version_that_changes_nothing_for_the_answers_says_so_briefly(bench: Bench, app: Flask, link: str) -> None:
    halfway(app, link)
    publish(bench, app, report_form(version="2"))

    text = Person(app.test_client()).open(link).page.text

    assert "All your answers are kept." in text
    assert "no longer" not in text


def test_changing_what_was_handed_in_under_an_earlier_version_loses_nothing_either(bench: Bench, app: Flask) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", {**GOOD, "topics": ["rooms"], "comment": "all went well"}))
    publish(bench, app, second_version())
    link = "/q/" + bench.office.invitations.invite(PLACE).token

    person = Person(app.test_client()).open(link).press()

    assert person.path.endswith("/p/g_topics") or "members" in person.html
    assert "Comment: all went well" in person.page.text


@pytest.mark.parametrize(("language", "said"), [("de", "überarbeitet"), ("en", "revised")])
def test_a_draft_that_never_met_another_version_hears_of_none(app: Flask, link: str, language: str, said: str) -> None:
    halfway(app, link)

    for address in ("", "/check", "/p/g_topics"):
        assert said not in Person(app.test_client(), language).open(link + address).page.text
