"""What was accepted is there, whoever dies; a store outlives forks and lost connections."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from shared.store import open_store
from shared.store.port import Change, Store


@pytest.mark.parametrize("acknowledged", [1, 150])
def test_everything_accepted_survives_kill_9(url: str, store: Store, acknowledged: int) -> None:
    command = [sys.executable, "-m", "tests.support.store_workers", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        ids = [child.stdout.readline().strip() for _ in range(acknowledged)]
        child.send_signal(signal.SIGKILL)
        ids += child.stdout.read().split()

    stored = {document["_id"]: document for document in store.collection("things").find({})}
    assert set(ids) <= set(stored)
    assert len(stored) <= len(ids) + 1
    assert all(len(document["payload"]) == 500 for document in stored.values())


def test_another_process_goes_on_after_kill_9(url: str, store: Store) -> None:
    things = store.collection("things")
    command = [sys.executable, "-m", "tests.support.store_workers", url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        things.insert({"_id": "mine"})
        child.kill()

    things.insert({"_id": "after"})

    assert things.update_if("mine", {}, Change(set={"v": 1})) == {"_id": "mine", "v": 1}
    assert things.get("after") == {"_id": "after"}


def test_a_store_opened_before_a_fork_works_on_both_sides(store: Store) -> None:
    things = store.collection("things")
    things.insert({"_id": "before"})

    child = os.fork()
    if child == 0:
        status = 1
        try:
            assert things.get("before") == {"_id": "before"}
            things.insert({"_id": "child"})
            status = 0
        finally:
            os._exit(status)
    things.insert({"_id": "parent"})

    assert os.waitpid(child, 0)[1] == 0
    assert {document["_id"] for document in things.find({})} == {"before", "child", "parent"}


def test_what_one_store_writes_another_reads_at_once(url: str, store: Store) -> None:
    other = open_store(url)
    for number in range(30):
        store.collection("things").insert({"_id": f"{number:02}"})
        assert other.collection("things").get(f"{number:02}") is not None
        assert other.collection("things").count({}) == number + 1
    other.close()
