"""Conditions and sort orders as SQL over a table `(_id, body)` with a generated column per declared path.

A stored value becomes an SQL value that keeps types apart: numbers and text as they are, None and missing as
NULL, booleans as one-byte blobs, objects and lists as the blob of their JSON.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from shared.store.conditions import Conditions, NotAfter, Order, bounds
from shared.store.documents import check_path
from shared.store.port import Among, Exists, Range

Parameters = list[Any]

_TRUE, _FALSE = b"\x01", b"\x00"
_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def column_name(path: str) -> str:
    """Return the (unquoted) name of the generated column of a declared path."""
    return f"f:{path}"


def value_expression(path: str) -> str:
    """Return the SQL expression that reads the value at a path from the body."""
    at = "'$" + "".join(f'."{key}"' for key in check_path(path).split(".")) + "'"
    value = f"json_extract(body, {at})"
    return (
        f"CASE json_type(body, {at}) WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' "
        f"WHEN 'object' THEN CAST({value} AS BLOB) WHEN 'array' THEN CAST({value} AS BLOB) ELSE {value} END"
    )


def column(path: str, declared: Set[str]) -> str:
    """Return what stands for a path in a query: the key, its generated column, or the expression."""
    if path == "_id":
        return "_id"
    return f'"{column_name(path)}"' if path in declared else value_expression(path)


def where_sql(wanted: Conditions, declared: Set[str]) -> tuple[str, Parameters]:
    """Return the text after WHERE and its parameters."""
    terms: list[str] = []
    parameters: Parameters = []
    for path, condition in wanted:
        term, values = _term(column(path, declared), condition)
        terms.append(term)
        parameters += values
    return " AND ".join(terms) or "1", parameters


def order_sql(sort: Order, declared: Set[str]) -> str:
    """Return the text after ORDER BY."""
    return ", ".join(column(path, declared) + (" DESC" if descending else "") for path, descending in sort)


def _term(name: str, condition: Any) -> tuple[str, Parameters]:
    match condition:
        case Range():
            return _range(name, condition)
        case Among():
            return _among(name, condition)
        case Exists():
            return f"{name} IS {'NOT ' if condition.present else ''}NULL", []
        case NotAfter():
            return f"({name} IS NULL OR {name} <= ?)", [_bound_value(condition.value)]
        case None:
            return f"{name} IS NULL", []
        case _:
            return f"{name} = ?", [_bound_value(condition)]


def _range(name: str, condition: Range) -> tuple[str, Parameters]:
    given = bounds(condition)
    if not given:
        return f"{name} IS NOT NULL", []
    terms: list[str] = []
    for operator, value in given:
        terms += [f"{name} {_OPERATORS[operator]} ?", _same_type(name, operator, value)]
    return " AND ".join(term for term in terms if term), [_bound_value(value) for _, value in given]


def _same_type(name: str, operator: str, value: Any) -> str:
    """SQL orders numbers before text before blobs: close the open end, so that only the bound's type matches."""
    upwards = operator in ("gt", "gte")
    if isinstance(value, bool):
        return f"{name} <= x'01'" if upwards else f"{name} >= x'00'"
    if isinstance(value, str):
        return f"{name} < x''" if upwards else f"{name} >= ''"
    return f"{name} < ''" if upwards else ""


def _among(name: str, condition: Among) -> tuple[str, Parameters]:
    values = [_bound_value(value) for value in condition.values if value is not None]
    term = f"{name} IN ({', '.join('?' * len(values))})"
    return (f"({term} OR {name} IS NULL)" if None in condition.values else term), values


def _bound_value(value: Any) -> Any:
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    return value
