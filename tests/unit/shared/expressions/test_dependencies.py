"""In which order definitions are computed, and which of them go round in circles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.expressions import cycles, uses_first

NAMES = "abcdefg"
graphs = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=4), max_size=7)


def test_cycles_are_found_whole() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["d"], "e": ["a", "f"], "f": []}

    assert cycles(graph) == [["a", "b", "c"], ["d"]]
    assert cycles({"a": ["b"], "b": []}) == []


def test_two_separate_cycles_stay_separate() -> None:
    assert cycles({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]}) == [["a", "b"], ["c", "d"]]


def test_names_come_after_what_they_use_and_else_as_given() -> None:
    assert list(uses_first({"d": ["c"], "a": [], "c": ["b", "x"], "b": []})) == ["b", "c", "d", "a"]
    assert list(uses_first({"a": ["b"], "b": ["a"]})) == ["b", "a"]


def test_a_chain_and_a_tangle_of_thousands_take_no_time_worth_mentioning() -> None:
    size = 20_000
    chain = {f"n{number}": [f"n{number + 1}"] for number in range(size)}
    ring = {**chain, f"n{size}": ["n0"]}

    assert cycles(chain) == []
    assert [len(group) for group in cycles(ring)] == [size + 1]


@given(graphs)
def test_a_group_is_whoever_reaches_each_other(graph: dict[str, list[str]]) -> None:
    def reached(start: str) -> set[str]:
        found: set[str] = set()
        stack = list(graph.get(start, ()))
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(graph.get(name, ()))
        return found

    reach = {name: reached(name) for name in graph}
    groups = {tuple(sorted(o for o in graph if o in reach[n] and n in reach[o])) for n in graph if n in reach[n]}

    assert cycles(graph) == [list(group) for group in sorted(groups)]
    assert sorted(uses_first(graph)) == sorted(graph)
