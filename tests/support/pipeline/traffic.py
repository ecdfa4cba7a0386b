"""Sending every chain: many clients at once, each chain in order, every letter until it has a receipt."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.pipeline.client import Client
from tests.support.pipeline.letters import Chain, Letter


@dataclass
class Traffic:
    """`per_s` bounds the rate of all clients together; one letter in twenty is sent again after its receipt."""

    port: int
    key: str
    chains: Sequence[Chain]
    chance: random.Random
    clients: int = 8
    per_s: float = 40.0
    receipts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sent_at: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.total = sum(map(len, self.chains))
        self._waiting = deque(deque(chain) for chain in self.chains)
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(self.clients)]

    def start(self) -> None:
        """Begin to send."""
        for thread in self._threads:
            thread.start()

    @property
    def progress(self) -> float:
        """The share of letters with a receipt; raises AssertionError when one was refused."""
        assert not self.faults, self.faults[:5]
        return len(self.receipts) / self.total

    @property
    def running(self) -> bool:
        """True until every letter has its receipt, or something went wrong."""
        return any(thread.is_alive() for thread in self._threads)

    def finish(self, timeout_s: float) -> None:
        """Wait until everything is sent. Raises AssertionError when it is not, or something was refused."""
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        late = self.running
        self._stop.set()
        assert not self.faults, self.faults[:5]
        assert not late, f"only {len(self.receipts)} receipts within {timeout_s} s"

    def _run(self) -> None:
        client = Client(self.port, self.key)
        try:
            while not self._stop.is_set() and (chain := self._take()) is not None:
                self._send(client, chain[0])
                chain.popleft()
                if chain:
                    with self._lock:
                        self._waiting.insert(self.chance.randint(20, 200), chain)
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
            self._stop.set()
        finally:
            client.close()
            with self._lock:
                self.tally += client.tally

    def _take(self) -> deque[Letter] | None:
        with self._lock:
            if not self._waiting:
                return None
            now = time.monotonic()
            self._next_at = max(now, self._next_at + 1 / self.per_s)
            wait_s = self._next_at - now
            chain = self._waiting.popleft()
        self._stop.wait(wait_s)
        return chain

    def _send(self, client: Client, letter: Letter) -> None:
        instance = letter.body["instance_id"]
        self.sent_at[instance] = time.time()
        receipt = client.deliver(letter.path, letter.body)
        if receipt["revision"] != letter.number:
            raise AssertionError(f"{instance}: revision {receipt['revision']} instead of {letter.number}")
        with self._lock:
            again = self.chance.random() < 0.05
            self.receipts[instance] = receipt
        if again and client.deliver(letter.path, letter.body) != receipt:
            raise AssertionError(f"{instance}: sent again, another receipt came back")
