"""Form patterns: agreement with Python's engine where both apply, and linear time."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.expressions.faults import ExpressionError
from shared.expressions.patterns import pattern


@given(
    st.text(alphabet="ab01-", max_size=12), st.from_regex(r"([ab]|[0-1a-b]|\\d|\.|\(a\|b0?\))[*+?]?", fullmatch=True)
)
@settings(max_examples=300)
def test_whole_matches_agree_with_pythons_engine(text: str, piece: str) -> None:
    source = piece + "a?" + piece

    assert pattern(source).matches(text) == bool(re.fullmatch(source, text))


@given(st.text(alphabet="ab(|)*+?{}2,[]^$.\\d-", max_size=20))
@settings(max_examples=300, deadline=2000)
def test_any_pattern_is_read_or_refused(source: str) -> None:
    with contextlib.suppress(ExpressionError):
        assert pattern(source).matches("abab22-" * 5) in (True, False)


@pytest.mark.parametrize(
    "source", ["(a*)*b", "(a|a)*b", "(a+)+b", "a*a*a*a*a*a*a*b", "(a?){30}a{30}b", "((a*)*)*b", "(.*)*x"]
)
def test_patterns_that_explode_elsewhere_take_linear_time(source: str) -> None:
    started = time.process_time()

    assert not pattern(source).matches("a" * 2_000 + "!")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("source", "yes", "no"),
    [
        ("^[A-Z]{2}\\d{3,}$", "AB1234", "AB12"),
        ("a{2,3}", "aaa", "aaaa"),
        ("a{0}b", "b", "ab"),
        ("(?:ab)+", "abab", "aba"),
        ("^a$|^b$", "b", "ab"),
        ("[^0-9]*", "abc", "a1"),
        ("[a\\-z]+", "a-z", "b"),
        ("[\\d.-]+", "1.2-3", "x"),
        ("\\p{Lu}[\\p{L} -]+", "Änne Übel-Groß", "änne"),
        ("\\P{L}+", "123", "1a"),
        ("\\s\\S\\w\\W", " xy!", "xxxx"),
        ("a.c", "abc", "a\nc"),
        ("\\.\\*", ".*", "ab"),
        ("", "", "a"),
        ("()*", "", "a"),
        ("x*?", "xx", "y"),
    ],
)
def test_the_usual_constructs_work(source: str, yes: str, no: str) -> None:
    assert pattern(source).matches(yes)
    assert not pattern(source).matches(no)


@pytest.mark.parametrize(
    "source",
    ["(", ")", "a)", "[", "[]", "[z-a]", "*a",
     "a**", "a{3,2}", "a{x}", "a{9999}", "(?=a)", "(?i)a", "\\1", "\\b", "a$b", "\\",
     "\\p{Greek}", "a" * 501, "(" * 30 + ")" * 30, "(a{1000}){1000}", "(((){1000}){1000}){1000}", "[a-\\d]", "a{,3}"],
)  # fmt: skip
def test_other_constructs_are_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        pattern(source)
