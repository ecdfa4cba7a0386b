from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain.export_access import Reader, reader_of
from services.intake.domain.export_columns import about_columns, question_columns
from services.intake.domain.export_history import History, histories
from services.intake.domain.export_rows import Group, RowReader, large_enough
from shared.programme.model import Form, Question
from shared.registry import Account, Grant
from tests.support.forms import TOPICS, both, choice, report_form
from tests.support.intake import sample_programme, wave

LIKERT = tuple(choice(code, code, code) for code in ("1", "2", "3", "4", "5", "9"))
MANY = report_form(respondents="many")
ANONYMOUS = report_form(respondents="many", anonymous=True)


def one_question(*questions: Question, **changes: Any) -> Form:
    return report_form(items=questions, choices={"topics": TOPICS, "agree": LIKERT}, **changes)


def names(*versions: Form, texts: bool = True) -> list[str]:
    return [column.name for column in question_columns(versions, texts=texts)]


def history(form: Form) -> History:
    return histories([sample_programme(form)])[form.id]


def document(response: str, revision: int = 1, **more: Any) -> dict[str, Any]:
    return {"_id": f"{response}/{revision}", "response": response, "revision": revision, "wave": "w", "site": "s",
            "form_version": "1", "received_at": "2026-11-22T12:34:56.000Z", "instance_id": response,
            "respondent": "P3", "answers": {}, **more}  # fmt: skip


def test_questions_come_in_the_order_of_the_form_and_lists_have_a_column_per_choice() -> None:
    assert names(report_form()) == [
        "prev_groups", "groups", "groups_new", "why", "budget", "asked_on", "topics.grants", "topics.rooms",
        "topics.none", "main_topic", "comment", "help", "c_share", "c_words",
    ]  # fmt: skip


def test_without_texts_only_codes_numbers_dates_and_what_is_computed_from_them_stay() -> None:
    assert set(names(report_form())) - set(names(report_form(), texts=False)) == {
        "prev_groups", "why", "comment", "c_words",
    }  # fmt: skip


def test_a_question_that_was_a_text_once_stays_a_text() -> None:
    now, before = one_question(Question("x", "integer")), one_question(Question("x", "text"), version="0")

    assert names(now, before, texts=False) == []
    assert [column.kind for column in question_columns([now, before], texts=True)] == ["text"]


def test_older_versions_add_their_questions_and_choices_at_the_end() -> None:
    now = one_question(Question("b", "integer"), Question("t", "select_multiple", list_name="topics"), version="2")
    older = (choice("founding", "Gründung", "Founding"),)
    before = report_form(
        items=(Question("a", "integer"), Question("t", "select_multiple", list_name="topics")),
        choices={"topics": older},
    )

    columns = question_columns([now, before], texts=True)

    assert [(column.name, column.versions) for column in columns] == [
        ("b", ("2",)), ("t.grants", ("2",)), ("t.rooms", ("2",)), ("t.none", ("2",)), ("t.founding", ("1",)),
        ("a", ("1",)),
    ]  # fmt: skip


def test_a_question_named_like_a_column_of_every_form_keeps_apart_from_it() -> None:
    assert names(one_question(Question("revision", "integer"), Question("wave", "hidden"))) == ["answer.revision"]


def test_codes_that_are_whole_numbers_make_a_column_of_numbers_and_missing_codes_are_named() -> None:
    form = one_question(
        Question("scale", "select_one", list_name="agree"), Question("topic", "select_one", list_name="topics"),
        missing=("9",),
    )  # fmt: skip

    scale, topic = question_columns([form], texts=True)

    assert (scale.numbers, scale.missing) == (True, ("9",))
    assert (topic.numbers, topic.missing) == (False, ())


@pytest.mark.parametrize(
    ("form", "full", "first"),
    [
        (report_form(), True, ["reference", "instance_id"]),
        (MANY, True, ["reference", "instance_id", "respondent"]),
        (MANY, False, ["reference", "instance_id"]),
        (ANONYMOUS, True, []),
    ],
)
def test_every_form_has_columns_about_the_response_but_an_anonymous_one_none_that_leads_to_a_person(
    form: Form, full: bool, first: list[str]
) -> None:
    columns = [column.name for column in about_columns(history(form), full=full)]

    assert columns == [*first, "site", "wave", "form_version", "received_at", "revision", "marks"]


def test_a_form_is_anonymous_if_it_ever_was_and_its_waves_and_sites_stay() -> None:
    now = sample_programme(report_form(version="2"), version="2")
    before = sample_programme(ANONYMOUS)
    gone = replace(before, waves=(wave("2020", 0, "2020-01-01", "2020-02-01", "2020-03-01", "report"),))

    found = histories([replace(now, sites=now.sites[:1]), gone])["report"]

    assert (found.form.version, found.form.anonymous, found.form.respondents) == ("2", True, "many")
    assert [one.code for one in found.waves] == ["2020", "2026-H1", "2026-H2"]
    assert [site.code for site in found.sites] == ["nordstadt", "suedtal"]


