"""A mail's states: what every outcome changes, when it is tried again, and that final states stay."""

from __future__ import annotations

from typing import Any

import pytest

from shared.clock import from_text, plus
from shared.mail import delivery as deliveries
from shared.mail.delivery import Patience
from shared.mail.replies import Phase, Reply
from shared.store.changes import apply

T0 = "2026-03-02T09:00:00.000Z"
PATIENCE = Patience()
LATER = Reply(Phase.RCPT, 451)


def mail(**more: Any) -> dict[str, Any]:
    document = {"_id": "d1", "route": "critical", "state": "queued", "attempts": 0, "created_at": T0, "next_at": T0}
    return {**document, "log": [], **more}


def after(document: dict[str, Any], reply: Reply, at: str = T0) -> dict[str, Any]:
    return apply(document, deliveries.after_reply(document, reply, at, "w", PATIENCE))


def test_ids_follow_from_group_and_tick_and_fit_a_message_id() -> None:
    assert deliveries.delivery_id("g", 1) == deliveries.delivery_id("g", 1)
    assert deliveries.delivery_id("g", 1) != deliveries.delivery_id("g", 2)
    assert deliveries.message_id(deliveries.delivery_id("g", 1), "example.org").count("@") == 1
    assert len(deliveries.delivery_id("g", 1)) == 32


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(Phase.DOT, 250), "sent"),
        (Reply(Phase.RCPT, 550, "5.1.1"), "failed_permanent"),
        (Reply(Phase.DOT, 554, "5.7.1"), "failed_permanent"),
    ],
)
def test_final_states_are_never_due_again(reply: Reply, state: str) -> None:
    document = after(mail(phase="dot"), reply)

    assert document["state"] == state
    assert "next_at" not in document
    assert "phase" not in document


def test_retries_wait_longer_and_longer_then_hourly_and_end_after_a_day() -> None:
    document, at, waits = mail(), T0, []
    while document["state"] in ("queued", "retry"):
        document = after(document, LATER, at)
        if "next_at" in document:
            waits.append(round((from_text(document["next_at"]) - from_text(at)).total_seconds()))
            at = document["next_at"]

    assert waits[:5] == [30, 120, 300, 900, 1800]
    assert all(3240 <= wait <= 3960 for wait in waits[5:])
    assert len(set(waits[5:])) > 5
    assert document["state"] == "expired"
    assert plus(T0, 86_400) <= at < plus(T0, 86_400 + 3961)


def test_the_jitter_of_a_mail_is_always_the_same_and_differs_between_mails() -> None:
    assert deliveries.retry_after_s("a", 9) == deliveries.retry_after_s("a", 9)
    assert deliveries.retry_after_s("a", 9) != deliveries.retry_after_s("b", 9)


@pytest.mark.parametrize(("route", "wait_s"), [("critical", 60), ("standard", 900), ("digest", 900)])
def test_an_uncertain_mail_is_sent_again_once(route: str, wait_s: int) -> None:
    lost = Reply(Phase.DOT)

    once = after(mail(route=route), lost)
    twice = after(once, lost)

    assert (once["state"], once["next_at"]) == ("uncertain", plus(T0, wait_s))
    assert twice["state"] == "uncertain"
    assert "next_at" not in twice


def test_a_paused_channel_uses_up_no_attempt() -> None:
    document = after(mail(), Reply(Phase.AUTH, 535), plus(T0, 500_000))

    assert (document["state"], document["next_at"]) == ("retry", plus(T0, 500_300))
    assert "failures" not in document


def test_a_mail_abandoned_before_the_dot_is_due_at_once() -> None:
    document = after(mail(phase="dot"), Reply(Phase.ABORTED))

    assert (document["state"], document["next_at"]) == ("retry", T0)
    assert "phase" not in document


def test_the_mark_before_the_dot_counts_the_attempt() -> None:
    document = apply(mail(), deliveries.before_dot(mail(), T0, "w"))

    assert deliveries.left_at_the_dot(document)
    assert (document["state"], document["attempts"]) == ("leased", 1)


def test_every_change_leaves_one_line_in_the_log() -> None:
    document = mail()
    for number, reply in enumerate((LATER, Reply(Phase.AUTH, 535), Reply(Phase.DOT), Reply(Phase.DOT, 250)), 1):
        document = after(document, reply)
        assert len(document["log"]) == number
        assert document["log"][-1]["state"] == document["state"]


def test_a_resend_starts_counting_anew() -> None:
    spent = after(after(mail(), Reply(Phase.DOT)), Reply(Phase.DOT))
    at = plus(T0, 1_000_000)

    document = apply(spent, deliveries.queued_again(at, "operator"))

    assert (document["state"], document["next_at"], document["unsure"]) == ("queued", at, 0)
    assert after(document, LATER, at)["state"] == "retry"
