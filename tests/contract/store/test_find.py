"""Which documents a Where selects, in which order."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shared.errors import Invalid
from shared.store.port import Among, Collection, CollectionSpec, Exists, Index, Range, Store
from tests.support.wait import eventually

MISSING = object()
VALUES: dict[str, Any] = {
    "missing": MISSING, "null": None, "yes": True, "no": False, "zero": 0, "one": 1, "two": 2, "half": 2.5,
    "minus": -1, "text one": "1", "text two": "2", "empty": "", "a": "a", "Z": "Z", "umlaut": "ä", "object": {"x": 1},
}  # fmt: skip
NUMBERS = {"zero", "one", "two", "half", "minus"}
TEXTS = {"text one", "text two", "empty", "a", "Z", "umlaut"}
PRESENT = set(VALUES) - {"missing", "null"}

CASES: dict[str, tuple[Any, set[str]]] = {
    "None is absent or null": (None, {"missing", "null"}),
    "True is not 1": (True, {"yes"}),
    "False is not 0": (False, {"no"}),
    "1 is neither True nor text": (1, {"one"}),
    "0 is neither False nor empty": (0, {"zero"}),
    "1.0 is 1": (1.0, {"one"}),
    "a fraction": (2.5, {"half"}),
    "text is not a number": ("1", {"text one"}),
    "empty text": ("", {"empty"}),
    "case counts": ("A", set()),
    "greater number": (Range(gt=1), {"two", "half"}),
    "number from": (Range(gte=1), {"one", "two", "half"}),
    "smaller number": (Range(lt=1), {"zero", "minus"}),
    "number up to": (Range(lte=1), {"zero", "minus", "one"}),
    "numbers between": (Range(gt=-1, lte=2), {"zero", "one", "two"}),
    "greater text": (Range(gt="2"), {"a", "Z", "umlaut"}),
    "text from": (Range(gte="2"), {"text two", "a", "Z", "umlaut"}),
    "smaller text": (Range(lt="2"), {"empty", "text one"}),
    "text up to": (Range(lte="2"), {"empty", "text one", "text two"}),
    "texts between, by code point": (Range(gte="Z", lt="ä"), {"Z", "a"}),
    "bounds of two types": (Range(gt=0, lt="z"), set()),
    "no bounds": (Range(), PRESENT),
    "among": (Among((1, "2", True)), {"one", "text two", "yes"}),
    "among None": (Among((None, 0)), {"missing", "null", "zero"}),
    "among nothing": (Among(()), set()),
    "exists": (Exists(), PRESENT),
    "exists not": (Exists(False), {"missing", "null"}),
}


@pytest.fixture(params=["declared", "undeclared"])
def filled(request: pytest.FixtureRequest, store: Store) -> Collection:
    """One document per value, at `v` and at `n.v`; with and without declared indexes."""
    if request.param == "declared":
        store.migrate([CollectionSpec("things", (Index("by_v", ("v",)), Index("by_n", ("n.v",))))])
    things = store.collection("things")
    for name, value in VALUES.items():
        things.insert({"_id": name} | ({} if value is MISSING else {"v": value, "n": {"v": value}}))
    return things


def test_a_condition_selects_what_it_says(filled: Collection) -> None:
    found = {name: _ids(filled.find({"v": condition})) for name, (condition, _) in CASES.items()}
    nested = {name: _ids(filled.find({"n.v": condition})) for name, (condition, _) in CASES.items()}
    counted = {name: filled.count({"v": condition}) for name, (condition, _) in CASES.items()}

    expected = {name: wanted for name, (_, wanted) in CASES.items()}
    assert found == expected
    assert nested == expected
    assert counted == {name: len(wanted) for name, wanted in expected.items()}


def test_a_condition_decides_an_update_as_it_selects(filled: Collection) -> None:
    from shared.store.port import Change

    for name, (condition, wanted) in CASES.items():
        matched = {id_ for id_ in VALUES if filled.update_if(id_, {"v": condition}, Change(set={"seen": name}))}
        assert matched == wanted, name


def test_all_conditions_must_hold(filled: Collection) -> None:
    assert _ids(filled.find({"v": Range(gte=1), "n.v": Range(lt=2.5), "_id": Among(("one", "half", "two"))})) == {
        "one",
        "two",
    }


def test_an_empty_where_selects_everything(filled: Collection) -> None:
    assert _ids(filled.find({})) == set(VALUES)
    assert filled.count({}) == len(VALUES)


def test_a_path_through_a_scalar_leads_nowhere(filled: Collection) -> None:
    assert _ids(filled.find({"v.x": Exists()})) == {"object"}
    assert _ids(filled.find({"v.x": 1})) == {"object"}


def test_sorting_puts_missing_before_numbers_before_text(filled: Collection) -> None:
    ids = [document["_id"] for document in filled.find({"v": Among((None, *(VALUES[n] for n in NUMBERS | TEXTS)))},
                                                       sort=("v",))]  # fmt: skip

    assert ids == ["missing", "null", "minus", "zero", "one", "two", "half",
                   "empty", "text one", "text two", "Z", "a", "umlaut"]  # fmt: skip


def test_descending_is_the_exact_reverse(filled: Collection) -> None:
    upwards = filled.find({}, sort=("v",))
    downwards = filled.find({}, sort=("-v",))

    assert downwards == upwards[::-1]


def test_sorting_by_several_paths(things: Collection) -> None:
    for number, (a, b) in enumerate([(1, "x"), (2, "x"), (1, "y"), (2, "y"), (1, "x")]):
        things.insert({"_id": str(number), "a": a, "n": {"b": b}})

    assert [d["_id"] for d in things.find({}, sort=("a", "-n.b"))] == ["2", "4", "0", "3", "1"]
    assert [d["_id"] for d in things.find({}, sort=("-a", "n.b"))] == ["1", "3", "0", "4", "2"]
    assert [d["_id"] for d in things.find({}, sort=("-_id",))] == ["4", "3", "2", "1", "0"]


def test_a_limit_keeps_the_first(filled: Collection) -> None:
    assert [d["_id"] for d in filled.find({"v": Range(gte=0)}, sort=("v",), limit=2)] == ["zero", "one"]


def test_streaming_gives_the_same_as_finding(filled: Collection) -> None:
    where = {"v": Exists()}

    assert list(filled.stream(where, sort=("-v",))) == filled.find(where, sort=("-v",))


def test_a_stream_of_thousands_may_be_left_early_and_written_beside(things: Collection) -> None:
    for number in range(1200):
        things.insert({"_id": f"{number:05}"})

    stream = things.stream({})
    first = [next(stream)["_id"] for _ in range(150)]
    things.insert({"_id": "later"})
    things.delete("00000")
    rest = [document["_id"] for document in stream]

    assert first + [id_ for id_ in rest if id_ != "later"] == [f"{number:05}" for number in range(1200)]
    things.stream({}).close()  # type: ignore[attr-defined]


def test_a_stream_that_is_read_slowly_goes_on_and_bounds_nothing_else(things: Collection) -> None:
    for number in range(450):
        things.insert({"_id": f"{number:05}"})

    stream = things.stream({})
    first = [next(stream)["_id"] for _ in range(10)]
    longer_than_a_call = time.monotonic() + 4.5
    eventually(lambda: time.monotonic() > longer_than_a_call)

    assert things.get("00449") == {"_id": "00449"}
    assert first + [document["_id"] for document in stream] == [f"{number:05}" for number in range(450)]


@pytest.mark.parametrize("value", ["\ud800", 2**63, float("nan"), {"a": 1}, [1]])
def test_a_value_no_document_can_hold_is_refused(things: Collection, value: Any) -> None:
    with pytest.raises(Invalid):
        things.find({"v": value})


@pytest.mark.parametrize("path", ["", "a..b", ".a", "$where", 'a"b', "a'b"])
def test_a_path_that_is_none_is_a_programming_error(things: Collection, path: str) -> None:
    with pytest.raises(ValueError, match="not a document path"):
        things.find({path: 1})


def _ids(documents: list[dict[str, Any]]) -> set[str]:
    return {document["_id"] for document in documents}
