"""Several values in forms: repeat items, rows of lists, and what picks one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.expressions import FormState, compile_form, from_json, parse, to_json
from shared.expressions.checks import Scope, check
from shared.expressions.context import Nodes, Value
from shared.expressions.values import first

CITIES = (
    {"name": "ulm", "label": "Ulm", "state": "bw", "size": "129"},
    {"name": "bonn", "label": "Bonn", "state": "nw", "size": "337"},
    {"name": "hagen", "label": "Hagen", "state": "nw", "size": "191"},
)
RECORD = FormState(
    answers={
        "ages": Nodes((34.0, "", 12.0)),
        "names": Nodes(("Ada", "Bo", "")),
        "nobody": Nodes(),
        "state": "nw",
        "two": 2.0,
    },
    now=datetime(2026, 5, 4, 12, tzinfo=UTC),
    new_id=str,
    lists={"cities": CITIES},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(${ages})", 3.0),
        ("count(${nobody})", 0.0),
        ("count-non-empty(${ages})", 2.0),
        ("sum(${ages})", 46.0),
        ("min(${ages})", 12.0),
        ("max(${ages}, 40)", 40.0),
        ("sum(${nobody})", 0.0),
        ("join(', ', ${names})", "Ada, Bo, "),
        ("concat('<', ${names}, '>')", "<AdaBo>"),
        ("${ages} = 12", True),
        ("${ages} = 13", False),
        ("${names} = 'Bo'", True),
        ("${ages} + 1", 35.0),
        ("string(${names})", "Ada"),
        ("boolean(${nobody})", False),
        ("indexed-repeat(${names}, ${people}, 2)", "Bo"),
        ("indexed-repeat(${names}, ${people}, ${two})", "Bo"),
        ("indexed-repeat(${names}, ${people}, 0)", "Ada"),
        ("indexed-repeat(${names}, ${people}, 4)", ""),
        ("indexed-repeat(${names}, ${people}, 'x')", ""),
        ("position(..)", 1.0),
        ("instance('cities')/root/item[name = 'ulm']/label", "Ulm"),
        ("instance('cities')/root/item[state = ${state}]/name", "bonn"),
        ("count(instance('cities')/root/item)", 3.0),
        ("count(instance('cities')/root/item[state = ${state} and size > 200])", 1.0),
        ("sum(instance('cities')/root/item[state = current()/../state]/size)", 528.0),
        ("join(' ', instance('cities')/root/item[state='nw'][2]/name)", "hagen"),
        ("instance('cities')/root/item[name = 'x']/label", ""),
        ("count(instance('elsewhere')/root/item)", 0.0),
        ("pulldata('cities', 'label', 'name', 'bonn')", "Bonn"),
        ("pulldata('cities.csv', 'size', 'state', ${state})", "337"),
        ("pulldata('cities', 'label', 'name', 'x')", ""),
    ],
)
def test_several_values(text: str, expected: Value) -> None:
    assert first(compile_form(parse(text))(RECORD)) == expected
    assert first(compile_form(from_json(to_json(parse(text))))(RECORD)) == expected


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("..", "stray_parent", 1),
        ("count(..)", "stray_parent", 7),
        ("position(1)", "argument", 10),
        ("indexed-repeat('a', ${people}, 1)", "argument", 16),
        ("instance('towns')/root/item/name", "unknown_list", 1),
        ("instance('cities')/root/item[stat = 'x']/name", "unknown_column", 30),
        ("instance('cities')/root/item[name = 'x']/lable", "unknown_column", 1),
        ("pulldata('cities', 'lable', 'name', 'x')", "unknown_column", 20),
        ("pulldata(${f}, 'label', 'name', 'x')", "argument", 10),
    ],
)
def test_what_names_nothing_is_a_fault(text: str, code: str, column: int) -> None:
    scope = Scope("form", questions={"people": False, "f": False}, lists={"cities": list(CITIES[0])})

    faults = check(parse(text), scope)

    assert [(fault.code, fault.column) for fault in faults] == [(code, column)]


@pytest.mark.parametrize("text", ["..", "instance('cities')/root/item/name"])
def test_indicators_know_no_repeats_and_lists(text: str) -> None:
    faults = check(parse(text), Scope("indicator"))

    assert [fault.code for fault in faults if fault.code == "form_only"] == ["form_only"]
