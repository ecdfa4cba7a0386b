"""Strict YAML: what is read, what is refused, and where things stand."""

from __future__ import annotations

from time import process_time

import pytest

from shared.programme.place import Report
from shared.programme.yaml_source import MAX_BYTES, Mapping, Node, Scalar, Sequence, read_yaml


def read(text: str | bytes) -> tuple[Node | None, list[tuple[str, str]]]:
    report = Report()
    data = text.encode() if isinstance(text, str) else text
    node = read_yaml(data, "a.yaml", report)
    return node, [(str(finding.place), finding.code) for finding in sorted(report.faults)]


def scalar(node: Node | None, *path: str | int) -> Scalar:
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, Sequence)
            node = node.items[step]
        else:
            assert isinstance(node, Mapping)
            node = node.entries[step]
    assert isinstance(node, Scalar)
    return node


def test_scalars_stay_the_text_that_was_written() -> None:
    node, faults = read("a: no\nb: 017\nc: 12:30:45\nd: ~\ne: 1e3\n")

    assert faults == []
    assert [scalar(node, key).text for key in "abcde"] == ["no", "017", "12:30:45", "~", "1e3"]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("a: &x 1\nb: *x\n", "yaml_anchor", "a.yaml:1:4"),
        ("a: 1\nb: *x\n", "yaml_alias", "a.yaml:2:4"),
        ("a: !!int 1\n", "yaml_tag", "a.yaml:1:4"),
        ("a: !x 1\n", "yaml_tag", "a.yaml:1:4"),
        ("<<: {a: 1}\n", "yaml_merge", "a.yaml:1:1"),
        ("a: 1\na: 2\n", "duplicate_key", "a.yaml:2:1"),
        ("? [a]\n: 1\n", "yaml_key", "a.yaml:1:3"),
        ("a: 1\n---\nb: 2\n", "several_documents", "a.yaml:2:1"),
        ("", "empty_file", "a.yaml:1:1"),
        ("a: [1\n", "yaml_syntax", "a.yaml:2:1"),
        ("a: b: c\n", "yaml_syntax", "a.yaml:1:5"),
        ("a: \x07\n", "yaml_syntax", "a.yaml:1:1"),
        ("[" * 20, "too_deep", "a.yaml:1:13"),
    ],
)
def test_what_is_not_plain_is_refused_at_its_place(text: str, code: str, place: str) -> None:
    _, faults = read(text)

    assert (place, code) in faults


def test_all_duplicates_are_named_and_the_first_value_counts() -> None:
    node, faults = read("a: 1\na: 2\na: 3\n")

    assert [place for place, _ in faults] == ["a.yaml:2:1", "a.yaml:3:1"]
    assert scalar(node, "a").text == "1"


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    _, faults = read(b"a: 1\nb: \xff\n")

    assert faults == [("a.yaml:2:1", "not_utf8")]


def test_a_file_beyond_the_limit_is_not_even_parsed() -> None:
    _, faults = read(b"a" * (MAX_BYTES + 1))

    assert faults == [("a.yaml", "too_large")]


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]

    started = process_time()
    _, faults = read("\n".join(lines))

    assert process_time() - started < 1
    assert ("a.yaml:2:10", "yaml_alias") in faults


@pytest.mark.parametrize(
    ("text", "offset", "line", "column"),
    [
        ("a: H01 < 75\n", 4, 1, 8),
        ("a: 'it''s x'\n", 5, 1, 11),
        ('a: "x \\" y"\n', 4, 1, 10),
        ("a: >-\n  first\n  second\n", 6, 3, 3),
        ("a: |\n    one\n    two\n", 4, 3, 5),
        ("a: >-\n  first\n", 5, 2, 8),
        ("a: x  y\n", 3, 1, 7),
    ],
)
def test_every_character_of_a_text_can_be_found_again(text: str, offset: int, line: int, column: int) -> None:
    node, _ = read(text)

    place = scalar(node, "a").place_at(offset)

    assert (place.line, place.column) == (line, column)


def test_a_character_that_was_written_as_an_escape_is_found_at_the_start_of_its_text() -> None:
    node, _ = read('a: "\\x41\\x42"\n')

    assert scalar(node, "a").place_at(1).column == 4
