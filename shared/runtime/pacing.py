"""A loop step that does its work only now and then."""

from __future__ import annotations

from collections.abc import Callable


class Every:
    """Calls `work` at most once in `seconds`, the first time at once; returns 0 in between."""

    def __init__(self, seconds: float, monotonic: Callable[[], float], work: Callable[[], int]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._work = work
        self._next = 0.0

    def __call__(self) -> int:
        """Do the work if it is time; return how much was done."""
        if self._monotonic() < self._next:
            return 0
        done = self._work()
        self._next = self._monotonic() + self._seconds
        return done
