"""Two versions of a form side by side."""

from __future__ import annotations

import pytest

from shared.programme.changes import check_continuity, compare, next_version
from shared.programme.entries import FormDraft
from shared.programme.form_source import read_form_draft
from shared.programme.model import Form
from shared.programme.place import Report
from tests.support.programmes import markdown

BEFORE = ("integer | n | Zahl | Number", "select_one yes_no | c | Wahl | Choice", "text | t | Text | Text")


def draft(*rows: str, version: str = "1", choices: tuple[str, ...] = ("yes_no | yes | Ja | Yes",)) -> FormDraft:
    settings = ("form_title | form_id | version | default_language", f"Test | test | {version} | Deutsch (de)")
    found = read_form_draft(markdown(*rows, settings=settings, choices=choices), "form.md", Report())
    assert found
    return found


def form(*rows: str, **more: str) -> Form:
    return draft(*rows, **more).form  # type: ignore[arg-type]


def faults(new: FormDraft, *earlier: Form) -> list[tuple[str, str]]:
    report = Report()
    check_continuity(new, earlier, report)
    return [(str(finding.place), finding.code) for finding in sorted(report.faults)]


def test_a_form_compared_with_itself_has_no_changes() -> None:
    assert compare(form(*BEFORE), form(*BEFORE)).none


def test_what_came_went_was_renamed_and_reads_differently_is_told_apart() -> None:
    changes = compare(
        form(*BEFORE),
        form("integer | n | Anzahl | Number", "text | words | Text | Text", "date | day | Tag | Day"),
    )

    assert [one.name for one in changes.added] == ["day"]
    assert [one.name for one in changes.removed] == ["c"]
    assert [(old.name, new.name) for old, new in changes.renamed] == [("t", "words")]
    assert [old.name for old, _ in changes.relabelled] == ["n"]
    assert not changes.none


def test_choices_that_came_went_and_read_differently_are_named_by_list() -> None:
    old = draft(*BEFORE, choices=("yes_no | yes | Ja | Yes", "yes_no | no | Nein | No")).form
    new = draft(*BEFORE, choices=("yes_no | yes | Jawohl | Yes", "yes_no | maybe | Vielleicht | Maybe")).form

    (change,) = compare(old, new).lists

    assert (change.name, change.added, change.removed, change.relabelled) == ("yes_no", ("maybe",), ("no",), ("yes",))


def test_another_order_is_a_change() -> None:
    assert compare(form(*BEFORE), form(*reversed(BEFORE))).moved


def test_a_published_item_keeps_its_type_for_good() -> None:
    new = draft("decimal | n | Zahl | Number", version="3")

    first, second = form(*BEFORE, version="1"), form("text | t | Text | Text", version="2")

    assert faults(new, second, first) == [("form.md:3:5", "type_changed")]
    assert faults(new, second) == []


def test_a_note_may_become_a_question() -> None:
    assert faults(draft("integer | n | Zahl | Number", version="2"), form("note | n | Zahl | Number")) == []


@pytest.mark.parametrize(
    ("version", "published", "codes"),
    [
        ("1", ("1",), ["version_not_raised"]),
        ("2", ("1",), []),
        ("2", ("10",), ["version_not_raised"]),
        ("b", ("a",), []),
        ("a", ("c", "a"), ["version_not_raised"]),
    ],
)
def test_other_content_needs_a_version_of_its_own(version: str, published: tuple[str, ...], codes: list[str]) -> None:
    earlier = [form("integer | n | Zahl | Number", version=one) for one in published]
    new = draft("integer | n | Anzahl | Number", version=version)

    assert [code for _, code in faults(new, *earlier)] == codes


def test_the_same_content_may_be_published_again_under_its_old_version() -> None:
    assert faults(draft(*BEFORE, version="1"), form("date | d | Tag | Day", version="2"), form(*BEFORE)) == []


def test_a_version_is_proposed_that_follows() -> None:
    assert (next_version("2026112209"), next_version("007"), next_version("v1")) == ("2026112210", "008", "v1-2")
