"""The real SMTP adapter against a server that misbehaves by script: every row of the code table ends as it should."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.mail.envelope import Envelope
from shared.mail.replies import Meaning, Phase, Reply, meaning
from shared.mail.smtp import SmtpMailer, SmtpTimes, dotted
from shared.runtime.smtp_server import SmtpServer, parse
from tests.support.notify import SITE, World
from tests.support.smtp_sink import Script, SmtpSink
from tests.support.wait import eventually

Mailers = Callable[..., SmtpMailer]
QUICK = SmtpTimes(command_s=0.5, dot_s=0.5)
BODY = b"Subject: x\r\nMessage-ID: <1@example.org>\r\n\r\nLine\r\n.dot\r\n..\r\nend"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


@pytest.fixture
def mailer() -> Iterator[Callable[..., SmtpMailer]]:
    made: list[SmtpMailer] = []

    def make(sink: SmtpSink, **server: Any) -> SmtpMailer:
        made.append(SmtpMailer(replace(parse(sink.url), **server), QUICK))
        return made[-1]

    yield make
    for one in made:
        one.close()


def send(mailer: SmtpMailer, local: str, commit: Callable[[], bool] = lambda: True) -> Reply:
    return mailer.send(Envelope("peilung@example.org", f"{local}@example.org", BODY), commit)


def test_a_mail_arrives_byte_by_byte_with_one_recipient(sink: SmtpSink, mailer: Mailers) -> None:
    reply = send(mailer(sink), "deliver")

    assert meaning(reply) is Meaning.SENT
    assert sink.mails[0].recipients == ["deliver@example.org"]
    assert sink.mails[0].content == BODY + b"\r\n"


@pytest.mark.parametrize(
    ("local", "script", "phase", "what"),
    [
        ("hardbounce", {}, Phase.RCPT, Meaning.HARD_BOUNCE),
        ("softbounce", {}, Phase.RCPT, Meaning.RETRY),
        ("slow", {"slow_s": 1.0}, Phase.RCPT, Meaning.RETRY),
        ("drop-after-dot", {}, Phase.DOT, Meaning.UNCERTAIN),
        ("full", {"rcpt": {"full": "552 5.2.2 mailbox full"}}, Phase.RCPT, Meaning.RETRY),
        ("route", {"rcpt": {"route": "550 5.4.4 no route"}}, Phase.RCPT, Meaning.RETRY),
        ("policy", {"rcpt": {"policy": "554 5.7.1 refused"}}, Phase.RCPT, Meaning.REFUSED),
        ("moved", {"rcpt": {"moved": "551 5.1.6 moved"}}, Phase.RCPT, Meaning.HARD_BOUNCE),
        ("closing", {"rcpt": {"closing": "421 4.3.2 going down"}}, Phase.RCPT, Meaning.RETRY),
        ("gone", {"rcpt": {"gone": "hang up"}}, Phase.RCPT, Meaning.RETRY),
        ("nodata", {"data": {"nodata": "451 4.3.0 later"}}, Phase.DATA, Meaning.RETRY),
        ("cutdata", {"data": {"cutdata": "hang up"}}, Phase.DATA, Meaning.RETRY),
        ("spam", {"dot": {"spam": "550 5.7.1 looks like spam"}}, Phase.DOT, Meaning.REFUSED),
        ("big", {"dot": {"big": "552 5.3.4 too big"}}, Phase.DOT, Meaning.REFUSED),
        ("later", {"dot": {"later": "452 4.3.1 disk full"}}, Phase.DOT, Meaning.RETRY),
        ("any", {"greeting": "554 no service"}, Phase.CONNECT, Meaning.RETRY),
        ("any", {"greeting": "421 busy"}, Phase.CONNECT, Meaning.RETRY),
        ("any", {"greeting": "hang up"}, Phase.CONNECT, Meaning.RETRY),
        ("any", {"mail": "550 5.7.1 sender refused"}, Phase.MAIL, Meaning.PAUSE),
        ("any", {"mail": "530 5.7.0 authenticate first"}, Phase.MAIL, Meaning.PAUSE),
        ("any", {"mail": "452 4.3.1 later"}, Phase.MAIL, Meaning.RETRY),
    ],
)
def test_every_way_a_delivery_can_end(
    local: str, script: dict[str, Any], phase: Phase, what: Meaning, mailer: Mailers
) -> None:
    with SmtpSink(Script(**script)) as sink:
        reply = send(mailer(sink), local)

    assert reply.phase is phase
    assert meaning(reply) is what


@pytest.mark.parametrize(
    ("answer", "what"),
    [("535 5.7.8 wrong password", Meaning.PAUSE), ("454 4.7.0 later", Meaning.RETRY), ("hang up", Meaning.RETRY)],
)
def test_a_refused_password_pauses_and_a_passing_fault_does_not(answer: str, what: Meaning, mailer: Mailers) -> None:
    with SmtpSink(Script(auth=answer)) as sink:
        assert meaning(send(mailer(sink, user="u", password="p"), "deliver")) is what


def test_no_server_at_all_is_tried_again() -> None:
    with SmtpSink() as sink:
        port = sink.port
    server = SmtpServer("127.0.0.1", port, "peilung@example.org")

    assert send(SmtpMailer(server, QUICK), "deliver") == Reply(Phase.CONNECT)


def test_required_encryption_that_is_not_offered_sends_nothing(sink: SmtpSink, mailer: Mailers) -> None:
    reply = send(mailer(sink, tls="required", user="u", password="secret"), "deliver")

    assert reply == Reply(Phase.CONNECT)
    assert not any("AUTH" in command or "MAIL" in command for command in sink.commands)


def test_a_withdrawn_mail_ends_without_the_dot(sink: SmtpSink, mailer: Mailers) -> None:
    reply = send(mailer(sink), "deliver", lambda: False)

    assert reply == Reply(Phase.ABORTED)
    assert sink.mails == []


def test_a_server_that_hung_up_inside_the_mail_has_not_taken_it(sink: SmtpSink, mailer: Mailers) -> None:
    def commit() -> bool:
        return eventually(lambda: sink.hung_up == 1)

    assert send(mailer(sink), "drop-before-dot", commit) == Reply(Phase.BODY)
    assert sink.mails == []


def test_the_connection_is_kept_between_mails_and_renewed_after_a_fault(sink: SmtpSink, mailer: Mailers) -> None:
    connection = mailer(sink)
    for local in ("deliver", "hardbounce", "deliver", "softbounce", "deliver"):
        send(connection, local)
    assert sink.connections == 1

    send(connection, "drop-after-dot")
    send(connection, "deliver")

    assert sink.connections == 2
    assert sink.commands.count("RSET") == 5


def test_a_server_that_hangs_up_between_mails_costs_no_attempt(mailer: Mailers) -> None:
    with SmtpSink(Script(hang_up_after=1)) as sink:
        connection = mailer(sink)

        replies = [meaning(send(connection, "deliver")) for _ in range(3)]

    assert replies == [Meaning.SENT] * 3
    assert sink.connections == 3


def test_leading_dots_and_lone_line_ends_survive() -> None:
    assert dotted(b".\nx\r.y\r\n..z") == b"..\r\nx\r\n..y\r\n...z\r\n"


def test_from_flag_to_mailbox_a_lost_answer_makes_one_copy_more_and_no_other_fault_any(mailer: Mailers) -> None:
    world = World()
    for local in ("softbounce", "drop-after-dot", "deliver"):
        world.account(local, role="consultant", sites=[SITE])
    with SmtpSink() as sink:
        connection = mailer(sink)
        sender = world.sender(mailer=connection)
        world.flag("F-A")
        for _ in range(40):
            while world.flusher().step() or sender.step():
                pass
            world.clock.advance(seconds=60)

    received = sorted(mail.recipients[0].partition("@")[0] for mail in sink.mails)
    assert received == ["cora", "deliver", "drop-after-dot", "drop-after-dot"]
    assert sorted(sink.copies().values()) == [1, 1, 2]
    states = {d["recipient"]: d["state"] for d in world.deliveries()}
    assert states == {"cora": "sent", "deliver": "sent", "softbounce": "retry", "drop-after-dot": "uncertain"}


@pytest.mark.slow
def test_sending_is_nearly_as_fast_as_a_bare_loop(sink: SmtpSink, mailer: Mailers) -> None:
    """Half as fast is the aim on a quiet machine; a quarter still tells a wait for an acknowledgement (40 ms)."""
    connection = mailer(sink)
    with smtplib.SMTP("127.0.0.1", sink.port) as bare:

        def bare_mail() -> None:
            bare.sendmail("peilung@example.org", ["deliver@example.org"], BODY)

        def our_mail() -> None:
            assert meaning(send(connection, "deliver")) is Meaning.SENT

        rounds = [(timed(bare_mail), timed(our_mail)) for _ in range(8)]

    bare_s, ours_s = (min(column) for column in zip(*rounds, strict=True))
    assert ours_s < 4 * bare_s, f"{MAILS / ours_s:.0f} mails/s, a bare loop {MAILS / bare_s:.0f}"


MAILS = 60


def timed(mail: Callable[[], None]) -> float:
    """Return the seconds that a number of mails take."""
    started = time.perf_counter()
    for _ in range(MAILS):
        mail()
    return time.perf_counter() - started
