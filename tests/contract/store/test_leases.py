"""Claiming under a lease and finishing under its fence."""

from __future__ import annotations

import pytest

from shared.store.port import Change, Collection, CollectionSpec, Index, Lease, Range, Store

T0, T1, T2, T3 = (f"2026-01-01T00:00:0{second}.000Z" for second in range(4))
A_DAY_EARLIER, A_DAY_LATER = "2025-12-31T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


@pytest.fixture
def jobs(store: Store) -> Collection:
    """Three jobs, due at different times, and a document that is never due."""
    store.migrate([CollectionSpec("jobs", (Index("by_due", ("due",)),))])
    jobs = store.collection("jobs")
    jobs.insert({"_id": "b", "due": T1, "kind": "x"})
    jobs.insert({"_id": "a", "due": T2, "kind": "x"})
    jobs.insert({"_id": "c", "due": T0, "kind": "y"})
    jobs.insert({"_id": "never", "kind": "x"})
    jobs.insert({"_id": "null", "due": None, "kind": "x"})
    return jobs


def claim(jobs: Collection, now: str, until: str = A_DAY_LATER, owner: str = "me", **where: object) -> Lease | None:
    """Claim by `due`."""
    return jobs.claim(where, due="due", now=now, until=until, owner=owner)


def test_the_oldest_due_is_claimed_first(jobs: Collection) -> None:
    leases = [claim(jobs, T2) for _ in range(4)]

    assert [lease and lease.document["_id"] for lease in leases] == ["c", "b", "a", None]


def test_a_claim_marks_the_document(jobs: Collection) -> None:
    lease = claim(jobs, T2, until=T3, owner="worker-1")

    assert lease is not None
    assert lease.fence == 1
    assert lease.document == {
        "_id": "c", "due": T0, "kind": "y", "lease_until": T3, "lease_owner": "worker-1", "fence": 1
    }  # fmt: skip
    assert jobs.get("c") == lease.document


def test_what_is_not_yet_due_is_left(jobs: Collection) -> None:
    assert claim(jobs, T1, kind="x") is not None
    assert claim(jobs, T1, kind="x") is None


def test_conditions_narrow_a_claim(jobs: Collection) -> None:
    lease = claim(jobs, T3, kind="x", due=Range(gt=T1))

    assert lease is not None
    assert lease.document["_id"] == "a"


def test_a_lease_can_be_taken_over_when_it_has_run_out(jobs: Collection) -> None:
    claim(jobs, T0, until=T2, owner="first")
    assert claim(jobs, T1, kind="y") is None

    taken_over = claim(jobs, T2, owner="second", kind="y")

    assert taken_over is not None
    assert (taken_over.fence, taken_over.document["lease_owner"]) == (2, "second")


def test_finishing_applies_the_change_and_gives_the_lease_back(jobs: Collection) -> None:
    lease = claim(jobs, T0)
    assert lease is not None

    assert jobs.finish("c", lease.fence, Change(set={"done": True}, unset=("due",))) is True

    stored = jobs.get("c")
    assert stored is not None
    assert {key: value for key, value in stored.items() if key != "fence"} == {"_id": "c", "kind": "y", "done": True}


def test_a_finished_document_that_is_due_again_can_be_claimed_again(jobs: Collection) -> None:
    first = claim(jobs, T0)
    assert first is not None
    jobs.finish("c", first.fence, Change(set={"due": T1}))

    again = claim(jobs, T1, kind="y")

    assert again is not None
    assert again.fence > first.fence


def test_a_lease_is_finished_once(jobs: Collection) -> None:
    lease = claim(jobs, T0)
    assert lease is not None
    assert jobs.finish("c", lease.fence, Change(inc={"times": 1})) is True

    assert jobs.finish("c", lease.fence, Change(inc={"times": 1})) is False
    assert (jobs.get("c") or {})["times"] == 1


def test_who_lost_the_lease_cannot_finish(jobs: Collection) -> None:
    lost = claim(jobs, T0, until=T1, owner="slow")
    taken_over = claim(jobs, T1, owner="quick", kind="y")
    assert lost is not None
    assert taken_over is not None

    assert jobs.finish("c", lost.fence, Change(set={"by": "slow"})) is False
    assert jobs.finish("c", taken_over.fence, Change(set={"by": "quick"})) is True
    assert (jobs.get("c") or {})["by"] == "quick"


def test_a_lease_that_ran_out_unnoticed_can_still_be_finished(jobs: Collection) -> None:
    lease = claim(jobs, T0, until=T1)
    assert lease is not None

    assert jobs.finish("c", lease.fence, Change()) is True


def test_finishing_a_removed_document_is_lost(jobs: Collection) -> None:
    lease = claim(jobs, T0)
    assert lease is not None
    jobs.delete("c")

    assert jobs.finish("c", lease.fence, Change()) is False


@pytest.mark.parametrize("first_now", [A_DAY_EARLIER, T3, A_DAY_LATER])
@pytest.mark.parametrize("second_now", [A_DAY_EARLIER, T3, A_DAY_LATER])
@pytest.mark.parametrize("first_finishes_first", [True, False])
def test_clocks_a_day_apart_never_let_two_finish(
    store: Store, first_now: str, second_now: str, first_finishes_first: bool
) -> None:
    jobs = store.collection("jobs")
    jobs.insert({"_id": "one", "due": A_DAY_EARLIER, "finished": 0})
    leases = [claim(jobs, now, until=now[:-1] + "9Z", owner=now) for now in (first_now, second_now)]

    fences = [lease.fence for lease in leases if lease]
    for fence in fences if first_finishes_first else fences[::-1]:
        jobs.finish("one", fence, Change(inc={"finished": 1}, unset=("due",)))

    assert (jobs.get("one") or {})["finished"] == 1
