"""A worker dies at every single step, from the event to the recorded answer: nothing is lost, little is doubled."""

from __future__ import annotations

import pytest

from tests.support.crashing import KillAt, Killed, SteppedStore, Steps
from tests.support.fakes import MemoryStore
from tests.support.notify import World, flag_data

MOST_WRITES = 40


def lived_through(kill: Steps, *, at_the_dot: bool = False) -> tuple[World, bool]:
    """Raise, mail, clear and mail again; die once on the way and come back. Returns the world and whether it died."""
    store = SteppedStore(MemoryStore())
    world = World(store)  # type: ignore[arg-type]
    world.account("dana", role="consultant", sites=["musterstadt"])
    store.steps = kill
    died = False
    if at_the_dot:
        world.mailer.before_dot = lambda: kill.before("dot")
    for state, seq, until_s in (("raised", 1, 400), ("cleared", 2, 4000)):
        data = flag_data("F-A", state, episode="e1", at=world.now(), seq=seq)
        for act in (lambda d=data, s=state: world.deliver(f"flag.{s}", d), lambda u=until_s: world.run_until(u)):
            try:
                act()
            except Killed:
                died = True
                store.steps = Steps()
                world.mailer.before_dot = lambda: None
                act()
    world.run_until(10_000)
    return world, died


def copies(world: World) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for mail in world.mails():
        key = (mail.to, mail.reason)
        found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_every_mail_arrives_and_only_the_answer_of_the_dot_can_double_one(after: bool) -> None:
    doubled = 0
    for number in range(1, MOST_WRITES):
        world, died = lived_through(KillAt(number, after=after))
        found = copies(world)
        recipients = ("cora@example.org", "dana@example.org")
        assert set(found) == {(to, reason) for to in recipients for reason in ("first", "all_resolved")}, number
        assert sum(found.values()) <= 5, f"write {number}: {found}"
        doubled += sum(found.values()) - 4
        messages = {str(message["Message-ID"]) for message in world.mailer.messages()}
        assert len(messages) == 4, "a copy carries the Message-ID of the first"
        if not died:
            break
    else:
        pytest.fail("more writes than tried")

    assert doubled <= 4, "one gap per mail: between the server's answer and its record"


def test_killed_before_the_dot_the_mail_leaves_exactly_once() -> None:
    for number in range(1, 10):
        world, died = lived_through(KillAt(number), at_the_dot=True)
        if died:
            assert set(copies(world)) == {
                (f"{who}@example.org", reason) for who in ("cora", "dana") for reason in ("first", "all_resolved")
            }


def test_a_mail_whose_worker_vanished_at_the_dot_is_uncertain_then_sent_again_with_the_same_id() -> None:
    store = SteppedStore(MemoryStore())
    world = World(store)  # type: ignore[arg-type]
    world.flag("F-A")
    world.flusher().step()
    store.steps = KillAt(2)  # mark, (dot), record
    with pytest.raises(Killed):
        world.sender().step()
    store.steps = Steps()

    world.run_until(1000)

    delivery = world.deliveries()[0]
    assert [line["state"] for line in delivery["log"]] == ["queued", "leased", "uncertain", "leased", "sent"]
    assert [mail.after_s for mail in world.mails()] == [0, 240]
    assert len({str(message["Message-ID"]) for message in world.mailer.messages()}) == 1


def test_a_store_that_is_away_after_the_dot_is_waited_for() -> None:
    memory = MemoryStore()
    world = World(memory)
    world.flag("F-A")
    world.flusher().step()

    class Away(Steps):
        def before(self, name: str) -> None:
            memory.fail_next = 5 if name == "finish" and not self.done else 0
            self.done = self.done or name == "finish"

        done = False

    stepped = SteppedStore(memory, Away())
    sender = World.sender(world)
    sender._deliveries = stepped.collection("deliveries")

    sender.step()
    world.run_until(1000)

    assert len(world.mails()) == 1
    assert world.deliveries()[0]["state"] == "sent"
