"""Killing processes at random while work goes on."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.support.pipeline.processes import Fleet
from tests.support.pipeline.size import Size


class Broker(Protocol):
    """A broker that can be killed and started again with its data."""

    def kill(self) -> None: ...
    def restart(self) -> None: ...


@dataclass
class Storm:
    """Kills workers and the broker as often as `size` says, spread over the work: `progress()` is 0 to 1.

    `aim(victim)` returns when it is a good moment to kill it.
    """

    fleet: Fleet
    victims: list[str]
    chance: random.Random
    size: Size
    progress: Callable[[], float]
    aim: Callable[[str], None] = lambda _victim: None
    broker: Broker | None = None
    least_pause_s: float = 0.2
    killed: Counter[str] = field(default_factory=Counter)
    recovery_s: list[float] = field(default_factory=list)

    def rage(self, limit_s: float) -> None:
        """Return when everything was killed and the work is done. Raises AssertionError when that takes too long."""
        deadline = time.monotonic() + limit_s
        pause = threading.Event()
        while (done := self.progress()) < 1 or not self.complete:
            assert time.monotonic() < deadline, f"{done:.0%} done after {limit_s} s, {dict(self.killed)}"
            pause.wait(self.least_pause_s)
            if self.broker and self.killed["broker"] < self.size.broker_kills * done:
                self._kill_broker(self.broker)
            if self.total < self.size.kills * done:
                self._kill_worker()

    @property
    def total(self) -> int:
        """How many workers were killed."""
        return sum(count for name, count in self.killed.items() if name != "broker")

    @property
    def complete(self) -> bool:
        """True when everything was killed as often as it must be."""
        brokers = self.size.broker_kills if self.broker else 0
        return self.total >= self.size.kills and self.killed["broker"] >= brokers

    def _kill_worker(self) -> None:
        name = self.chance.choice(self.victims)
        self.aim(name)
        if self.fleet.kill(name, self.chance.randrange(100)):
            self.killed[name] += 1

    def _kill_broker(self, broker: Broker) -> None:
        started = time.monotonic()
        broker.kill()
        broker.restart()
        self.killed["broker"] += 1
        self.recovery_s.append(round(time.monotonic() - started, 1))
