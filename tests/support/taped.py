"""Runs real code one outside step at a time, without threads: what it has seen so far is played back from a tape."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Paused(BaseException):
    """One new step was done; the code is stopped here and will be played up to this point next time."""


@dataclass
class Tape:
    """What a piece of code was told by the outside so far; `steps` names what it did there."""

    seen: list[Any] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    _at: int = 0

    def play(self, code: Callable[[Tape], object]) -> bool:
        """Run the code to just behind its next step. True when it has come to its end instead."""
        self._at = 0
        try:
            code(self)
        except Paused:
            return False
        return True

    def read(self, look: Callable[[], Any]) -> Any:
        """Look at something that does not change anything; the first answer is kept."""
        if self._at == len(self.seen):
            self.seen.append(copy.deepcopy(look()))
        self._at += 1
        return copy.deepcopy(self.seen[self._at - 1])

    def step(self, name: str, act: Callable[[], Any]) -> Any:
        """Do something that changes the world, and stop behind it."""
        fresh = self._at == len(self.seen)
        result = self.read(act)
        if fresh:
            self.steps.append(name if result is not None and result is not False else f"{name} failed")
            raise Paused(name)
        return result
