"""What an operator meets: a refused channel, overdue mails, resending, the test mail."""

from __future__ import annotations

import logging

import pytest

from services.notify.handlers.auditing import Auditor
from services.notify.handlers.operating import Operating
from shared.errors import NotFound
from shared.mail.replies import Phase, Reply
from tests.support.notify import SENT, Timeline, World

WRONG_PASSWORD = Reply(Phase.AUTH, 535, "5.7.8")
NO_SUCH_USER = Reply(Phase.RCPT, 550, "5.1.1")


def operating(world: World) -> Operating:
    return Operating(world.store, world.notify.people, world.clock)


def test_a_wrong_password_pauses_the_channel_for_everybody_and_loses_nothing() -> None:
    world = World()
    world.account("dana", role="consultant", sites=["elsewhere"])
    world.mailer.replies["cora@example.org"] = [WRONG_PASSWORD, WRONG_PASSWORD, SENT]
    timeline = Timeline(world).push(0, "F-A").push(10, "F-B", site="elsewhere")

    timeline.want(600, 600, ["F-A"]).want(300, 300, ["F-B"]).check(700)

    states = {d["recipient"]: [line["state"] for line in d["log"]] for d in world.deliveries()}
    assert states["cora"] == ["queued", "retry", "retry", "leased", "sent"]
    assert states["dana"] == ["queued", "leased", "sent"]


def test_a_pause_is_over_for_everybody_when_the_test_mail_is_taken() -> None:
    world = World()
    world.mailer.replies["cora@example.org"] = [WRONG_PASSWORD, SENT]
    world.flag("F-A")
    world.work()
    assert world.mails() == []
    world.flag("F-B")

    answer, accepted = operating(world).test_mail(world.mailer, "peilung@example.org", "ops@example.org", "id1")
    world.clock.advance(seconds=1)
    world.work()

    assert (answer, accepted) == ("dot 250 2.0.0", True)
    assert world.documents("channels")[0]["paused_until"] <= world.now()


def test_the_test_mail_says_when_it_is_refused() -> None:
    world = World()
    world.mailer.replies["ops@example.org"] = [NO_SUCH_USER]

    answer, accepted = operating(world).test_mail(world.mailer, "peilung@example.org", "ops@example.org", "id1")

    assert (answer, accepted) == ("rcpt 550 5.1.1", False)


def test_resending_uses_the_same_message_id_and_lifts_the_block() -> None:
    world = World()
    world.mailer.replies["cora@example.org"] = [NO_SUCH_USER, SENT]
    world.flag("F-A")
    world.run_until(10)
    (failed,) = world.deliveries()
    assert failed["state"] == "failed_permanent"

    operating(world).resend(failed["_id"])
    world.run_until(20)

    assert [message["Message-ID"] for message in world.mailer.messages()] == [failed["message_id"]]
    assert [line["state"] for line in world.deliveries()[0]["log"]][-3:] == ["queued", "leased", "sent"]


def test_resending_what_does_not_exist_is_said() -> None:
    with pytest.raises(NotFound):
        operating(World()).resend("nothing")


def test_the_auditor_says_once_that_mails_are_stuck_and_once_that_they_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    auditor = Auditor(world.store, world.clock)
    world.flag("F-A")
    world.flusher().step()
    with caplog.at_level(logging.INFO, "services.notify.handlers.auditing"):
        for _ in range(20):
            world.clock.advance(seconds=30)
            assert auditor.step() == 0
        world.work()
        world.clock.advance(seconds=30)
        auditor.step()

    said = [record.levelname for record in caplog.records if record.name == "services.notify.handlers.auditing"]
    assert said == ["ERROR", "INFO"]


def test_a_mail_that_fails_all_day_is_given_up_and_the_open_flag_is_mailed_again() -> None:
    world = World()
    world.mailer.replies["cora@example.org"] = [Reply(Phase.CONNECT)]
    world.flag("F-A")

    world.run_until(86_400 + 4000)
    world.mailer.replies.clear()
    world.run_until(3 * 86_400)

    assert world.deliveries()[0]["state"] == "expired"
    assert world.mails()[0].reason == "repeat"


def test_sending_tells_the_other_services_once() -> None:
    world = World()
    world.flag("F-A")
    world.run_until(10)

    (entry,) = world.deliveries()[0]["outbox"]

    assert entry["event"]["type"] == "peilung.alert.sent.v1"
    assert entry["event"]["data"]["episodes"] == ["F-A-1"]
