"""Links of mails: from the configured address only; acknowledge tokens are signed and expire."""

from __future__ import annotations

from services.notify.adapters.links import VALID_S, MailLinks
from shared.clock import plus

T0 = "2026-03-02T09:00:00.000Z"
DELIVERY = {"_id": "d" * 32, "created_at": T0}
LINKS = MailLinks("https://peilung.example.org/", "k" * 40)


def token() -> str:
    return LINKS.acknowledge(DELIVERY).rpartition("/")[2]


def test_a_token_names_its_delivery_for_thirty_days() -> None:
    assert LINKS.delivery_of(token(), T0) == DELIVERY["_id"]
    assert LINKS.delivery_of(token(), plus(T0, VALID_S - 1)) == DELIVERY["_id"]
    assert LINKS.delivery_of(token(), plus(T0, VALID_S)) is None


def test_damaged_forged_and_foreign_tokens_are_nothing() -> None:
    good = token()

    assert LINKS.delivery_of(good[:-1], T0) is None
    assert LINKS.delivery_of(good[:10] + "A" + good[11:], T0) is None
    assert LINKS.delivery_of("", T0) is None
    assert LINKS.delivery_of("ÄÖÜ\x00", T0) is None
    assert MailLinks("https://peilung.example.org", "x" * 40).delivery_of(good, T0) is None


def test_names_cannot_leave_their_place_in_a_link() -> None:
    assert LINKS.site("a/../b", "ö?x#y") == "https://peilung.example.org/monitoring/a%2F..%2Fb/sites/%C3%B6%3Fx%23y"
    assert LINKS.site("p", "*") == "https://peilung.example.org/support/"