def test_a_site_with_too_few_responses_in_a_wave_is_left_out_and_named() -> None:
    stored = [document(f"{wave}{site}{n}", wave=wave, site=site) for wave, site, many in
              (("w1", "a", 5), ("w1", "b", 4), ("w2", "b", 6)) for n in range(many)]  # fmt: skip
    left_out: list[Group] = []

    kept = list(large_enough(stored, 5, left_out))

    assert len(kept) == 11
    assert left_out == [Group("w1", "b")]


def test_a_row_says_0_for_what_was_offered_and_nothing_for_what_was_not() -> None:
    now = one_question(Question("t", "select_multiple", list_name="topics"), version="2")
    before = report_form(
        items=(Question("t", "select_multiple", list_name="topics"),), choices={"topics": TOPICS[:1]}, version="1"
    )
    reader = RowReader(question_columns([now, before], texts=True), anonymous=False)

    rows = [
        reader.read(document("a", form_version=version, answers=answers)).values
        for version, answers in (("2", {"t": ["rooms"]}), ("1", {"t": ["grants"]}), ("2", {}))
    ]

    assert rows == [[0, 1, 0], [1, None, None], [None, None, None]]


def test_a_rank_has_the_place_of_each_choice() -> None:
    columns = question_columns([one_question(Question("r", "rank", list_name="topics"))], texts=True)
    reader = RowReader(columns, anonymous=False)

    ranked = reader.read(document("a", answers={"r": ["none", "grants", "rooms"]})).values
    unanswered = reader.read(document("a")).values

    assert (ranked, unanswered) == ([2, 3, 1], [None, None, None])


def test_an_anonymous_response_is_known_to_the_day() -> None:
    columns = [c for c in about_columns(history(ANONYMOUS), full=True) if c.name == "received_at"]

    assert RowReader(columns, anonymous=True).read(document("a")).values == ["2026-11-22"]


def test_a_row_names_what_breaks_rules_and_no_question_that_is_not_told() -> None:
    broken = [("groups", "constraint"), ("help", "unknown_choice"), ("help", "required"), ("invented", "unknown_name")]
    marks = [{"question": question, "code": code, "aside": None} for question, code in broken]
    form = report_form()
    columns = [c for c in about_columns(history(form), full=True) if c.name == "marks"]
    reader = RowReader([*columns, *question_columns([form], texts=False)], anonymous=False)

    marked = reader.read(document("a", field={"xml": "<data/>", "marks": marks})).values[0]
    unmarked = [reader.read(document("a", **more)).values[0] for more in ({"field": {"xml": "", "marks": []}}, {})]

    assert marked == "groups:constraint help:aside help:required ?:aside"
    assert unmarked == [None, None]


def person(*grants: Grant) -> Account:
    return Account("p", "p@example.org", "P", "en", grants)


def machine(*scopes: str) -> Account:
    return Account("m", "", "m", "en", (), scopes=scopes)


NORTH = frozenset({"nordstadt"})
EVALUATOR, CONSULTANT = Grant("evaluator", "sample"), Grant("consultant", "sample", ("nordstadt",))
COORDINATOR = Grant("coordinator", "sample", ("nordstadt",))


@pytest.mark.parametrize(
    ("account", "form", "reader"),
    [
        (person(EVALUATOR), report_form(), Reader(None, texts=True, full=True)),
        (person(EVALUATOR), ANONYMOUS, Reader(None, texts=True, full=True)),
        (person(CONSULTANT), report_form(), Reader(NORTH, texts=True, full=False)),
        (person(CONSULTANT), MANY, Reader(NORTH, texts=True, full=False)),
        (person(CONSULTANT), ANONYMOUS, Reader(NORTH, texts=False, full=False)),
        (person(COORDINATOR), report_form(), Reader(NORTH, texts=True, full=False)),
        (person(COORDINATOR), MANY, None),
        (person(COORDINATOR), ANONYMOUS, None),
        (person(Grant("lead", "sample")), report_form(), None),
        (person(Grant("admin", "*")), report_form(), None),
        (person(Grant("evaluator", "elsewhere")), report_form(), None),
        (person(COORDINATOR, EVALUATOR), ANONYMOUS, Reader(None, texts=True, full=True)),
        (machine("read"), report_form(), Reader(None, texts=False, full=False)),
        (machine("read"), ANONYMOUS, Reader(None, texts=False, full=False)),
        (machine("read", "answers:read"), ANONYMOUS, Reader(None, texts=True, full=True)),
    ],
)
def test_who_sees_how_much(account: Account, form: Form, reader: Reader | None) -> None:
    assert reader_of(account, "sample", form) == reader


def test_labels_of_a_list_name_question_and_choice() -> None:
    question = Question("t", "select_multiple", both("Worum?", "About?"), list_name="topics")

    column = question_columns([one_question(question)], texts=True)[0]

    assert (column.title("de"), column.title("en")) == ("Worum? – Fördermittel", "About? – Grants")
    assert column.title("fr") == "Worum? – Fördermittel"
