"""Declared indexes: created once, changed when declared differently, kept by what they constrain."""

from __future__ import annotations

import pytest

from shared.store import open_store
from shared.store.port import CollectionSpec, Duplicate, Index, Store
from tests.support.store_workers import together

SPEC = CollectionSpec(
    "things", (Index("by_due", ("due",)), Index("by_pair", ("a", "n.b"), unique=True), Index("by_c", ("c", "due")))
)


def test_a_second_migration_changes_nothing(store: Store) -> None:
    first = store.migrate([SPEC])
    second = store.migrate([SPEC])

    for name in ("by_due", "by_pair", "by_c"):
        assert f"things: index {name} created" in first
    assert second == []


def test_an_index_declared_differently_is_made_anew(store: Store) -> None:
    store.migrate([SPEC])
    things = store.collection("things")
    things.insert({"_id": "one", "a": 1, "n": {"b": 1}, "c": "x"})

    changed = store.migrate([CollectionSpec("things", (Index("by_pair", ("a", "c"), unique=True),))])

    assert "things: index by_pair changed" in changed
    things.insert({"_id": "two", "a": 1, "n": {"b": 1}, "c": "y"})
    with pytest.raises(Duplicate):
        things.insert({"_id": "three", "a": 1, "c": "x"})


def test_indexes_can_be_added_to_stored_documents(store: Store) -> None:
    things = store.collection("things")
    for number in range(5):
        things.insert({"_id": str(number), "a": number, "n": {"b": "x"}, "due": f"2026-01-0{number + 1}"})

    store.migrate([SPEC])

    assert [d["_id"] for d in things.find({"a": 3, "n.b": "x"})] == ["3"]
    with pytest.raises(Duplicate) as caught:
        things.insert({"_id": "other", "a": 3, "n": {"b": "x"}})
    assert caught.value.index == "by_pair"


def test_a_unique_index_over_stored_duplicates_is_refused(store: Store) -> None:
    things = store.collection("things")
    things.insert({"_id": "one", "a": 1, "n": {"b": 1}})
    things.insert({"_id": "two", "a": 1, "n": {"b": 1}})

    with pytest.raises(Duplicate) as caught:
        store.migrate([SPEC])

    assert caught.value.index == "by_pair"


def test_types_are_different_keys(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("key",), unique=True),))])
    things = store.collection("things")

    for number, key in enumerate([1, "1", True, False, 0, "", "0", 1.5]):
        things.insert({"_id": str(number), "key": key})

    with pytest.raises(Duplicate):
        things.insert({"_id": "again", "key": 1.0})


def test_documents_that_lack_the_field_of_a_unique_index_are_free(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("n.key",), unique=True),))])
    things = store.collection("things")

    for number in range(3):
        things.insert({"_id": str(number), "n": {"other": 1}})
        things.insert({"_id": f"{number}-without"})

    assert things.count({"n.key": None}) == 6


def test_a_document_that_lacks_one_field_of_a_compound_unique_index_is_free(store: Store) -> None:
    store.migrate([SPEC])
    things = store.collection("things")

    for number in range(2):
        things.insert({"_id": f"{number}-a", "a": 1})
        things.insert({"_id": f"{number}-b", "n": {"b": 1}})
        things.insert({"_id": f"{number}-none"})

    assert things.count({}) == 6


def test_several_may_migrate_at_once(url: str) -> None:
    def work(number: int) -> None:
        other = open_store(url)
        other.migrate([SPEC])
        other.collection("things").insert({"_id": str(number), "a": number, "n": {"b": 1}})
        other.close()

    together(work, times=4)

    store = open_store(url)
    assert store.migrate([SPEC]) == []
    assert store.collection("things").count({}) == 4
    store.close()


def test_a_running_store_sees_what_another_migrated(url: str, store: Store) -> None:
    things = store.collection("things")
    things.insert({"_id": "one", "a": 1, "n": {"b": 1}})
    other = open_store(url)
    other.migrate([SPEC])
    other.close()

    with pytest.raises(Duplicate) as caught:
        things.insert({"_id": "two", "a": 1, "n": {"b": 1}})

    assert caught.value.index == "by_pair"
    assert [d["_id"] for d in things.find({"a": 1, "n.b": 1})] == ["one"]
