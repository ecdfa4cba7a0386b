from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.domain.answers import accept
from services.intake.domain.compiled import compile_questions
from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.pages import paginate
from services.intake.domain.repeats import MAX_DEPTH, flattened, key_of, nested
from services.intake.domain.submission import Place
from services.intake.domain.values import MAX_ITEMS
from shared.errors import Invalid
from shared.programme.travel import travelling
from tests.support.repeated import events_form

AROUND = Surroundings(datetime(2026, 7, 1, tzinfo=UTC), "en", lambda: "id")
FORM = events_form()
COMPILED = compile_questions(FORM)


def event(title: str, guests: int, *helpers: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "guests": guests, "helpers": [{"helper": one} for one in helpers], **more}


def kept(**answers: Any) -> dict[str, Any]:
    return nested(COMPILED, accept(COMPILED, answers, AROUND))


def faults(**answers: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        accept(COMPILED, answers, AROUND)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def test_items_are_kept_with_what_is_calculated_in_and_over_them() -> None:
    answers = kept(events=[event("A", 4, "Kim", "Noa"), event("B", 12, "Lou", places=20)])

    assert answers["events"] == [
        {
            "title": "A", "guests": 4, "number": 1, "before": 4, "share": 25,
            "helpers": [{"helper": "Kim"}, {"helper": "Noa"}],
        },
        {
            "title": "B", "guests": 12, "places": 20, "number": 2, "before": 4, "share": 75,
            "helpers": [{"helper": "Lou"}],
        },
    ]  # fmt: skip
    assert (answers["all_guests"], answers["how_many"], answers["helping"]) == (16, 2, 3)
    assert (answers["second"], answers["said"]) == ("Lou", "A, B")


def test_without_items_nothing_in_them_is_asked() -> None:
    assert kept() == {"all_guests": 0, "how_many": 0, "helping": 0}


def test_every_item_is_judged_for_itself_and_every_fault_is_named() -> None:
    found = faults(events=[event("A", -1), {"guests": 11, "helpers": [{}]}, event("C", 2, places=3)])

    assert found == [
        ("guests@1", "constraint"),
        ("title@2", "required"),
        ("places@2", "required"),
        ("helper@2@1", "required"),
    ]


def test_what_is_hidden_in_one_item_does_not_count_there() -> None:
    answers = kept(events=[event("A", 2, places=30), event("B", 20, places=30)])

    assert "places" not in answers["events"][0]
    assert answers["events"][1]["places"] == 30


def test_the_form_can_say_how_many_items_there_are() -> None:
    assert kept(n=2, rooms=[{"size": 10}, {"size": 20}, {"size": 30}])["rooms"] == [{"size": 10}, {"size": 20}]
    assert faults(n=2, rooms=[{"size": 10}]) == [("size@2", "required")]
    assert "rooms" not in kept(n=0, rooms=[{"size": 10}])
    assert len(Record(COMPILED, {"n": 10**6}, AROUND).values["rooms"]) == MAX_ITEMS  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rubbish", ["x", 3, [1], [[]], [{"title": "A"}, 1], ["a b"], ["1", "1"], [{}] * (MAX_ITEMS + 1)]
)
def test_what_are_no_items_is_a_fault_of_the_repeat(rubbish: Any) -> None:
    assert ("events", "wrong_type") in faults(events=rubbish) or ("events", "too_many_items") in faults(events=rubbish)


def test_what_belongs_elsewhere_is_unknown_inside_an_item() -> None:
    found = faults(events=[{**event("A", 1), "n": 3, "nonsense": 1}], title="outside")

    assert set(found) == {
        ("n@1", "unknown_question"),
        ("nonsense@1", "unknown_question"),
        ("title", "unknown_question"),
    }


def test_deep_nesting_ends() -> None:
    deep: Any = "end"
    for _ in range(3 * MAX_DEPTH):
        deep = [{"helpers": deep}]

    assert flattened(COMPILED, {"helpers": deep})
    assert ("helpers", "unknown_question") in faults(helpers=deep)


def test_labels_speak_of_the_answers_of_their_item() -> None:
    record = Record(COMPILED, flattened(COMPILED, {"events": [event("A", 1), event("B", 2)]}), AROUND)

    assert record.compiled.items["guests@2"].question.label["en"] == "Guests at ${title@2}"


def test_only_calculations_over_all_items_may_leave() -> None:
    assert travelling(FORM) == {"all_guests", "how_many", "helping", "n"}


def test_a_page_has_a_section_for_every_item_and_a_place_to_add_one() -> None:
    record = Record(COMPILED, flattened(COMPILED, {"events": [event("A", 1, "Kim"), event("B", 2)]}), AROUND)

    page = paginate(record.compiled.form)[0]

    assert [(section.label["en"], section.item, section.repeat) for section in page.sections] == [
        ("Event 1", "events@1", ""),
        ("Helper 1", "helpers@1@1", ""),
        ("Helper", "", "helpers@1"),
        ("Event 2", "events@2", ""),
        ("Helper", "", "helpers@2"),
        ("Event", "", "events"),
    ]


def test_a_draft_gains_and_loses_items_with_all_that_is_in_them() -> None:
    draft = Draft("d", Place("p", "f", "s", "w"), None, "uuid:1", "2026-07-01T00:00:00.000Z")
    draft = draft.with_item(COMPILED, "events", "a").with_item(COMPILED, "events", "b")
    draft = draft.with_item(COMPILED, "helpers@b", "z")
    sent = {"title@a": ["A"], "guests@a": ["many"], "title@b": ["B"], "helper@b@z": ["Kim"], "events": ["a", "b"]}
    draft = draft.with_page(COMPILED, "events", sent, "en")

    assert draft.answers["events"] == ["a", "b"]
    assert draft.answers["helpers@b"] == ["1", "z"]
    assert draft.answers["helper@b@z"] == "Kim"
    assert set(draft.refused(COMPILED, "en")) == {"guests@a"}

    left = draft.without_item(COMPILED, "events", "a")

    assert left.answers == {
        "events": ["b"], "title@b": "B", "helpers@b": ["1", "z"], "helper@b@z": "Kim",
    }  # fmt: skip
    assert not left.typed


def test_keys_name_the_items_around() -> None:
    assert key_of("helper", ("b", "1")) == "helper@b@1"
