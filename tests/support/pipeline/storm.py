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


class Broker(Protocol):
    """A broker that can be killed and started again with its data."""

    def kill(self) -> None: ...
    def restart(self) -> None: ...


@dataclass
class Storm:
    """Kills until it has killed `kills` workers and the broker `broker_kills` times, and `working()` is False."""

    fleet: Fleet
    victims: list[str]
    chance: random.Random
    kills: int
    working: Callable[[], bool]
    broker: Broker | None = None
    broker_kills: int = 0
    every_s: tuple[float, float] = (0.5, 1.1)
    killed: Counter[str] = field(default_factory=Counter)
    recovery_s: list[float] = field(default_factory=list)

    def rage(self, limit_s: float) -> None:
        """Return when enough was killed and the work is done. Raises AssertionError when that takes too long."""
        deadline = time.monotonic() + limit_s
        pause = threading.Event()
        brokers = 0
        while self.total < self.kills or brokers < self.broker_kills or self.working():
            assert time.monotonic() < deadline, f"after {limit_s} s only {self.total} kills, {dict(self.killed)}"
            pause.wait(self.chance.uniform(*self.every_s))
            if self.broker and brokers < self.broker_kills and self.total >= self.kills * (brokers + 1) / 3:
                brokers += 1
                self._kill_broker(self.broker)
            name = self.chance.choice(self.victims)
            if self.fleet.kill(name, self.chance.randrange(100)):
                self.killed[name] += 1

    @property
    def total(self) -> int:
        """How many workers were killed."""
        return sum(count for name, count in self.killed.items() if name != "broker")

    def _kill_broker(self, broker: Broker) -> None:
        started = time.monotonic()
        broker.kill()
        broker.restart()
        self.killed["broker"] += 1
        self.recovery_s.append(round(time.monotonic() - started, 1))
