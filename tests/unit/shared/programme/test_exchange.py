"""A form in place of a programme's own: judged by itself, by its history and by every rule that rests on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shared.programme.as_draft import draft_of
from shared.programme.book_writer import write_workbook
from shared.programme.checks import check_programme
from shared.programme.excerpt import excerpts
from shared.programme.exchange import Exchange, Use, exchange, exchange_form
from shared.programme.loader import read_programme
from shared.programme.model import Form, Group, Programme, Question
from shared.programme.place import Report
from tests.support.programmes import EXAMPLES

PROGRAMMES = sorted(path.parent for path in (EXAMPLES.parents[1] / "programmes").glob("*/programme.yaml"))
MINIMAL = EXAMPLES / "valid" / "minimal"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return read_programme(MINIMAL)


def without(form: Form, name: str) -> Form:
    """Return the next version of the form, one question shorter."""
    (group,) = form.items
    assert isinstance(group, Group)
    kept = tuple(item for item in group.items if item.name != name)
    return replace(form, version="2026112202", items=(replace(group, items=kept),))


def with_question(form: Form) -> Form:
    """Return the next version of the form, one question longer."""
    (group,) = form.items
    assert isinstance(group, Group)
    more = Question("visits", "integer", {"de": "Besuche", "en": "Visits"})
    return replace(form, version="2026112202", items=(replace(group, items=(*group.items, more)),))


def exchanged(programme: Programme, form: Form, expected: str = "") -> Exchange:
    return exchange(write_workbook(form), f"{form.id}.xlsx", programme, programme.forms, expected)


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda path: path.name)
def test_a_published_programme_is_judged_as_its_folder_was(folder: Path) -> None:
    shipped, report = read_programme(folder), Report()

    draft = draft_of(shipped)
    check_programme(draft, report)

    assert report.faults == set()
    assert tuple(one.value for one in draft.indicators) == shipped.indicators
    assert tuple(one.value for one in draft.flags) == shipped.flags
    assert tuple(one.value for one in draft.scales) == shipped.scales
    assert tuple(one.value for one in draft.waves) == shipped.waves
    assert tuple(one.value for one in draft.measures) == shipped.measures


def test_a_form_without_faults_takes_the_place_of_the_old_one_and_keeps_its_use(programme: Programme) -> None:
    new = with_question(programme.forms[0])

    outcome = exchanged(programme, new)

    assert outcome.faults == []
    assert outcome.form == new
    assert outcome.programme == replace(programme, forms=(new,))


def test_a_question_that_rules_rest_on_cannot_go_and_all_of_them_are_named(programme: Programme) -> None:
    outcome = exchanged(programme, without(programme.forms[0], "proofs_overdue"))

    (fault,) = outcome.faults
    assert (fault.code, str(fault.place)) == ("used_question_removed", "small_report.xlsx: survey")
    assert "indicator" in fault.message
    assert "flag" in fault.message
    assert outcome.programme is None


def test_a_rule_that_compares_with_a_choice_that_went_is_named(programme: Programme) -> None:
    form = programme.forms[0]
    flag = replace(programme.flags[0], id="F-X", raise_={"warn": "count(${help_wanted} = 'no') > 1"}, clear=None)
    ruled = replace(programme, flags=(*programme.flags, flag))
    only_yes = {name: choices[:1] for name, choices in form.choices.items()}

    outcome = exchanged(ruled, replace(form, version="2026112202", choices=only_yes))

    assert [(str(fault.place), fault.code) for fault in outcome.faults] == [
        ("flags.yaml: F-X, raise, warn", "unknown_choice")
    ]


def test_a_form_of_another_name_is_refused_where_one_is_to_be_replaced(programme: Programme) -> None:
    other = replace(with_question(programme.forms[0]), id="other")

    outcome = exchanged(programme, other, expected="small_report")

    assert [fault.code for fault in outcome.faults] == ["form_id_differs"]


def test_a_new_form_joins_the_programme_in_the_waves_that_ask_it(programme: Programme) -> None:
    other = replace(with_question(programme.forms[0]), id="other")
    wave = programme.waves[-1].code

    outcome = exchange_form(other, programme, programme.forms, Use("many", anonymous=True, waves=(wave,)))

    assert outcome.faults == []
    assert outcome.programme is not None
    assert [form.id for form in outcome.programme.forms] == ["small_report", "other"]
    assert (outcome.programme.form("other").respondents, outcome.programme.form("other").anonymous) == ("many", True)
    assert "other" in outcome.programme.wave(wave).forms


def test_an_anonymous_form_with_one_respondent_is_refused(programme: Programme) -> None:
    other = replace(with_question(programme.forms[0]), id="other")

    outcome = exchange_form(other, programme, programme.forms, Use("one", anonymous=True))

    assert [fault.code for fault in outcome.faults] == ["not_anonymous"]


def test_faulty_rows_are_shown_with_the_faults_in_their_cells(programme: Programme) -> None:
    form = with_question(programme.forms[0])
    broken = replace(form.question("visits"), constraint=". >= ")
    (group,) = form.items
    assert isinstance(group, Group)
    data = write_workbook(replace(form, items=(replace(group, items=(*group.items[:-1], broken)),)))

    outcome = exchange(data, "small_report.xlsx", programme, programme.forms)
    (excerpt,) = excerpts(outcome.sheets, outcome.faults)

    assert excerpt.sheet == "survey"
    assert [(row.number, [cell.text for cell in row.cells if cell.faults]) for row in excerpt.rows] == [(6, [". >="])]
    assert excerpt.letters[:2] == ("A", "B")


def test_text_tables_show_their_faulty_rows_too(programme: Programme) -> None:
    text = (MINIMAL / "forms" / "small_report.md").read_text(encoding="utf-8")
    broken = text.replace("| integer | proofs_due", "| integr | proofs_due").replace("| yes_no | no |", "| yes_no | |")

    outcome = exchange(broken.encode(), "small_report.md", programme, ())
    shown = excerpts(outcome.sheets, outcome.faults)

    marked = [
        (one.sheet, row.number, [cell.text for cell in row.cells if cell.faults]) for one in shown for row in one.rows
    ]
    assert marked == [("survey", 6, ["integr"]), ("choices", 14, ["yes_no"])]
