"""Who holds a role is read from a copy that is never older than the last account kept, in any process."""

from __future__ import annotations

from typing import Any

from shared.clock import EPOCH_TEXT
from shared.events import Event
from shared.registry import COLLECTIONS, Registry
from shared.registry.registry import ACCOUNTS
from tests.support.fakes import MemoryStore


def changed(id_: str, revision: int, role: str = "consultant", *, active: bool = True) -> Event:
    grant = {"role": role, "programme": "example", "sites": ["*"]}
    data: dict[str, Any] = {"account": id_, "revision": revision, "email": f"{id_}@example.org", "name": id_}
    data |= {"language": "de", "roles": [grant], "active": active}
    return Event("account.changed", data, "-", "intake", f"{id_}-{revision}", EPOCH_TEXT)


def holders(registry: Registry, role: str = "consultant") -> list[str]:
    return [account.id for account in registry.accounts_for("example", None, role)]


def registries() -> tuple[MemoryStore, Registry, Registry]:
    store = MemoryStore()
    store.migrate(COLLECTIONS)
    return store, Registry(store), Registry(store)


def test_a_change_kept_by_another_process_is_seen() -> None:
    _, mine, other = registries()
    assert holders(mine) == []

    other.handlers()["account.changed"](changed("cora", 1))
    assert holders(mine) == ["cora"]

    other.handlers()["account.changed"](changed("cora", 2, active=False))
    other.handlers()["account.changed"](changed("dana", 1))
    assert holders(mine) == ["dana"]


def test_an_event_whose_first_handling_died_half_way_is_seen_after_the_second() -> None:
    store, mine, other = registries()
    other.handlers()["account.changed"](changed("cora", 1))
    assert holders(mine) == ["cora"]
    event = changed("cora", 2, "evaluator")
    store.collection(ACCOUNTS.name).put_if_newer({**event.data, "_id": "cora"})

    other.handlers()["account.changed"](event)

    assert (holders(mine), holders(mine, "evaluator")) == ([], ["cora"])


def test_without_a_change_the_accounts_are_read_once() -> None:
    store, mine, _ = registries()
    mine.handlers()["account.changed"](changed("cora", 1))
    first = mine.accounts_for("example", None, "consultant")

    assert mine.accounts_for("example", None, "consultant")[0] is first[0]
