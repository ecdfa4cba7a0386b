"""Strict JSON: what is refused and what passes."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.json_body import BadJson, loads


@pytest.mark.parametrize(
    "raw",
    [
        b"NaN", b"[Infinity]",
        b"1e999", b"-1e999", b"18446744073709551616", b'{"a":1,"a":2}', b'"\\ud800"', b'"\\u0000"',
        b'{"a\\u0000":1}', b"[" * 100_000, b"[" * 21 + b"]" * 21, b"\xff", b"", b"{", b"9" * 5000,
    ],
)  # fmt: skip
def test_hostile_json_is_refused_by_name(raw: bytes) -> None:
    with pytest.raises(BadJson):
        loads(raw)


def test_ordinary_json_passes() -> None:
    assert loads('{"a": [1, 2.5, "ü😀", null, true], "b": {"c": "]["}}') == {
        "a": [1, 2.5, "ü😀", None, True],
        "b": {"c": "]["},
    }


@given(st.binary(max_size=200))
def test_any_bytes_parse_or_are_refused(raw: bytes) -> None:
    with contextlib.suppress(BadJson):
        loads(raw)
