"""Definitions that use each other: the order to compute them in, and the circles among them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

Uses = Mapping[str, Collection[str]]


def uses_first(graph: Uses) -> Iterator[str]:
    """Yield every name after those it uses; within a circle the order given decides."""
    seen: set[str] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(graph[start]))]
        while stack:
            name, used = stack[-1]
            following = next((one for one in used if one in graph and one not in seen), None)
            if following is None:
                stack.pop()
                yield name
            else:
                seen.add(following)
                stack.append((following, iter(graph[following])))


def cycles(graph: Uses) -> list[list[str]]:
    """Return the groups of names that depend on each other, or on themselves; names sorted.

    Linear in names and uses: from the name computed last, everything that leads back to it is its group.
    """
    users: dict[str, list[str]] = {name: [] for name in graph}
    for name, used in graph.items():
        for one in used:
            users.setdefault(one, []).append(name)
    left = set(graph)
    groups = []
    for name in reversed(list(uses_first(graph))):
        group = _leading_to(name, users, left)
        if len(group) > 1 or (group and name in graph[name]):
            groups.append(sorted(group))
    return sorted(groups)


def _leading_to(name: str, users: Uses, left: set[str]) -> list[str]:
    """Return the name and all that use it, directly or not, among those left; takes them out of what is left."""
    group, stack = [], [name]
    while stack:
        one = stack.pop()
        if one in left:
            left.remove(one)
            group.append(one)
            stack.extend(users[one])
    return group
