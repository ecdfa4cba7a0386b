"""Several workers and events that arrive in the middle of a tick: nothing is missed, nothing is said twice."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from shared.store import open_store
from tests.support.crashing import SteppedStore, Steps
from tests.support.fakes import MemoryStore
from tests.support.notify import FakeMailer, World, flag_data


class Meanwhile(Steps):
    """Lets something happen once, before or after the n-th write."""

    def __init__(self, number: int, act: object, *, after: bool) -> None:
        self._left, self._act, self._after = number, act, after

    def before(self, name: str) -> None:
        if not self._after:
            self._count()

    def after(self, name: str, result: object) -> None:
        if self._after:
            self._count()

    def _count(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._act()  # type: ignore[operator]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("second", ["raised", "cleared"])
def test_what_happens_in_the_middle_of_a_tick_is_in_the_next_mail(number: int, after: bool, second: str) -> None:
    memory = MemoryStore()
    outside = World(memory)
    outside.flag("F-A")
    stepped = SteppedStore(memory)
    inside = World.__new__(World)
    inside.__dict__.update(outside.__dict__, store=stepped)
    flusher = inside.flusher()
    act = (lambda: outside.flag("F-B")) if second == "raised" else (lambda: outside.flag("F-A", "cleared"))
    stepped.steps = Meanwhile(number, act, after=after)

    flusher.step()
    stepped.steps = Steps()
    outside.run_until(3600)

    told = [(alert["flag"], alert["status"]) for mail in outside.mails() for alert in mail.delivery["alerts"]]
    if second == "raised":
        assert told.count(("F-A", "new")) == told.count(("F-B", "new")) == 1
    else:
        assert told.count(("F-A", "resolved")) == told.count(("F-A", "new"))


def test_three_workers_say_what_one_would_say(tmp_path: Path) -> None:
    world = World(open_store(f"sqlite:///{tmp_path / 'notify.db'}"))
    for number in range(12):
        world.site(f"s{number}")
    world.account("cora", role="consultant", sites=["*"])
    for number in range(36):
        world.flag(f"F-{number % 3}", site=f"s{number % 12}", episode=f"e{number}")
    mailers = [FakeMailer(world.clock) for _ in range(3)]

    def work(number: int) -> None:
        flusher, sender = world.flusher(f"w{number}"), world.sender(f"w{number}", mailers[number])
        while flusher.step() or sender.step():
            pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    work(0)

    found = Counter(str(message["Subject"]) for mailer in mailers for message in mailer.messages())
    assert sum(found.values()) == 12
    assert set(found.values()) == {1}


def test_two_hundred_flags_at_once_all_land_in_a_group_that_is_being_flushed(tmp_path: Path) -> None:
    world = World(open_store(f"sqlite:///{tmp_path / 'notify.db'}"), critical_interval_s=0.0)
    done = threading.Event()

    def raise_some(part: int) -> None:
        handlers = world.notify.handlers()
        for number in range(part * 25, part * 25 + 25):
            data = flag_data(f"F-{number}", "raised", episode=f"e{number}", at=world.now(), seq=1)
            event = world.event("flag.raised", data)
            handlers["flag.raised"](event)

    def flush() -> None:
        flusher = world.flusher("busy")
        while not done.is_set():
            flusher.step()

    flushing = threading.Thread(target=flush)
    flushing.start()
    threads = [threading.Thread(target=raise_some, args=(part,)) for part in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    done.set()
    flushing.join(60)
    world.run_until(60)

    news = Counter(a["flag"] for d in world.deliveries() for a in d["alerts"] if a["status"] == "new")
    assert len(news) == 200
    assert set(news.values()) == {1}


def test_a_restart_neither_repeats_nor_forgets() -> None:
    before = World()
    before.flag("F-A")
    before.run_until(10)
    before.flag("F-B")

    after = World(before.store)
    after.clock = before.clock
    after.notify.clock = before.clock
    after.mailer = before.mailer
    after.run_until(3600)

    assert [(mail.after_s, mail.firing) for mail in after.mails()] == [(0, ["F-A"]), (300, ["F-B", "F-A"])]
