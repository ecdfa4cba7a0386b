from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from services.intake.adapters.sealing import DraftSeal
from services.intake.domain.sealing import Sealed, Unreadable

ABOUT = Sealed("draft-1", 3, "own part of a link")
CONTENT = {"answers": {"comment": "canary-0815 Ähre 🌾", "groups": 10}, "typed": {}, "seen": ["g_numbers"]}


def seal(secret: str = "now", *older: str) -> DraftSeal:
    return DraftSeal(f"{secret}, a secret that is long enough for tests", [*older])


def test_what_is_sealed_comes_back_and_is_not_in_the_text() -> None:
    sealed = seal().seal(CONTENT, ABOUT)

    assert seal().open(sealed, ABOUT) == CONTENT
    stored = json.dumps(sealed) + str(base64.b64decode(sealed["data"]))
    assert "canary" not in stored
    assert "g_numbers" not in stored


def test_the_same_content_is_never_the_same_text() -> None:
    assert seal().seal(CONTENT, ABOUT)["data"] != seal().seal(CONTENT, ABOUT)["data"]


@pytest.mark.parametrize("other", [{"id": "draft-2"}, {"rev": 4}, {"own": "another part"}, {"own": ""}])
def test_content_opens_only_in_its_draft_and_revision_by_its_own_link(other: dict[str, Any]) -> None:
    sealed = seal().seal(CONTENT, ABOUT)

    with pytest.raises(Unreadable):
        seal().open(sealed, replace(ABOUT, **other))


@pytest.mark.parametrize("part", ["data", "nonce"])
def test_one_changed_bit_is_noticed(part: str) -> None:
    sealed = seal().seal(CONTENT, ABOUT)
    raw = bytearray(base64.b64decode(sealed[part]))
    raw[0] ^= 1

    with pytest.raises(Unreadable):
        seal().open({**sealed, part: base64.b64encode(bytes(raw)).decode()}, ABOUT)


@pytest.mark.parametrize("broken", [{"data": ""}, {"data": "ä"}, {"nonce": "AAAA"}, {"nonce": "!"}, {"key": "none"}])
def test_what_is_no_seal_is_unreadable(broken: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        seal().open({**seal().seal(CONTENT, ABOUT), **broken}, ABOUT)


def test_a_draft_of_an_earlier_secret_opens_while_that_secret_is_named() -> None:
    earlier = "before, a secret that is long enough for tests"
    sealed = seal("before").seal(CONTENT, ABOUT)

    assert seal("now", earlier).open(sealed, ABOUT) == CONTENT
    with pytest.raises(Unreadable):
        seal("now").open(sealed, ABOUT)


def test_what_is_saved_after_a_change_of_secrets_no_longer_needs_the_earlier_one() -> None:
    sealed = seal("now", "before, a secret that is long enough for tests").seal(CONTENT, ABOUT)

    assert seal("now").open(sealed, ABOUT) == CONTENT
    with pytest.raises(Unreadable):
        seal("before").open(sealed, ABOUT)


def test_sealing_and_opening_a_long_draft_takes_less_than_a_millisecond() -> None:
    long = {"answers": {f"question_{number}": "Wort " * 8 for number in range(250)}, "typed": {}, "seen": []}
    one, took = seal(), []
    for rev in range(200):
        began = time.perf_counter()
        about = replace(ABOUT, rev=rev)
        one.open(one.seal(long, about), about)
        took.append(time.perf_counter() - began)

    assert sorted(took)[20] < 0.001
