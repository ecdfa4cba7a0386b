from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.intake.domain.compiled import compile_questions
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.pages import paginate, path, progress
from shared.programme.model import Form, Group, Question
from tests.support.forms import both, report_form


def record(form: Form, **answers: Any) -> Record:
    around = Surroundings(datetime(2026, 7, 1, tzinfo=UTC), "en", lambda: "id")
    return Record(compile_questions(form), answers, around)


def keys(form: Form, **answers: Any) -> list[str]:
    return [page.key for page in path(paginate(form), record(form, **answers)).pages]


def consent_form() -> Form:
    only_if = "${consent} = 'yes'"
    items = (
        Question("consent", "select_one", both("Ja?", "Yes?"), list_name="yes_no"),
        Group("g_one", both("Eins", "One"), (Question("a", "text"), Question("h", "hidden")), relevant=only_if),
        Group("g_two", both("Zwei", "Two"), (Question("b", "text"),), relevant=only_if),
        Question("h2", "hidden"),
    )
    return report_form(items=items)


def test_every_group_and_every_run_of_loose_questions_is_a_page() -> None:
    assert [page.key for page in paginate(report_form())] == ["g_numbers", "asked_on", "g_topics", "g_help"]


def test_hidden_and_computed_questions_are_on_no_page() -> None:
    names = {name for page in paginate(report_form()) for name in page.names}

    assert names.isdisjoint({"site_code", "wave", "prev_groups", "c_share", "c_words"})


def test_nested_groups_become_headings_on_the_page() -> None:
    inner = Group("g_in", both("Innen", "Inside"), (Question("b", "text"),))
    outer = Group("g_out", both("Außen", "Outside"), (Question("a", "text"), inner, Question("c", "text")))

    (page,) = paginate(report_form(items=(outer,)))

    assert [(section.label.get("en", ""), section.names) for section in page.sections] == [
        ("", ("a",)),
        ("Inside", ("b",)),
        ("", ("c",)),
    ]


def test_pages_without_a_shown_question_are_left_out() -> None:
    assert keys(consent_form()) == ["consent"]
    assert keys(consent_form(), consent="no") == ["consent"]
    assert keys(consent_form(), consent="yes") == ["consent", "g_one", "g_two"]


def test_the_total_counts_what_may_still_come_and_only_shrinks() -> None:
    form = consent_form()
    pages = paginate(form)

    assert progress(pages, record(form), "consent") == (1, 3)
    assert progress(pages, record(form, consent="no"), "consent") == (1, 1)
    assert progress(pages, record(form, consent="yes"), "g_two") == (3, 3)
