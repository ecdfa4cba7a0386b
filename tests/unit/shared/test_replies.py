"""The code table of mail servers' answers, row by row."""

from __future__ import annotations

import pytest

from shared.mail.replies import Meaning, Phase, Reply, enhanced_code, meaning

ROWS = [
    (Reply(Phase.DOT, 250, "2.0.0"), Meaning.SENT),
    (Reply(Phase.CONNECT), Meaning.RETRY),
    (Reply(Phase.CONNECT, 421), Meaning.RETRY),
    (Reply(Phase.CONNECT, 554), Meaning.RETRY),
    (Reply(Phase.AUTH), Meaning.RETRY),
    (Reply(Phase.AUTH, 454), Meaning.RETRY),
    (Reply(Phase.AUTH, 535, "5.7.8"), Meaning.PAUSE),
    (Reply(Phase.AUTH, 534), Meaning.PAUSE),
    (Reply(Phase.MAIL), Meaning.RETRY),
    (Reply(Phase.MAIL, 421), Meaning.RETRY),
    (Reply(Phase.MAIL, 451), Meaning.RETRY),
    (Reply(Phase.MAIL, 530), Meaning.PAUSE),
    (Reply(Phase.MAIL, 550, "5.7.1"), Meaning.PAUSE),
    (Reply(Phase.RCPT), Meaning.RETRY),
    (Reply(Phase.RCPT, 450, "4.2.1"), Meaning.RETRY),
    (Reply(Phase.RCPT, 550, "5.1.1"), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 550, "5.1.2"), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 553, "5.1.3"), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 551, "5.1.6"), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 556, "5.1.10"), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 550), Meaning.HARD_BOUNCE),
    (Reply(Phase.RCPT, 552, "5.2.2"), Meaning.RETRY),
    (Reply(Phase.RCPT, 550, "5.4.4"), Meaning.RETRY),
    (Reply(Phase.RCPT, 530, "5.7.0"), Meaning.PAUSE),
    (Reply(Phase.RCPT, 554, "5.7.1"), Meaning.REFUSED),
    (Reply(Phase.RCPT, 550, "5.7.1"), Meaning.REFUSED),
    (Reply(Phase.RCPT, 554), Meaning.REFUSED),
    (Reply(Phase.DATA), Meaning.RETRY),
    (Reply(Phase.DATA, 354), Meaning.RETRY),
    (Reply(Phase.DATA, 250), Meaning.RETRY),
    (Reply(Phase.DATA, 452), Meaning.RETRY),
    (Reply(Phase.DATA, 554, "5.5.1"), Meaning.REFUSED),
    (Reply(Phase.BODY), Meaning.RETRY),
    (Reply(Phase.DOT, 421), Meaning.RETRY),
    (Reply(Phase.DOT, 451, "4.7.1"), Meaning.RETRY),
    (Reply(Phase.DOT, 552, "5.3.4"), Meaning.REFUSED),
    (Reply(Phase.DOT, 550, "5.7.1"), Meaning.REFUSED),
    (Reply(Phase.DOT, 550, "5.1.1"), Meaning.REFUSED),
    (Reply(Phase.DOT), Meaning.UNCERTAIN),
    (Reply(Phase.ABORTED), Meaning.LOST_LEASE),
]


@pytest.mark.parametrize(("reply", "what"), ROWS, ids=[f"{r.in_words()}" for r, _ in ROWS])
def test_every_row(reply: Reply, what: Meaning) -> None:
    assert meaning(reply) is what


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5.1.1 no such user", "5.1.1"),
        ("  4.2.2 full", "4.2.2"),
        ("2.0.0 kept", "2.0.0"),
        ("no code", None),
        ("10.1.1.1 is blocked", None),
        ("server 5.1.1", None),
        ("", None),
    ],
)
def test_enhanced_codes_are_read_from_the_start_only(text: str, code: str | None) -> None:
    assert enhanced_code(text) == code


def test_the_log_never_carries_the_servers_words() -> None:
    assert Reply(Phase.RCPT, 550, "5.1.1").in_words() == "rcpt 550 5.1.1"
