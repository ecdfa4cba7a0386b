"""Delays between tries."""

from __future__ import annotations

from shared.bus.backoff import Backoff


def test_delays_grow_to_the_bound_and_start_again() -> None:
    backoff = Backoff(0.5, 4)

    delays = [backoff.next_s() for _ in range(6)]

    for delay, full in zip(delays, [0.5, 1, 2, 4, 4, 4], strict=True):
        assert full / 2 <= delay <= full
    backoff.reset()
    assert backoff.next_s() <= 0.5
