"""Who is told, also when people, addresses and the order of events change."""

from __future__ import annotations

import itertools
import random

import pytest

from shared.mail.replies import Phase, Reply
from tests.support.notify import SITE, Timeline, World

NO_SUCH_USER = Reply(Phase.RCPT, 550, "5.1.1")
TAKEN = Reply(Phase.DOT, 250)


def told(world: World) -> list[str]:
    return [mail.to.partition("@")[0] for mail in world.mails()]


def test_without_a_consultant_the_administrators_are_told_as_a_stand_in_without_the_numbers() -> None:
    """Not the leads: they see sums over sites and no single one."""
    world = World()
    world.account("cora", role="consultant", sites=["elsewhere"])
    world.account("lea", role="lead")
    world.account("adam", role="admin")
    world.flag("F-A")

    world.run_until(60)

    assert told(world) == ["adam"]
    assert world.deliveries()[0]["fallback"] is True
    assert "34,25" not in world.mailer.messages()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_hidden_role_is_not_even_told_as_a_stand_in() -> None:
    world = World()
    world.account("cora", role="consultant", sites=["elsewhere"])
    world.account("adam", role="admin")
    world.flag("F-A", hidden_from=["admin"])

    world.run_until(60)

    assert told(world) == []


def test_leads_are_the_first_stand_in_for_what_concerns_the_programme() -> None:
    world = World()
    world.account("lea", role="lead")
    world.account("adam", role="admin")
    world.flag("F-A", audience="evaluator", site="*", episode="quality")
    world.flag("F-B", site="*")
    world.account("cora", role="consultant", active=False)

    world.run_until(60)

    found = {mail.to.partition("@")[0]: mail.firing for mail in world.mails()}
    assert found == {"adam": ["F-A"], "lea": ["F-B"]}


def test_an_audience_of_its_own_is_told_instead_of_the_consultant() -> None:
    world = World()
    world.account("eva", role="evaluator")
    world.account("lea", role="lead")
    world.flag("F-A", audience="evaluator")
    world.flag("F-B", audience="lead", site="*")

    world.run_until(60)

    assert sorted(told(world)) == ["eva", "lea"]


def test_a_consultant_limited_to_topics_hears_of_those_only() -> None:
    world = World()
    world.account("dana", role="consultant", sites=[SITE], topics=["accounting"])
    world.flag("F-A", topic="accounting")
    world.flag("F-B", topic="staff", episode="F-B-1")

    world.run_until(60)

    found = {mail.to.partition("@")[0]: mail.firing for mail in world.mails()}
    assert found == {"cora": ["F-A", "F-B"], "dana": ["F-A"]}


def test_a_flag_that_arrives_before_anybody_is_known_is_mailed_when_somebody_is() -> None:
    world = World()
    world.account("cora", role="consultant", active=False)
    world.flag("F-A")
    world.run_until(60)
    assert told(world) == []

    world.account("dana", role="consultant", sites=[SITE])
    world.run_until(120)

    assert told(world) == ["dana"]


def test_a_new_consultant_hears_of_what_is_open_and_nobody_hears_twice() -> None:
    world = World()
    world.flag("F-A")
    world.run_until(60)

    world.account("dana", role="consultant", sites=[SITE])
    world.account("dana", role="consultant", sites=[SITE])
    world.account("cora", role="consultant", sites=[SITE])
    world.run_until(3600)

    assert told(world) == ["cora", "dana"]


def test_when_the_last_consultant_leaves_the_stand_in_hears_of_what_is_open() -> None:
    world = World()
    world.account("adam", role="admin")
    world.flag("F-A")
    world.run_until(60)

    world.account("cora", role="consultant", active=False)
    world.run_until(3600)

    assert told(world) == ["cora", "adam"]


def test_an_address_that_does_not_exist_is_used_once_and_the_stand_in_is_told() -> None:
    world = World()
    world.account("adam", role="admin")
    world.mailer.replies["cora@example.org"] = [NO_SUCH_USER]
    Timeline(world).push(0, "F-A").push(5000, "F-B").want(0, 0, ["F-A"]).want(5000, 5000, ["F-A", "F-B"]).check(6000)

    assert set(told(world)) == {"adam"}
    assert [d["state"] for d in world.deliveries() if d["recipient"] == "cora"] == ["failed_permanent"]


