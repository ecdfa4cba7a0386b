"""Waiting for something to become true, with a deadline instead of a guess."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(check: Callable[[], T], timeout_s: float = 10.0, every_s: float = 0.05) -> T:
    """Call `check` until it returns something truthy; return that. Raises AssertionError at the deadline.

    An AssertionError raised by `check` counts as "not yet" and is shown at the deadline.
    """
    deadline = time.monotonic() + timeout_s
    last: object = None
    while True:
        try:
            result = check()
            if result:
                return result
            last = result
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not true after {timeout_s} s: {last!r}")
        time.sleep(every_s)
