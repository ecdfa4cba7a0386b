"""Where and sort as SQL and as MongoDB filters."""

from __future__ import annotations

from typing import Any

import pytest

from shared.store.conditions import NotAfter, conditions, order
from shared.store.mongo_query import filter_of, keys_of, options_of, sort_of
from shared.store.port import Among, Exists, Index, Range
from shared.store.sqlite_query import order_sql, value_expression, where_sql

CASES: list[tuple[Any, str, list[Any], Any]] = [
    (None, "c IS NULL", [], None),
    ("x", "c = ?", ["x"], "x"),
    (1, "c = ?", [1], 1),
    (True, "c = ?", [b"\x01"], True),
    (False, "c = ?", [b"\x00"], False),
    (Exists(), "c IS NOT NULL", [], {"$exists": True, "$ne": None}),
    (Exists(False), "c IS NULL", [], None),
    (Among((1, "x", False)), "c IN (?, ?, ?)", [1, "x", b"\x00"], {"$in": [1, "x", False]}),
    (Among((None, 2)), "(c IN (?) OR c IS NULL)", [2], {"$in": [None, 2]}),
    (Among(()), "c IN ()", [], {"$in": []}),
    (Range(gt=1), "c > ? AND c < ''", [1], {"$gt": 1}),
    (Range(lte=1.5), "c <= ?", [1.5], {"$lte": 1.5}),
    (Range(gte="a"), "c >= ? AND c < x''", ["a"], {"$gte": "a"}),
    (Range(gte="a", lt="b"), "c >= ? AND c < x'' AND c < ? AND c >= ''", ["a", "b"], {"$gte": "a", "$lt": "b"}),
    (Range(), "c IS NOT NULL", [], {"$exists": True, "$ne": None}),
    (NotAfter("t"), "(c IS NULL OR c <= ?)", ["t"], {"$not": {"$gt": "t"}}),
]


@pytest.mark.parametrize(("condition", "sql", "parameters", "filter_"), CASES)
def test_a_condition_in_both_languages(condition: Any, sql: str, parameters: list[Any], filter_: Any) -> None:
    wanted = (("p", condition),)

    assert where_sql(wanted, frozenset({"p"})) == (sql.replace("c ", '"f:p" '), parameters)
    assert filter_of(wanted) == {"p": filter_}


def test_no_condition_selects_everything() -> None:
    assert where_sql((), frozenset()) == ("1", [])
    assert filter_of(()) == {}


def test_two_conditions_on_one_path_both_hold() -> None:
    wanted = (("a", Range(gt=1)), ("b", 1), ("a", Range(lt=3)))

    assert filter_of(wanted) == {"a": {"$gt": 1}, "b": 1, "$and": [{"a": {"$lt": 3}}]}
    assert where_sql(wanted, frozenset())[1] == [1, 1, 3]


def test_an_undeclared_path_is_read_from_the_body() -> None:
    assert where_sql((("n.v", 1),), frozenset({"other"}))[0] == f"{value_expression('n.v')} = ?"
    assert """json_extract(body, '$."n"."v"')""" in value_expression("n.v")


def test_sorts_end_in_the_key_in_the_direction_of_the_last_path() -> None:
    assert order(()) == (("_id", False),)
    assert order(("a", "-b")) == (("a", False), ("b", True), ("_id", True))
    assert order(("-_id", "a")) == (("_id", True), ("a", False))
    assert order_sql(order(("a", "-b")), frozenset({"a", "b"})) == '"f:a", "f:b" DESC, _id DESC'
    assert sort_of(order(("-a",))) == [("a", -1), ("_id", -1)]


@pytest.mark.parametrize("path", ["a'b", 'a"b', "a\\b", "", "a.", "a\nb", "$a", "a.$b"])
def test_a_path_cannot_leave_its_quotes(path: str) -> None:
    with pytest.raises(ValueError, match="not a document path"):
        value_expression(path)


def test_the_key_is_compared_with_text_only() -> None:
    with pytest.raises(ValueError, match="text only"):
        conditions({"_id": 5})


def test_a_unique_index_ignores_documents_that_lack_a_field() -> None:
    assert options_of(Index("i", ("a",))) == {}
    assert options_of(Index("i", ("a",), unique=True)) == {"unique": True, "sparse": True}
    assert options_of(Index("i", ("a", "b.c"), unique=True)) == {
        "unique": True,
        "partialFilterExpression": {"a": {"$exists": True}, "b.c": {"$exists": True}},
    }


def test_only_an_index_that_is_not_unique_ends_in_the_key() -> None:
    assert keys_of(Index("i", ("a", "b"))) == [("a", 1), ("b", 1), ("_id", 1)]
    assert keys_of(Index("i", ("_id", "b"))) == [("_id", 1), ("b", 1)]
    assert keys_of(Index("i", ("a",), unique=True)) == [("a", 1)]
