"""What counts the mails of a run under fire sees every copy and every piece of news told twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.pipeline.oracle import Verdict, check_copies, check_told_once

News = tuple[str, str]


def delivery(number: int, *alerts: News, recipient: str = "consultant-s001") -> dict[str, Any]:
    """Return a delivery that speaks of episode e1 of F-P01 so: (status, severity)."""
    said = [{"flag": "F-P01", "episode": "e1", "status": status, "severity": severity} for status, severity in alerts]
    log = [{"state": "uncertain"}] * 5  # the product's own doubts excuse nothing
    return {
        "_id": f"d{number}", "message_id": f"<d{number}@example.org>", "state": "sent", "recipient": recipient,
        "created_at": f"2026-01-01T00:00:{number:02d}.000Z", "tick_no": number, "alerts": said, "log": log,
    }  # fmt: skip


def mails(*numbers: int) -> list[dict[str, str]]:
    """Return what the mail server has of these deliveries."""
    return [{"message_id": f"<d{number}@example.org>"} for number in numbers]


@pytest.mark.parametrize(
    ("arrived", "killed", "wrong"),
    [
        ((1, 2), 0, set()),
        ((1, 2, 2), 0, {"mails sent twice", "more copies than mails in the hands of those killed"}),
        ((1, 2, 2), 1, set()),
        ((1, 2, 2, 2), 9, {"mails sent twice"}),
        ((1, 1, 2, 2, 3, 3), 1, {"more copies than mails in the hands of those killed", "mails nobody decided on"}),
        ((1,), 0, {"mails that never arrived"}),
    ],
)
def test_copies_are_counted_at_the_mail_server_and_excused_by_kills_alone(
    arrived: tuple[int, ...], killed: int, wrong: set[str]
) -> None:
    verdict = Verdict()

    check_copies(verdict, [delivery(1), delivery(2)], mails(*arrived), killed)

    assert verdict.wrong.keys() == wrong


WARN, CRITICAL, OPEN, OVER = ("new", "warn"), ("new", "critical"), ("ongoing", "critical"), ("resolved", "warn")


@pytest.mark.parametrize(
    ("said", "peak", "twice"),
    [
        ([WARN, CRITICAL, OPEN], "critical", 0),
        ([CRITICAL, CRITICAL], "critical", 1),
        ([WARN, WARN], "warn", 1),
        ([WARN, WARN], "critical", 0),  # it had risen and fallen again before the second mail
        ([WARN, WARN, WARN], "critical", 1),
        ([WARN, OVER, WARN], "warn", 0),
    ],
)
def test_news_comes_once_unless_it_was_called_off(said: list[News], peak: str, twice: int) -> None:
    verdict = Verdict()

    check_told_once(verdict, [delivery(number, one) for number, one in enumerate(said)], {"e1": peak})

    assert len(verdict.wrong.get("news told twice", [])) == twice


def test_news_may_come_to_several_people_but_not_in_two_mails_to_one() -> None:
    apart, together = Verdict(), Verdict()

    check_told_once(apart, [delivery(1, WARN), delivery(2, WARN, recipient="lead")], {"e1": "warn"})
    check_told_once(together, [delivery(1, WARN), delivery(2, WARN)], {"e1": "warn"})

    assert apart.wrong == {}
    assert together.wrong.keys() == {"news told twice"}
