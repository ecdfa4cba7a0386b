"""Every question type on a page: drawn, filled in, drawn again with its answer, kept."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from services.intake.app import build_web
from shared.programme.model import Group, Question
from tests.support.browsing import Person
from tests.support.forms import TOPICS, YES_NO, both, report_form
from tests.support.intake import PLACE, Bench, settings


def question(kind: str, **more: Any) -> Question:
    return Question("q", kind, both("Frage", "Question"), both("Hinweis", "Hint"), **more)


def page(bench: Bench, app: Flask, *questions: Question) -> Person:
    group = Group("g", both("Seite", "Page"), questions)
    bench.publish_report(report_form(items=(group,), choices={"topics": TOPICS, "yes_no": YES_NO}))
    return Person(app.test_client()).open("/q/" + bench.office.invitations.invite(PLACE).token).press()


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


CASES = [
    (question("text"), "a line", "a line"),
    (question("text", appearance="multiline"), "two\r\nlines", "two\nlines"),
    (question("integer"), "1,200", 1200),
    (question("decimal"), "2.5", 2.5),
    (question("range", parameters={"start": "0", "end": "10", "step": "1"}), "0", 0),
    (question("select_one", list_name="topics"), "rooms", "rooms"),
    (question("select_multiple", list_name="topics"), ["grants", "rooms"], ["grants", "rooms"]),
    (question("rank", list_name="topics"), ["rooms", "none", "grants"], ["rooms", "none", "grants"]),
    (question("date"), "2026-11-22", "2026-11-22"),
    (question("time"), "14:30", "14:30"),
    (question("dateTime"), "2026-11-22T14:30", "2026-11-22T14:30"),
    (question("acknowledge"), "OK", "OK"),
]


@pytest.mark.parametrize(("asked", "typed", "kept"), CASES, ids=lambda case: getattr(case, "type", None))
def test_an_answer_of_every_type_is_kept_and_shown_again(
    bench: Bench, app: Flask, asked: Question, typed: Any, kept: Any
) -> None:
    person = page(bench, app, asked)
    first = person.path

    person.press(q=typed)
    again = Person(app.test_client()).open(first)
    shown = again.page.forms[-1].values["q"]
    person.press()

    (document,) = bench.store.collection("submissions").find({})
    assert document["answers"]["q"] == kept
    assert [value.replace(",", "") for value in shown if value] or shown == ["0"]
    assert again.press().page.text.count("no answer") == 0


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        (question("range", parameters={"start": "0", "end": "10", "step": "1"}), "11"),
        (question("range", parameters={"start": "0", "end": "10", "step": "2"}), "3"),
        (question("rank", list_name="topics"), ["rooms", "rooms", "grants"]),
        (question("time"), "half past two"),
        (question("dateTime"), "soon"),
        (question("date"), "31.02.2026"),
        (question("select_one", list_name="topics"), "elsewhere"),
    ],
)
def test_an_answer_that_is_none_comes_back_with_a_fault(bench: Bench, app: Flask, asked: Question, typed: Any) -> None:
    person = page(bench, app, asked).press(q=typed)

    assert person.status == 422
    assert "#q" in person.page.links


def test_a_note_is_shown_and_asks_nothing(bench: Bench, app: Flask) -> None:
    person = page(bench, app, question("note"), Question("a", "text", both("A", "A")))

    assert "Question" in person.page.text
    assert "q" not in person.page.forms[-1].names


def test_a_read_only_answer_is_shown_and_cannot_be_changed(bench: Bench, app: Flask) -> None:
    fixed = question("integer", readonly="true()", default="7")
    person = page(bench, app, fixed, Question("a", "text", both("A", "A")))
    assert "7" in person.page.text
    forged = app.test_client().post(person.path, data={"shown": "q a", "q": "8", "a": "x"})

    assert forged.status_code == 303
    person.open(forged.headers["Location"]).press()

    (document,) = bench.store.collection("submissions").find({})
    assert document["answers"]["q"] == 7


def test_a_question_starts_with_its_default(bench: Bench, app: Flask) -> None:
    person = page(bench, app, question("date", default="today()"))

    assert person.page.forms[-1].values["q"] == ["2026-11-22"]
