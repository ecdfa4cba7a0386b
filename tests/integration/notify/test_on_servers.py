"""Notify on every store that can be had: the same story, the same mails, with three workers at once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store import open_store
from shared.store.port import Store
from tests.support.notify import SITE, FakeMailer, Timeline, World

DAY_S = 86_400


@pytest.fixture(params=["sqlite", "mongo_java_uri", "ferretdb_uri"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'notify.db'}"
    else:
        url = f"{request.getfixturevalue(request.param)}/notify_{uuid.uuid4().hex[:8]}"
    opened = open_store(url)
    yield opened
    opened.close()


def test_a_story_from_the_first_flag_to_the_last_resolve(store: Store) -> None:
    timeline = Timeline(World(store))
    timeline.push(0, "F-A").push(10, "F-B").push(1000, "F-A", "cleared")
    timeline.at(2000, lambda: acknowledge(timeline.world, "F-B-1"))
    timeline.push(2 * DAY_S, "F-C").push(3 * DAY_S, "F-B", "cleared").push(3 * DAY_S, "F-C", "cleared")

    timeline.want(0, 0, ["F-A"]).want(300, 300, ["F-A", "F-B"]).want(1000, 1000, ["F-B"], ["F-A"])
    timeline.want(2 * DAY_S, 2 * DAY_S, ["F-C"]).want(3 * DAY_S, 3 * DAY_S, ["F-C"]).want(
        3 * DAY_S, 3 * DAY_S + 300, [], ["F-B", "F-C"]
    ).check(3 * DAY_S + 600)


def acknowledge(world: World, episode: str) -> None:
    account = world.notify.people.account("cora")
    assert account is not None
    world.notify.desk().acknowledging.acknowledge([episode], account)


def test_three_workers_send_each_mail_once(store: Store) -> None:
    world = World(store)
    world.account("dana", role="consultant", sites=[SITE])
    for number in range(6):
        world.site(f"s{number}")
        world.flag("F-A", site=f"s{number}", episode=f"e{number}")
    world.account("cora", role="consultant", sites=["*"])
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

    found = Counter(str(message["Message-ID"]) for mailer in mailers for message in mailer.messages())
    assert len(found) == 6
    assert set(found.values()) == {1}