def test_a_corrected_address_is_used_again() -> None:
    world = World()
    world.mailer.replies["cora@example.org"] = [NO_SUCH_USER]
    world.flag("F-A")
    world.run_until(10)

    world.account("cora", role="consultant", sites=[SITE], email="cora.neu@example.org")
    world.flag("F-B")
    world.run_until(1000)

    assert told(world) == ["cora.neu"]


def test_a_failed_channel_for_one_recipient_gives_the_other_no_second_mail() -> None:
    world = World()
    world.account("dana", role="consultant", sites=[SITE])
    world.mailer.replies["dana@example.org"] = [Reply(Phase.RCPT, 451), Reply(Phase.DATA), Reply(Phase.DOT, 250)]
    world.flag("F-A")

    world.run_until(1000)

    assert told(world) == ["cora", "dana"]
    assert world.mails()[1].after_s == 150


def test_the_recipient_is_looked_up_when_the_mail_leaves_not_when_it_was_written() -> None:
    world = World()
    world.flag("F-A")
    world.flusher().step()
    world.account("cora", role="consultant", sites=[SITE], email="new@example.org", language="en")

    world.run_until(10)

    assert [mail.to for mail in world.mails()] == ["new@example.org"]
    assert "Site Musterstadt" in world.mailer.messages()[0]["Subject"]


def test_events_in_any_order_and_number_lead_to_the_same_state_and_no_extra_mail() -> None:
    def history(world: World) -> list[tuple[str, dict[str, object]]]:
        base = World()
        events = [base.flag("F-A", severity="warn"), base.flag("F-A", kind="flag.changed"), base.flag("F-B")]
        events += [base.flag("F-B", "cleared"), base.flag("F-B", episode="F-B-2")]
        return [(event.name, dict(event.data)) for event in events]

    states = []
    for seed in range(20):
        world = World()
        events = history(world) * 2
        random.Random(seed).shuffle(events)
        for name, data in events:
            world.deliver(name, data)
        world.run_until(7200)
        alerts = world.documents("alerts")
        states.append([(a["_id"], a["state"], a["severity"], a["seq"]) for a in alerts])
        news = list(itertools.chain.from_iterable(mail.delivery["alerts"] for mail in world.mails()))
        keys = [(a["episode"], a["severity"]) for a in news if a["status"] == "new"]
        assert len(keys) == len(set(keys))

    assert all(state == states[0] for state in states)


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.DOT])
def test_when_a_mail_is_refused_the_stand_in_is_told_and_the_address_stays_in_use(phase: Phase) -> None:
    world = World()
    world.account("adam", role="admin")
    world.mailer.replies["cora@example.org"] = [Reply(phase, 554, "5.7.1"), TAKEN]
    world.flag("F-A")

    world.run_until(3600)

    assert told(world) == ["adam"]
    world.run_until(90_000)
    world.flag("F-B", episode="F-B-1")
    world.run_until(93_600)
    assert "cora" in told(world)


def test_a_critical_mail_that_a_mailbox_puts_off_reaches_the_stand_in_after_a_quarter_of_an_hour() -> None:
    world = World()
    world.account("adam", role="admin")
    world.mailer.replies["cora@example.org"] = [*[Reply(Phase.RCPT, 452, "4.2.2")] * 6, TAKEN]
    world.flag("F-A")

    world.run_until(800)
    assert told(world) == []
    world.run_until(4 * 3600)

    assert sorted(told(world)) == ["adam", "cora"]


def test_a_warning_that_is_put_off_waits_for_its_recipient() -> None:
    world = World()
    world.account("adam", role="admin")
    world.mailer.replies["cora@example.org"] = [*[Reply(Phase.RCPT, 452, "4.2.2")] * 6, TAKEN]
    world.flag("F-A", severity="warn")

    world.run_until(6 * 3600)

    assert told(world) == ["cora"]


def test_while_no_mail_leaves_at_all_nobody_takes_anybodys_place() -> None:
    world = World()
    world.account("adam", role="admin")
    world.mailer.replies["cora@example.org"] = [*[Reply(Phase.CONNECT)] * 8, TAKEN]
    world.flag("F-A")

    world.run_until(12 * 3600)

    assert told(world) == ["cora"]
