"""Regular expressions of forms, matched in time linear in the text whatever the pattern."""

from __future__ import annotations

from functools import lru_cache

from shared.expressions.faults import ExpressionError
from shared.expressions.pattern_syntax import (
    Alternatives,
    Characters,
    Part,
    Repeat,
    Sequence,
    read_pattern,
)

MAX_STATES = 5_000
_MAX_REMEMBERED = 5_000
_DEAD: frozenset[int] = frozenset()


class Pattern:
    """A whole-text matcher: simulates all ways through the pattern at once, so nothing can blow up."""

    def __init__(self, part: Part) -> None:
        self._step: list[Characters | None] = []
        self._next: list[list[int]] = []
        self._built = 0
        end = self._state()
        start = self._build(part, end)
        self._end = end
        self._start = self._reached({start})
        self._remembered: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def matches(self, text: str) -> bool:
        """Return whether the pattern matches the whole text."""
        states = self._start
        for character in text:
            states = self._after(states, character)
            if not states:
                return False
        return self._end in states

    def _after(self, states: frozenset[int], character: str) -> frozenset[int]:
        key = (states, character)
        known = self._remembered.get(key)
        if known is not None:
            return known
        reached = {self._next[state][0] for state in states if (step := self._step[state]) and step.has(character)}
        if len(self._remembered) >= _MAX_REMEMBERED:
            self._remembered.clear()
        result = self._remembered[key] = self._reached(reached) if reached else _DEAD
        return result

    def _reached(self, states: set[int]) -> frozenset[int]:
        stack = list(states)
        while stack:
            state = stack.pop()
            if self._step[state] is None:
                fresh = [following for following in self._next[state] if following not in states]
                states.update(fresh)
                stack.extend(fresh)
        return frozenset(states)

    def _state(self, step: Characters | None = None, *following: int) -> int:
        self._step.append(step)
        self._next.append(list(following))
        return len(self._step) - 1

    def _build(self, part: Part, after: int) -> int:
        """Add states for the part so that it leads to `after`; return its first state."""
        self._built += 1
        if self._built > MAX_STATES:
            raise ExpressionError("The pattern is too large.")
        if isinstance(part, Characters):
            return self._state(part, after)
        if isinstance(part, Sequence):
            for piece in reversed(part.parts):
                after = self._build(piece, after)
            return after
        if isinstance(part, Alternatives):
            return self._state(None, *[self._build(piece, after) for piece in part.parts])
        return self._build_repeat(part, after)

    def _build_repeat(self, part: Repeat, after: int) -> int:
        if part.most is None:
            loop = self._state(None, after)
            self._next[loop].append(self._build(part.part, loop))
            after = loop
        else:
            end = after
            for _ in range(part.most - part.least):
                after = self._state(None, end, self._build(part.part, after))
        for _ in range(part.least):
            after = self._build(part.part, after)
        return after


@lru_cache(maxsize=256)
def pattern(source: str) -> Pattern:
    """Return the matcher of a pattern; raises ExpressionError for what it cannot read."""
    return Pattern(read_pattern(source))


def pattern_fault(source: str) -> str | None:
    """Return what is wrong with a pattern, or None."""
    try:
        pattern(source)
    except ExpressionError as error:
        return error.message.rstrip(".")
    return None
