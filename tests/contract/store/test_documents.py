"""Storing, reading and removing documents."""

from __future__ import annotations

import math
from typing import Any

import pytest

from shared.errors import ConfigError, Invalid
from shared.store import open_store
from shared.store.port import Collection, CollectionSpec, Duplicate, Index, Store

ROUND_TRIPS = {
    "null and booleans": {"none": None, "yes": True, "no": False},
    "whole numbers": {"zero": 0, "minus": -1, "large": 2**53, "larger": 2**62, "least": -(2**63)},
    "fractions": {"tenth": 0.1, "whole": 2.0, "tiny": 5e-324, "huge": 1.7976931348623157e308, "third": 1 / 3},
    "texts": {"empty": "", "umlauts": "Übergröße", "emoji": "\U0001f600", "right to left": "שלום", "lines": "a\r\n\tb"},
    "text that looks like something else": {
        "number": "1",
        "null": "null",
        "quote": "\"'\\",
        "dollar": "$set",
        "dot": ".",
    },
    "nested": {"a": {"b": {"c": [1, {"d": None}, {"e": [{}]}]}}},
    "lists in lists": {"a": [1, [2, [3, {}]], []]},
    "empty": {"object": {}, "list": [], "objects": [{}, {}]},
    "keys": {"Ä": 1, "with space": 2, "ключ": 3, "1": 4, "a-b": 5},
    "quote in key": {'quo"te': 1, "back\\slash": 2},
    "long": {"text": "x" * 300_000},
}

REFUSED: dict[str, dict[Any, Any]] = {
    "no number": {"v": math.nan},
    "infinite": {"v": [math.inf]},
    "too large": {"v": {"w": 2**63}},
    "lone surrogate": {"v": "\ud800"},
    "lone surrogate as key": {"\ud800": 1},
    "dot in key": {"a.b": 1},
    "dollar in key": {"v": {"$set": 1}},
    "NUL in key": {"a\x00b": 1},
    "no text as key": {1: 1},
    "set": {"v": {1, 2}},
    "bytes": {"v": b"x"},
    "no id": {"_id": None},
    "number as id": {"_id": 1},
    "empty id": {"_id": ""},
    "reserved name": {"_etag": "x"},
}


@pytest.mark.parametrize("fields", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
def test_what_is_inserted_is_what_is_read(things: Collection, fields: dict[str, Any]) -> None:
    document = {"_id": "one", **fields}

    things.insert(document)

    assert things.get("one") == document
    assert _types(things.get("one")) == _types(document)


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_stored_everywhere_is_refused(things: Collection, fields: dict[Any, Any]) -> None:
    with pytest.raises(Invalid):
        things.insert({"_id": "one", **fields})
    assert things.count({}) == 0


def test_too_deep_nesting_is_refused(things: Collection) -> None:
    nested: dict[str, Any] = {}
    for _ in range(200):
        nested = {"a": nested}

    with pytest.raises(Invalid):
        things.insert({"_id": "one", "v": nested})


def test_too_large_a_document_is_refused(things: Collection) -> None:
    with pytest.raises(Invalid):
        things.insert({"_id": "one", "v": "x" * 17_000_000})
    assert things.get("one") is None


def test_inserting_leaves_the_callers_document_alone(things: Collection) -> None:
    document = {"_id": "one", "v": [1]}

    things.insert(document)

    assert document == {"_id": "one", "v": [1]}


def test_an_id_is_inserted_once(things: Collection) -> None:
    things.insert({"_id": "one", "v": 1})

    with pytest.raises(Duplicate) as caught:
        things.insert({"_id": "one", "v": 2})

    assert caught.value.index == "_id"
    assert things.get("one") == {"_id": "one", "v": 1}


def test_ids_differ_by_case_and_accent(things: Collection) -> None:
    for id_ in ("a", "A", "ä", "a "):
        things.insert({"_id": id_})

    assert things.count({}) == 4


def test_a_collection_nobody_wrote_to_is_empty(things: Collection) -> None:
    assert things.get("one") is None
    assert things.find({"a": 1}) == []
    assert things.page({}).items == []
    assert list(things.stream({})) == []
    assert things.count({}) == 0
    assert things.delete("one") is False
    assert things.claim({}, due="d", now="2", until="3", owner="me") is None


def test_deleting_says_whether_it_was_there(things: Collection) -> None:
    things.insert({"_id": "one"})

    assert things.delete("one") is True
    assert things.delete("one") is False
    assert things.get("one") is None


def test_a_deleted_id_may_be_inserted_again(things: Collection) -> None:
    things.insert({"_id": "one", "v": 1})
    things.delete("one")

    things.insert({"_id": "one", "v": 2})

    assert things.get("one") == {"_id": "one", "v": 2}


def test_collections_do_not_share_documents(store: Store) -> None:
    store.collection("things").insert({"_id": "one"})

    assert store.collection("others").get("one") is None


def test_a_closed_store_opens_again(store: Store) -> None:
    store.collection("things").insert({"_id": "one"})
    store.close()

    store.ping()

    assert store.collection("things").get("one") == {"_id": "one"}


def test_a_name_no_server_takes_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not a name"):
        store.collection('x"; drop table y')


@pytest.mark.parametrize("url_", ["", "postgresql://localhost/x", "mongodb://localhost", "sqlite://", "/abs/path.db"])
def test_an_url_without_an_adapter_is_a_configuration_error(url_: str) -> None:
    with pytest.raises(ConfigError):
        open_store(url_)


def test_a_unique_key_survives_a_refused_insert(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("key",), unique=True),))])
    things = store.collection("things")
    things.insert({"_id": "one", "key": "k"})
    with pytest.raises(Duplicate):
        things.insert({"_id": "two", "key": "k"})

    things.delete("one")
    things.insert({"_id": "two", "key": "k"})

    assert [document["_id"] for document in things.find({"key": "k"})] == ["two"]


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_types(item) for item in value]
    return next(kind for kind in (bool, int, float, str, type(None)) if isinstance(value, kind))
