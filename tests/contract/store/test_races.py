"""Many at once: threads with connections of their own, and processes."""

from __future__ import annotations

from shared.store.port import Change, Collection, CollectionSpec, Duplicate, Index, Store
from tests.support.store_workers import (
    LATER,
    NOW,
    count_up,
    drain,
    drain_collection,
    in_processes,
    insert_each,
    together,
)


def test_of_many_who_insert_an_id_one_succeeds(things: Collection) -> None:
    won = together(lambda number: [id_ for id_ in range(20) if _inserts(things, str(id_), number)])

    assert sorted(id_ for ids in won for id_ in ids) == list(range(20))
    for number, ids in enumerate(won):
        assert all((things.get(str(id_)) or {})["by"] == number for id_ in ids)


def test_of_many_who_insert_a_unique_key_one_succeeds(store: Store) -> None:
    store.migrate([CollectionSpec("things", (Index("by_key", ("key", "n.key"), unique=True),))])
    things = store.collection("things")

    def work(number: int) -> list[int]:
        return [key for key in range(15) if _inserts(things, f"{number}-{key}", number, key=key, n={"key": "x"})]

    assert sorted(key for keys in together(work) for key in keys) == list(range(15))
    assert things.count({}) == 15


def test_of_many_who_claim_each_document_goes_to_one(store: Store) -> None:
    jobs = _jobs(store, 40)

    finished = together(lambda number: drain_collection(jobs, f"owner-{number}"))

    assert sorted(id_ for ids in finished for id_ in ids) == [f"{number:03}" for number in range(40)]
    assert jobs.count({"times": 1, "fence": 2}) == 40


def test_of_many_who_finish_one_lease_one_succeeds(store: Store) -> None:
    jobs = _jobs(store, 1)
    lease = jobs.claim({}, due="due", now=NOW, until=LATER, owner="all")
    assert lease is not None

    results = together(lambda _: jobs.finish("000", lease.fence, Change(inc={"times": 1})))

    assert results.count(True) == 1
    assert (jobs.get("000") or {})["times"] == 1


def test_no_increment_is_lost(things: Collection) -> None:
    things.insert({"_id": "counter", "n": 0})

    got = together(lambda _: [(things.update_if("counter", {}, Change(inc={"n": 1})) or {})["n"] for _ in range(20)])

    assert sorted(value for values in got for value in values) == list(range(1, 161))
    assert things.get("counter") == {"_id": "counter", "n": 160}


def test_no_appended_element_is_lost(things: Collection) -> None:
    things.insert({"_id": "list"})

    together(lambda number: [things.update_if("list", {}, Change(append={"l": f"{number}/{i}"})) for i in range(10)])

    stored = [[int(part) for part in element.split("/")] for element in (things.get("list") or {})["l"]]
    assert sorted(stored) == [[number, i] for number in range(8) for i in range(10)]
    assert all([i for n, i in stored if n == number] == list(range(10)) for number in range(8))


def test_one_of_many_conditional_updates_wins(things: Collection) -> None:
    things.insert({"_id": "one", "state": 0})

    def work(number: int) -> list[int]:
        change = [Change(set={"state": state + 1, "by": number}) for state in range(20)]
        return [state for state in range(20) if things.update_if("one", {"state": state}, change[state])]

    won = [state for states in together(work) for state in states]
    assert len(won) == len(set(won))
    assert (things.get("one") or {})["state"] == len(won)


def test_the_highest_revision_wins(things: Collection) -> None:
    def work(number: int) -> int:
        revisions = [(7 * i + number) % 40 + 1 for i in range(40)]
        return sum(things.put_if_newer({"_id": "one", "revision": r, "copy": r}) for r in revisions)

    written = together(work)

    assert things.get("one") == {"_id": "one", "revision": 40, "copy": 40}
    assert 1 <= sum(written) <= 40


def test_processes_share_the_work_without_doing_any_twice(url: str, store: Store) -> None:
    jobs = _jobs(store, 60)
    store.collection("counters").insert({"_id": "c", "n": 0})

    finished = in_processes(drain, [(url, "jobs", f"owner-{number}") for number in range(4)])
    got = in_processes(count_up, [(url, "counters", "c", 25)] * 4)

    assert sorted(id_ for ids in finished for id_ in ids) == [f"{number:03}" for number in range(60)]
    assert jobs.count({"times": 1}) == 60
    assert sorted(value for values in got for value in values) == list(range(1, 101))


def test_processes_insert_an_id_once(url: str, store: Store) -> None:
    ids = [f"{number:03}" for number in range(50)]

    inserted = in_processes(insert_each, [(url, "things", ids), (url, "things", ids[::-1])] * 2)

    assert sorted(id_ for some in inserted for id_ in some) == ids
    assert [document["_id"] for document in store.collection("things").find({"v": 1})] == ids


def _jobs(store: Store, number: int) -> Collection:
    store.migrate([CollectionSpec("jobs", (Index("by_due", ("due",)),))])
    jobs = store.collection("jobs")
    for i in range(number):
        jobs.insert({"_id": f"{i:03}", "due": NOW, "times": 0})
    return jobs


def _inserts(things: Collection, id_: str, by: int, **fields: object) -> bool:
    try:
        things.insert({"_id": id_, "by": by, **fields})
    except Duplicate:
        return False
    return True
