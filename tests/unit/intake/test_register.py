from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.invitation import Invitation
from services.intake.domain.register import Contact, LineFault, due_mail, read_lines, read_rhythms, state_of
from services.intake.domain.submission import Place

PLACE = Place("sample", "survey", "nordstadt", "2026-H2")
DUE = date(2026, 12, 15)
RHYTHM = (-7, -2, 3)


def contact(**more: Any) -> Contact:
    fields: dict[str, Any] = {
        "id": "c",
        "place": PLACE,
        "email": "kim@example.org",
        "label": "",
        "language": "de",
        "invitation": "i",
        "address": "a",
        "stop": "s",
        "by": "evaluator",
        "entered_on": "2026-11-20",
        "expires_at": "2027-06-30T00:00:00.000Z",
    }
    return Contact(**{**fields, **more})


def invitation(**signs: bool) -> Invitation:
    return Invitation("i", PLACE, None, "2027-06-30T00:00:00.000Z", personal=True, **signs)


def test_a_list_may_hold_names_and_empty_lines() -> None:
    lines, faults = read_lines("kim@example.org; Leitung\n\n  lee@example.org\nmo@example.org,Vorstand  und mehr\n")

    assert faults == []
    assert [(line.number, line.email, line.label) for line in lines] == [
        (1, "kim@example.org", "Leitung"),
        (3, "lee@example.org", ""),
        (4, "mo@example.org", "Vorstand und mehr"),
    ]


def test_all_faults_of_a_list_are_named_by_line() -> None:
    _, faults = read_lines(f"kim\nKim@example.org\nkim@Example.org; x\nlee@example.org; {'x' * 81}\n")

    assert faults == [LineFault(1, "bad_address"), LineFault(3, "twice"), LineFault(4, "long_label")]


@pytest.mark.parametrize(
    "written",
    ["a@b", "a b@example.org", "a@example.org>", "ä@example.org", "a@@example.org", "@example.org", "a@.org."],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    assert read_lines(written)[1] == [LineFault(1, "bad_address")]


@given(st.text())
def test_no_text_breaks_the_reading_of_a_list(text: str) -> None:
    lines, faults = read_lines(text)

    assert lines or faults == [LineFault(0, "nothing")]
    assert all("\n" not in line.email or faults for line in lines)


@pytest.mark.parametrize(
    ("today", "known", "kind"),
    [
        ("2026-11-20", {}, "invitation"),
        ("2026-12-07", {"handled": ["invitation"], "mailed_on": "2026-11-20"}, None),
        ("2026-12-08", {"handled": ["invitation"], "mailed_on": "2026-11-20"}, "reminder-7"),
        ("2026-12-09", {"handled": ["invitation"], "mailed_on": "2026-11-20"}, "reminder-7"),
        ("2026-12-09", {"handled": ["invitation", "reminder-7"], "mailed_on": "2026-12-08"}, None),
        ("2026-12-14", {"handled": ["invitation"], "mailed_on": "2026-11-20"}, "reminder-2"),
        ("2026-12-14", {"handled": ["invitation"], "mailed_on": "2026-12-12"}, None),
        ("2026-12-18", {"handled": ["invitation"], "mailed_on": "2026-12-14"}, "reminder+3"),
        ("2026-12-31", {"handled": ["invitation", "reminder+3"], "mailed_on": "2026-12-18"}, None),
    ],
)
def test_the_last_reminder_whose_day_has_come_is_due(today: str, known: dict[str, Any], kind: str | None) -> None:
    assert due_mail(contact(**known), date.fromisoformat(today), DUE, RHYTHM) == kind


@given(st.lists(st.integers(-30, 30), max_size=6), st.lists(st.integers(0, 80), max_size=40))
def test_whatever_the_days_mails_to_one_person_are_two_days_apart(rhythm: list[int], days: list[int]) -> None:
    known, sent = contact(), []
    for today in sorted({date(2026, 11, 20) + timedelta(days=day) for day in days}):
        if kind := due_mail(known, today, DUE, rhythm):
            sent.append(kind)
            handled = [*known.handled, kind]
            assert not known.mailed_on or (today - date.fromisoformat(known.mailed_on)).days >= 2
            known = contact(handled=handled, mailed_on=today.isoformat())

    assert len(sent) == len(set(sent)) <= len(set(rhythm)) + 1


def test_what_became_of_an_invitation() -> None:
    states = [
        state_of(contact(), None, answered=False, objected=False),
        state_of(contact(), invitation(opened=True), answered=False, objected=False),
        state_of(contact(), invitation(opened=True, started=True), answered=False, objected=False),
        state_of(contact(bounced=True), invitation(), answered=False, objected=False),
        state_of(contact(), invitation(opened=True), answered=False, objected=True),
        state_of(contact(bounced=True), invitation(), answered=True, objected=True),
    ]

    assert states == ["invited", "opened", "started", "bounced", "refused", "submitted"]


def test_the_rhythm_of_a_form_goes_before_that_of_its_programme() -> None:
    rhythms = read_rhythms("-7,-2,3; hor=-14,-3; hor/report=; other/survey=5")

    assert rhythms.of("hor", "report") == ()
    assert rhythms.of("hor", "survey") == (-14, -3)
    assert rhythms.of("other", "survey") == (5,)
    assert rhythms.of("other", "report") == (-7, -2, 3)


@pytest.mark.parametrize("text", ["soon", "-7;-x", "400"])
def test_a_wrong_rhythm_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        read_rhythms(text)
