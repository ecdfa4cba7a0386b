"""What only a networked store can do: answer late, lose a reply, be away."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.errors import StoreUnavailable
from shared.store.mongo import MongoStore
from shared.store.port import Change, Collection, Lease
from tests.support.proxy import IN, OUT, Proxy, proxied
from tests.support.servers.process import free_port
from tests.support.store_workers import together
from tests.support.wait import eventually

NOW, LATER = "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"


@pytest.fixture
def database() -> str:
    """The name of an unused database."""
    return f"contract_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def proxy(mongo_java_uri: str) -> Iterator[Proxy]:
    """What stands between the store and its server."""
    with proxied(urlsplit(mongo_java_uri).port or 0) as proxy:
        yield proxy


@pytest.fixture
def things(proxy: Proxy, database: str) -> Iterator[Collection]:
    """A collection reached through the proxy."""
    store = MongoStore(f"mongodb://127.0.0.1:{proxy.port}/{database}")
    store.ping()
    yield store.collection("things")
    store.close()


@pytest.fixture
def direct(mongo_java_uri: str, database: str) -> Iterator[Collection]:
    """The same collection, reached directly."""
    store = MongoStore(f"{mongo_java_uri}/{database}")
    yield store.collection("things")
    store.close()


def losing_the_reply(proxy: Proxy, call: Callable[[], Any], arrived: Callable[[], Any]) -> Any:
    """Run a call whose reply is lost with its connection once `arrived()`; return or raise what it does."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(call())
        except StoreUnavailable as error:
            outcome.append(error)

    caller = threading.Thread(target=run)
    proxy.hold(IN)
    caller.start()
    eventually(arrived)
    proxy.cut()
    proxy.heal()
    caller.join(10)
    if isinstance(outcome[0], StoreUnavailable):
        raise outcome[0]
    return outcome[0]


def losing_the_last_reply(proxy: Proxy, call: Callable[[], Any], stored: Callable[[], Any]) -> Any:
    """As `losing_the_reply`, for a call that reads before it writes: replies pass until its write is on the way."""

    def run_to_the_write() -> bool:
        proxy.heal()
        proxy.hold(IN)
        return bool(stored())

    return losing_the_reply(proxy, call, run_to_the_write)


def test_an_insert_whose_reply_was_lost_is_found_and_accepted(
    proxy: Proxy, things: Collection, direct: Collection
) -> None:
    losing_the_reply(proxy, lambda: things.insert({"_id": "one", "v": 1}), lambda: direct.get("one"))

    assert direct.get("one") == {"_id": "one", "v": 1}


def test_an_insert_that_somebody_changed_meanwhile_is_unknown(
    proxy: Proxy, things: Collection, direct: Collection
) -> None:
    with pytest.raises(StoreUnavailable):
        losing_the_reply(
            proxy,
            lambda: things.insert({"_id": "one", "n": 1}),
            lambda: direct.update_if("one", {}, Change(inc={"n": 1})),
        )

    assert direct.get("one") == {"_id": "one", "n": 2}


@pytest.mark.parametrize("attempt", range(3))
def test_an_update_whose_reply_was_lost_is_applied_once(
    proxy: Proxy, things: Collection, direct: Collection, attempt: int
) -> None:
    direct.insert({"_id": "one", "n": 0})

    changed = losing_the_last_reply(
        proxy, lambda: things.update_if("one", {}, Change(inc={"n": 1})), lambda: direct.find({"n": 1})
    )

    assert changed == direct.get("one") == {"_id": "one", "n": 1}


def test_a_claim_whose_reply_was_lost_can_be_finished(proxy: Proxy, things: Collection, direct: Collection) -> None:
    direct.insert({"_id": "one", "due": NOW})

    lease = losing_the_last_reply(
        proxy,
        lambda: things.claim({}, due="due", now=NOW, until=LATER, owner="me"),
        lambda: direct.find({"lease_owner": "me"}),
    )

    assert isinstance(lease, Lease)
    assert things.finish("one", lease.fence, Change(unset=("due",))) is True


CALLS: dict[str, Callable[[Collection], Any]] = {
    "insert": lambda things: things.insert({"_id": "new"}),
    "get": lambda things: things.get("one"),
    "update_if": lambda things: things.update_if("one", {}, Change(inc={"n": 1})),
    "put_if_newer": lambda things: things.put_if_newer({"_id": "one", "revision": 1}),
    "claim": lambda things: things.claim({}, due="due", now=NOW, until=LATER, owner="me"),
    "stream": lambda things: list(things.stream({})),
    "count": lambda things: things.count({}),
}


def test_a_server_that_does_not_answer_is_unavailable_within_five_seconds(
    proxy: Proxy, things: Collection, direct: Collection
) -> None:
    direct.insert({"_id": "one", "due": NOW})
    proxy.drop(IN, OUT)
    calls = list(CALLS.values())

    seconds = together(lambda number: _seconds_until_unavailable(lambda: calls[number](things)), times=len(calls))

    assert max(seconds) < 5.3, dict(zip(CALLS, seconds, strict=True))
    proxy.heal()
    proxy.cut()
    eventually(lambda: _answers(things))


def test_a_server_that_goes_away_within_a_stream_is_unavailable_within_five_seconds(
    proxy: Proxy, things: Collection, direct: Collection
) -> None:
    for number in range(450):
        direct.insert({"_id": f"{number:05}"})
    stream = things.stream({})
    next(stream)
    proxy.drop(IN, OUT)

    assert _seconds_until_unavailable(lambda: list(stream)) < 5.3


def test_a_server_that_is_not_there_is_unavailable_within_five_seconds(database: str) -> None:
    store = MongoStore(f"mongodb://127.0.0.1:{free_port()}/{database}")

    assert _seconds_until_unavailable(lambda: store.collection("things").insert({"_id": "one"})) < 5.3
    store.close()


def test_a_ping_waits_a_second(proxy: Proxy, database: str) -> None:
    store = MongoStore(f"mongodb://127.0.0.1:{proxy.port}/{database}")
    store.ping()
    proxy.drop(IN, OUT)

    assert _seconds_until_unavailable(store.ping) < 1.3
    store.close()


def test_writes_ask_for_majority_and_journal(database: str) -> None:
    store = MongoStore(f"mongodb://127.0.0.1:{free_port()}/{database}?w=0&journal=false")

    client = store._client.database().client

    assert client.write_concern.document == {"w": "majority", "j": True}
    assert client.read_concern.document == {"level": "majority"}
    assert (client.options.retry_writes, client.options.pool_options.max_pool_size) == (True, 50)
    store.close()


def test_the_tag_of_a_document_never_shows(things: Collection, direct: Collection) -> None:
    things.insert({"_id": "one", "revision": 1, "due": NOW})

    seen = [
        things.get("one"),
        *things.find({}),
        *things.stream({}),
        *things.page({}).items,
        things.update_if("one", {}, Change(set={"a": 1})),
    ]

    assert all("_etag" not in (document or {"_etag": 1}) for document in seen)


def _seconds_until_unavailable(call: Callable[[], Any]) -> float:
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        call()
    return time.monotonic() - started


def _answers(things: Collection) -> bool:
    try:
        things.count({})
    except StoreUnavailable:
        return False
    return True
