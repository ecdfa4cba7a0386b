"""Conditional updates and storing the newest."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Invalid
from shared.store.port import Change, Collection, CollectionSpec, Duplicate, Index, Range, Store


def test_an_update_returns_the_document_as_it_is_stored(things: Collection) -> None:
    things.insert({"_id": "one", "a": 1, "b": {"c": 1}, "gone": 1, "list": [1]})

    changed = things.update_if(
        "one", {"a": 1}, Change(set={"b.d": "x"}, inc={"a": 2, "b.c": -1}, unset=("gone",), append={"list": {"n": 2}})
    )

    assert changed == {"_id": "one", "a": 3, "b": {"c": 0, "d": "x"}, "list": [1, {"n": 2}]}
    assert things.get("one") == changed


def test_an_update_that_does_not_match_changes_nothing(things: Collection) -> None:
    things.insert({"_id": "one", "a": 1})

    assert things.update_if("one", {"a": 2}, Change(set={"a": 3})) is None
    assert things.update_if("two", {}, Change(set={"a": 3})) is None
    assert things.get("one") == {"_id": "one", "a": 1}
    assert things.count({}) == 1


def test_paths_that_are_missing_are_created(things: Collection) -> None:
    things.insert({"_id": "one", "null": None})

    changed = things.update_if(
        "one", {}, Change(set={"a.b.c": 1, "null.x": 1}, inc={"n.m": 1}, append={"l.m": 1}, unset=("u.v.w",))
    )

    assert changed == {
        "_id": "one", "null": {"x": 1}, "a": {"b": {"c": 1}}, "n": {"m": 1}, "l": {"m": [1]}
    }  # fmt: skip
    assert things.get("one") == changed


def test_an_empty_change_only_looks(things: Collection) -> None:
    things.insert({"_id": "one", "a": 1})

    assert things.update_if("one", {"a": 1}, Change()) == {"_id": "one", "a": 1}


@pytest.mark.parametrize(
    "change",
    [
        Change(set={"text.x": 1}),
        Change(inc={"text": 1}),
        Change(inc={"yes": 1}),
        Change(append={"text": 1}),
        Change(set={"a": float("nan")}),
        Change(set={"a": {"$x": 1}}),
        Change(inc={"large": 2**62}),
    ],
)
def test_a_change_that_does_not_fit_is_refused_and_changes_nothing(things: Collection, change: Change) -> None:
    before = {"_id": "one", "text": "x", "yes": True, "large": 2**62}
    things.insert(before)

    with pytest.raises(Invalid):
        things.update_if("one", {}, change)
    assert things.get("one") == before


@pytest.mark.parametrize(
    "change", [Change(set={"_id": "x"}), Change(set={"a": 1}, inc={"a": 1}), Change(set={"a": {}}, unset=("a.b",))]
)
def test_a_change_that_contradicts_itself_is_a_programming_error(things: Collection, change: Change) -> None:
    things.insert({"_id": "one"})

    with pytest.raises(ValueError, match="change"):
        things.update_if("one", {}, change)


def test_an_update_to_a_taken_key_names_the_index(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("a.key",), unique=True), Index("by_b", ("b",))))])
    things = store.collection("things")
    things.insert({"_id": "one", "a": {"key": "k"}, "b": 1})
    things.insert({"_id": "two", "a": {"key": "l"}, "b": 1})

    with pytest.raises(Duplicate) as caught:
        things.update_if("two", {}, Change(set={"a.key": "k"}))

    assert caught.value.index == "by_key"
    assert things.get("two") == {"_id": "two", "a": {"key": "l"}, "b": 1}
    assert things.update_if("one", {}, Change(set={"a.key": "k"})) is not None


def test_only_a_higher_revision_replaces(things: Collection) -> None:
    assert things.put_if_newer({"_id": "one", "revision": 2, "a": 1}) is True
    assert things.put_if_newer({"_id": "one", "revision": 2, "a": 2}) is False
    assert things.put_if_newer({"_id": "one", "revision": 1, "a": 3}) is False
    assert things.get("one") == {"_id": "one", "revision": 2, "a": 1}

    assert things.put_if_newer({"_id": "one", "revision": 10, "b": 4}) is True
    assert things.get("one") == {"_id": "one", "revision": 10, "b": 4}


@pytest.mark.parametrize("stored", [{}, {"revision": None}])
def test_a_document_without_a_revision_is_older_than_any(things: Collection, stored: dict[str, Any]) -> None:
    things.insert({"_id": "one", **stored})

    assert things.put_if_newer({"_id": "one", "revision": -5}) is True


def test_the_revision_field_can_be_named(things: Collection) -> None:
    assert things.put_if_newer({"_id": "one", "seq": 1, "revision": 9}, revision="seq") is True
    assert things.put_if_newer({"_id": "one", "seq": 2, "revision": 1}, revision="seq") is True


def test_storing_a_newer_one_with_a_taken_key_names_the_index(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("key",), unique=True),))])
    things = store.collection("things")
    things.insert({"_id": "one", "key": "k", "revision": 1})
    things.insert({"_id": "two", "key": "l", "revision": 1})

    for id_ in ("two", "three"):
        with pytest.raises(Duplicate) as caught:
            things.put_if_newer({"_id": id_, "key": "k", "revision": 2})
        assert caught.value.index == "by_key"
    assert things.put_if_newer({"_id": "one", "key": "k", "revision": 2}) is True


def test_an_indexed_value_is_found_where_it_moved(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_n", ("n",)),))])
    things = store.collection("things")
    things.insert({"_id": "one", "n": 1})

    things.update_if("one", {}, Change(inc={"n": 4}))

    assert things.find({"n": 1}) == []
    assert things.find({"n": Range(gte=5)}) == [{"_id": "one", "n": 5}]
