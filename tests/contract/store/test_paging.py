"""Paging: every document once, whatever arrives meanwhile; foreign cursors are refused."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Invalid
from shared.store.port import Collection, CollectionSpec, Index, Range, Store


@pytest.fixture
def things(store: Store) -> Collection:
    """Documents with equal, different and missing values at `at`."""
    store.migrate([CollectionSpec("things", (Index("by_at", ("at",)),))])
    things = store.collection("things")
    for number in range(23):
        at = {} if number % 5 == 0 else {"at": f"2026-01-{number % 4 + 1:02}"}
        things.insert({"_id": f"{number:02}", "number": number, **at})
    return things


@pytest.mark.parametrize("sort", ["_id", "-_id", "at", "-at", "number", "-number"])
@pytest.mark.parametrize("limit", [1, 4, 23, 100])
def test_the_pages_together_are_what_find_gives(things: Collection, sort: str, limit: int) -> None:
    pages = _pages(things, sort, limit)

    assert [document for page in pages for document in page] == things.find({}, sort=(sort,))
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


def test_a_condition_on_the_sort_path_holds_on_every_page(things: Collection) -> None:
    where = {"at": Range(gt="2026-01-01", lt="2026-01-04"), "number": Range(gte=3)}

    pages = _pages(things, "at", 3, where)

    assert [document for page in pages for document in page] == things.find(where, sort=("at",))


def test_the_last_page_has_no_cursor_even_when_full(things: Collection) -> None:
    assert things.page({}, limit=23).next is None
    assert things.page({}, limit=22).next is not None
    assert things.page({"number": 99}).next is None


@pytest.mark.parametrize("sort", ["number", "-number"])
def test_documents_inserted_or_removed_meanwhile_shift_nothing(things: Collection, sort: str) -> None:
    first = things.page({}, sort=sort, limit=10)
    things.insert({"_id": "before", "number": -1 if sort == "number" else 99})
    things.insert({"_id": "behind", "number": 99 if sort == "number" else -1})
    things.delete(first.items[-1]["_id"])

    second = things.page({}, sort=sort, limit=100, cursor=first.next)

    expected = [f"{number:02}" for number in range(10, 23)] if sort == "number" else [
        f"{number:02}" for number in range(12, -1, -1)
    ]  # fmt: skip
    assert [document["_id"] for document in second.items] == [*expected, "behind"]


def test_any_changed_character_makes_a_cursor_invalid(things: Collection) -> None:
    cursor = things.page({}, sort="at", limit=7).next
    assert cursor is not None
    tampered = [cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :] for i in range(len(cursor))]

    for text in [*tampered, "", "x", cursor + "A", cursor[:-1], cursor + "=", "é" + cursor, "\ud800"]:
        with pytest.raises(Invalid):
            things.page({}, sort="at", cursor=text)


def test_a_cursor_belongs_to_its_sort_and_collection(store: Store, things: Collection) -> None:
    cursor = things.page({}, sort="at", limit=7).next

    with pytest.raises(Invalid):
        things.page({}, sort="-at", cursor=cursor)
    with pytest.raises(Invalid):
        store.collection("others").page({}, sort="at", cursor=cursor)


def _pages(
    things: Collection, sort: str, limit: int, where: dict[str, Any] | None = None
) -> list[list[dict[str, Any]]]:
    pages, cursor = [], None
    while True:
        page = things.page(where or {}, sort=sort, limit=limit, cursor=cursor)
        pages.append(page.items)
        cursor = page.next
        if cursor is None:
            return pages
