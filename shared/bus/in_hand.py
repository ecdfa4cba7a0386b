"""The one unacknowledged message: its handler on a thread of its own, its pauses, its acknowledgement."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from shared.bus.backoff import Backoff
from shared.bus.delivery import Delivery, Settler
from shared.errors import InfrastructureError
from shared.runtime import metrics

log = logging.getLogger(__name__)


class OutageTooLong(Exception):
    """What the handler needs has been away for so long that the connection should not be kept."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__("outage")
        self.delivery = delivery


class Limits(Protocol):
    """The times this file needs, in seconds."""

    @property
    def handler_limit_s(self) -> float: ...
    @property
    def pause_limit_s(self) -> float: ...
    @property
    def pause_first_s(self) -> float: ...
    @property
    def pause_longest_s(self) -> float: ...


class Worker:
    """One daemon thread that runs jobs in the order they were submitted."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Future[None], Callable[[], None]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="handler", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], None]) -> Future[None]:
        """Queue a job; the future carries its exception."""
        future: Future[None] = Future()
        self._jobs.put((future, job))
        return future

    def finish(self, timeout_s: float = 5.0) -> None:
        """Let the queued jobs end, then the thread; one that hangs is left behind."""
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            future, job = item
            try:
                job()
                future.set_result(None)
            except BaseException as error:
                future.set_exception(error)


class InHand:
    """A message being settled. While something is away it is kept, and settled again after a growing pause."""

    def __init__(self, message: Any, settler: Settler, worker: Worker, limits: Limits) -> None:
        self._message, self._settler, self._worker, self._limits = message, settler, worker, limits
        self._delivery = Delivery.of(message)
        self._backoff = Backoff(limits.pause_first_s, limits.pause_longest_s)
        self._paused_at: float | None = None
        self._reason = ""
        self._again_at = 0.0
        self._job: Future[None] | None = None
        self._started_at = 0.0
        self._start()

    @property
    def paused(self) -> bool:
        """True between two tries, while something is away."""
        return self._job is None

    @property
    def overdue(self) -> bool:
        """True while a handler runs longer than it may."""
        return self._job is not None and time.monotonic() - self._started_at > self._limits.handler_limit_s

    def wait(self, timeout_s: float) -> None:
        """Return as soon as the handler has ended, at the latest after `timeout_s`."""
        if self._job is None:
            time.sleep(timeout_s)
            return
        try:
            self._job.exception(timeout_s)
        except TimeoutError:
            return

    def advance(self) -> bool:
        """Take the next step; True once the message is acknowledged. Raises OutageTooLong, or what ended the job."""
        now = time.monotonic()
        if self._job is None:
            if self._paused_at is not None and now - self._paused_at > self._limits.pause_limit_s:
                self._resumed()
                raise OutageTooLong(self._delivery)
            if now >= self._again_at:
                self._start()
            return False
        if not self._job.done():
            return False
        error = self._job.exception()
        if isinstance(error, InfrastructureError):
            self._pause(now, type(error).__name__)
            return False
        self._resumed()
        if error is not None:
            raise error
        self._message.ack()
        return True

    def _start(self) -> None:
        self._started_at = time.monotonic()
        self._job = self._worker.submit(lambda: self._settler.settle(self._delivery))

    def _pause(self, now: float, reason: str) -> None:
        if self._paused_at is None:
            self._paused_at, self._reason = now, reason
            metrics.CONSUMER_PAUSED.labels(reason).set(1)
            log.warning("consumer waits", extra={"reason": reason, "message_id": self._delivery.message_id})
        self._job = None
        self._again_at = now + self._backoff.next_s()

    def _resumed(self) -> None:
        if self._paused_at is not None:
            metrics.CONSUMER_PAUSED.labels(self._reason).set(0)
            log.info("consumer goes on", extra={"reason": self._reason})
