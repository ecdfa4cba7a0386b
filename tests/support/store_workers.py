"""What the child processes of the store's race and durability tests do."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from shared.errors import StoreUnavailable
from shared.store import open_store
from shared.store.port import Change, Collection, Duplicate

NOW, LATER = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


def together(work: Callable[[int], Any], times: int = 8) -> list[Any]:
    """Run `work(0)`, `work(1)` … at the same time on threads; return what they return, in order."""
    results: list[Any] = [None] * times
    line = threading.Barrier(times)

    def run(number: int) -> None:
        line.wait(30)
        try:
            results[number] = work(number)
        except Exception as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run `work(*arguments)` once per entry, each in a new process; return what they return, in order."""
    with multiprocessing.get_context("spawn").Pool(len(arguments)) as pool:
        return pool.starmap_async(work, arguments).get(120)


def insert_each(url: str, name: str, ids: Sequence[str]) -> list[str]:
    """Insert every id that is not taken; return those it inserted."""
    store = open_store(url)
    inserted = [id_ for id_ in ids if _inserts(store.collection(name), {"_id": id_, "v": 1})]
    store.close()
    return inserted


def drain(url: str, name: str, owner: str) -> list[str]:
    """Claim, count up and finish until nothing is due; return the ids it finished."""
    store = open_store(url)
    finished = drain_collection(store.collection(name), owner)
    store.close()
    return finished


def drain_collection(jobs: Collection, owner: str) -> list[str]:
    """Claim, count up and finish until nothing is due; return the ids it finished."""
    finished = []
    while lease := jobs.claim({}, due="due", now=NOW, until=LATER, owner=owner):
        id_ = lease.document["_id"]
        if jobs.finish(id_, lease.fence, Change(inc={"times": 1}, unset=("due",))):
            finished.append(id_)
    return finished


def count_up(url: str, name: str, id_: str, times: int) -> list[int]:
    """Increment a counter; return the values it got."""
    store = open_store(url)
    things = store.collection(name)
    got = []
    for _ in range(times):
        changed = things.update_if(id_, {}, Change(inc={"n": 1}))
        assert changed is not None
        got.append(changed["n"])
    store.close()
    return got


def insert_for_ever(url: str) -> None:
    """Insert documents and print each id once it is accepted."""
    things = open_store(url).collection("things")
    number = 0
    while True:
        number += 1
        try:
            things.insert({"_id": f"{number:06}", "payload": "x" * 500})
        except StoreUnavailable:
            continue
        print(f"{number:06}", flush=True)


def _inserts(things: Collection, document: dict[str, Any]) -> bool:
    try:
        things.insert(document)
    except Duplicate:
        return False
    return True


if __name__ == "__main__":
    insert_for_ever(sys.argv[1])
