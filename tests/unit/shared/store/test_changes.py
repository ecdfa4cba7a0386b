"""A Change applied in memory."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.store.changes import apply
from shared.store.port import Change

DOCUMENTS: list[tuple[Change, dict[str, Any]]] = [
    (Change(set={"a": 2}), {"a": 2, "o": {"x": 1, "l": [1]}}),
    (Change(set={"o.x": None}), {"a": 1, "o": {"x": None, "l": [1]}}),
    (Change(set={"new.deep.path": []}), {"a": 1, "o": {"x": 1, "l": [1]}, "new": {"deep": {"path": []}}}),
    (Change(unset=("a", "o.x", "o.none", "none.at.all")), {"o": {"l": [1]}}),
    (Change(unset=("o",)), {"a": 1}),
    (Change(inc={"a": -3, "o.n": 5}), {"a": -2, "o": {"x": 1, "l": [1], "n": 5}}),
    (Change(append={"o.l": [2], "m": 1}), {"a": 1, "o": {"x": 1, "l": [1, [2]]}, "m": [1]}),
]


@pytest.mark.parametrize(("change", "expected"), DOCUMENTS)
def test_a_change_does_what_it_says_and_leaves_the_original(change: Change, expected: dict[str, Any]) -> None:
    document = {"a": 1, "o": {"x": 1, "l": [1]}}
    before = copy.deepcopy(document)

    assert apply(document, change) == expected
    assert document == before


def test_unset_frees_a_path_that_is_no_object_without_complaint() -> None:
    assert apply({"a": None}, Change(unset=("a.b",))) == {"a": None}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (Change(set={"a.b": 1}), "a.b"),
        (Change(unset=("a.b",)), "a.b"),
        (Change(inc={"l": 1}), "l"),
        (Change(append={"a": 1}), "a"),
        (Change(set={"l.0": 1}), "l.0"),
    ],
)
def test_a_change_through_the_wrong_type_names_the_path(change: Change, path: str) -> None:
    with pytest.raises(Invalid) as caught:
        apply({"a": 1, "l": []}, change)

    assert [(fault.path, fault.code) for fault in caught.value.faults] == [(path, "wrong_type")]


@pytest.mark.parametrize(
    "change",
    [
        Change(set={"a": 1}, unset=("a",)),
        Change(set={"a": 1, "a.b": 2}),
        Change(inc={"a.b": 1}, append={"a": 1}),
        Change(set={"a": 1, "a!": 2, "a.b": 3}),
        Change(unset=("_id",)),
        Change(set={"_id.x": 1}),
        Change(set={"": 1}),
        Change(set={"$x": 1}),
    ],
)
def test_a_change_that_contradicts_itself_is_refused(change: Change) -> None:
    with pytest.raises(ValueError, match="change|path"):
        apply({}, change)


@given(st.dictionaries(st.sampled_from(["a", "b.c", "b.d", "e.f.g"]), st.integers() | st.none(), min_size=1))
def test_what_is_set_is_there_and_setting_again_changes_nothing(values: dict[str, Any]) -> None:
    changed = apply({"_id": "x", "b": {"z": 1}}, Change(set=values))

    assert apply(changed, Change(set=values)) == changed
    assert apply(changed, Change(unset=tuple(values)))["b"]["z"] == 1
