"""A consumer in a process of its own, to be killed: `python -m tests.support.consumer_process URL FILE STUCK`.

Appends the id of every handled submission to FILE; hangs for ever in the one whose number is STUCK.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from shared.bus.consumer import Consumer
from shared.events import Event
from tests.support.bus import QUICK, QUICK_BUS, handlers


def main(url: str, file: str, stuck: str) -> None:
    """Consume as scoring until killed."""

    def handle(event: Event) -> None:
        with Path(file).open("a") as out:
            out.write(f"{event.data['submission']}\n")
        if event.data["submission"] == stuck:
            threading.Event().wait()

    Consumer(url, "scoring", handlers("scoring", submission_received=handle), options=QUICK, bus=QUICK_BUS).run(
        threading.Event()
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
