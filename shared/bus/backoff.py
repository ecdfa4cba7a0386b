"""Waiting longer after each failure, with jitter, up to a bound."""

from __future__ import annotations

import random


class Backoff:
    """Delays that double from `first_s` to `longest_s`; each is drawn from the upper half."""

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._next_s = first_s

    def next_s(self) -> float:
        """Return how long to wait now."""
        delay_s = self._next_s * random.uniform(0.5, 1.0)
        self._next_s = min(self._next_s * 2, self._longest_s)
        return delay_s

    def reset(self) -> None:
        """Start again with the first delay."""
        self._next_s = self._first_s
