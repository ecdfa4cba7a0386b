"""Reading expressions: precedence, limits, hostile input, JSON form."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.expressions import (
    Binary,
    Call,
    Current,
    ExpressionError,
    LastSaved,
    Name,
    Node,
    Number,
    Question,
    Text,
    Unary,
    from_json,
    parse,
    references,
    to_json,
)
from shared.expressions.parser import MAX_DEPTH

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and c", Binary("or", A, Binary("and", B, C))),
        ("a = b < c", Binary("=", A, Binary("<", B, C))),
        ("a < b + c", Binary("<", A, Binary("+", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a + b * -c", Binary("+", A, Binary("*", B, Unary("-", C)))),
        ("a div b mod c", Binary("mod", Binary("div", A, B), C)),
        ("-1.50", Number(-1.5)),
        (". >= .5", Binary(">=", Current(), Number(0.5))),
        ("${ my-q.1 }", Question("my-q.1")),
        ("${last-saved#q}", LastSaved("q")),
        ("a-b", Name("a-b")),
        ("and and or", Binary("and", Name("and"), Name("or"))),
        ("jr:choice-name(${q}, '${q}')", Call("jr:choice-name", (Question("q"), Text("${q}")))),
        ("f()", Call("f", ())),
        ("'it\"s'", Text('it"s')),
        (' "x\'y" ', Text("x'y")),
    ],
)
def test_expressions_are_read_with_xpaths_precedence(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("", 1, "empty"),
        ("   ", 4, "empty"),
        ("1 +", 4, "too early"),
        ("(1", 3, "too early"),
        ("1 2", 3, "Unexpected “2”"),
        ("f(1,)", 5, "Unexpected “)”"),
        ("a == b", 4, "one ="),
        ("a / b", 3, "div"),
        ("50%", 3, "mod"),
        ("a ≥ b", 3, ">="),
        ("a − b", 3, "minus"),
        ("„x“", 1, "straight quotes"),
        ("'abc", 1, "not closed"),
        ("\u0430 + 1", 1, "Unexpected character"),
        ("a\x00b", 2, "control character"),
        ("'\x00'", 2, "control character"),
        ("1 andy 2", 3, "Unexpected"),
        ("2000000000000000", 1, "too large"),
        ("'" + "x" * 201 + "'", 1, "at most 200"),
        ("x" * 2001, 2001, "longer than"),
        ("not(" * 40 + "1" + ")" * 40, 132, "32 levels"),
        ("- " * 33 + "a", 65, "32 levels"),
        ("f(" + ",".join("1" * 501) + ")", 1, "500 parts"),
        ("$x", 1, "${name}"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_column(text: str, column: int, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)

    assert part in caught.value.message
    if part != "32 levels" and part != "500 parts":
        assert caught.value.column == column


def test_long_chains_of_conditions_stay_shallow() -> None:
    chain = " or ".join(f"${{q{i}}} = 1" for i in range(120))

    assert references(parse(chain)).questions == {f"q{i}" for i in range(120)}


HOSTILE = [
    "(" * 1_000_000,
    "x" * 10_000_000,
    "'" + "a" * 10_000_000 + "'",
    "-" * 1_999 + "1",
    "- " * 999 + "a",
    "not(" * 499 + ")" * 499,
    "9" * 1_999,
    "pow(9, pow(9, pow(9, 9)))",
    "1" + "+1" * 999,
    "1" + "=1" * 999,
    "a or " * 399 + "a",
    "((((((((((a)))))))))) " * 80,
    "${" * 900,
    "f(" * 900,
    ",".join("a" * 900),
    "\u202e" * 100,
    "𝐚𝐧𝐝",
    "a\u00a0+\u00a01",
    "__import__('os').system('x')",
    "().__class__",
    "lambda: 1",
    "a if b else c",
    "[1, 2]",
    "{}",
    "a;b",
    "a\\b",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_is_answered_fast(text: str) -> None:
    parse("1")
    started = time.process_time()
    with contextlib.suppress(ExpressionError):
        parse(text)
    assert time.process_time() - started < 0.2


@given(st.text(alphabet="ab1.'\"${}()+-*=<>!, ordivnmt#", max_size=120))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_tree_or_an_expression_error(text: str) -> None:
    column = 1
    try:
        parse(text)
    except ExpressionError as error:
        column = error.column

    assert 1 <= column <= len(text) + 1


_NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
_LEAVES = st.one_of(
    st.floats(min_value=-1e15, max_value=1e15).map(Number),
    st.text(max_size=20).map(Text),
    _NAMES.map(Question),
    _NAMES.map(LastSaved),
    _NAMES.map(Name),
    st.just(Current()),
)


def _grown(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Binary, st.sampled_from(["and", "or", "=", "<", "+", "div"]), nodes, nodes),
        st.builds(Unary, st.just("-"), nodes),
        st.builds(Call, _NAMES, st.lists(nodes, max_size=3).map(tuple)),
    )


@given(st.recursive(_LEAVES, _grown, max_leaves=30))
@settings(max_examples=300)
def test_a_tree_survives_json(node: Node) -> None:
    assert from_json(json.loads(json.dumps(to_json(node)))) == node


@pytest.mark.parametrize(
    "data",
    [None, 1, [], {}, {"number": "1"}, {"number": True}, {"binary": "**", "args": [{"number": 1}, {"number": 2}]},
     {"binary": "+", "args": [{"number": 1}]}, {"unary": "!", "args": [{"number": 1}]}, {"call": 1, "args": []},
     {"call": "f", "args": "xy"}, {"call": "f", "args": 7}],
)  # fmt: skip
def test_data_that_is_no_tree_is_refused(data: object) -> None:
    with pytest.raises(ExpressionError):
        from_json(data)


def test_json_nested_too_deeply_is_refused() -> None:
    data: object = {"number": 1}
    for _ in range(5_000):
        data = {"unary": "-", "args": [data]}

    with pytest.raises(ExpressionError):
        from_json(data)
    assert MAX_DEPTH == 32


def test_references_are_told_apart_by_what_they_name() -> None:
    found = references(
        parse(
            "mean(score('ACC')) > H1 and ${q} = ${last-saved#p} and site('area') = 'x' and wave('half') = 'y' "
            "and days_overdue('report') > peer_z(H2, 'carrier')"
        )
    )

    assert found.scales == {"ACC"}
    assert found.names == {"H1", "H2"}
    assert found.questions == {"q"}
    assert found.last_saved == {"p"}
    assert found.site_features == {"area", "carrier"}
    assert found.wave_features == {"half"}
    assert found.forms == {"report"}
    assert "mean" in found.functions
    assert references(parse("jr:choice-name('1', '${list_q}')")).questions == {"list_q"}
