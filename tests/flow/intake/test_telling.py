"""What intake tells the other services, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.intake.app import build_relay
from services.intake.domain.submission import Place, Sent
from services.intake.ports import WITH_OUTBOX
from shared.errors import BusUnavailable, Conflict
from shared.events import Event, derived_id
from shared.outbox import Relay
from shared.programme.model import Flag
from shared.registry import Account, Grant
from tests.support.forms import GOOD, both, report_form
from tests.support.intake import Bench, sample_programme, settings, wave
from tests.support.recording import Recording

PLACE = Place("sample", "report", "nordstadt", "2026-H2")


def relay(bench: Bench) -> Recording:
    """Return what is on the bus after everything due was relayed."""
    bus = Recording()
    for spec in WITH_OUTBOX:
        Relay(bench.office.desk.collection(spec), bus, bench.clock, "test").run_once(limit=500)
    return bus


def confirm(bench: Bench, events: list[Event]) -> None:
    handlers = build_relay(settings(), Recording, bench.store, bench.clock).handlers
    for event in events:
        for service in ("scoring", "notify"):
            data = {"event_id": event.id, "origin": event.origin, "by": service}
            told = Event("handled.intake", data, "x", service, derived_id(event.id, service), event.time)
            handlers["handled.intake"](told)


def test_publishing_tells_the_definition_the_sites_and_the_waves(bench: Bench) -> None:
    bench.publish_report()

    bus = relay(bench)

    assert bus.names() == ["programme.published", "site.changed", "site.changed", "wave.closed", "wave.opened"]
    (published,) = bus.of("programme.published")
    assert published.data["revision"] == 1
    assert published.data["definition"]["id"] == "sample"


def test_publishing_again_tells_nothing_new(bench: Bench) -> None:
    bench.publish_report()
    confirm(bench, relay(bench).events)

    bench.publish_report()

    assert relay(bench).events == []


def test_a_new_version_tells_only_what_changed(bench: Bench) -> None:
    first = bench.publish_report()
    confirm(bench, relay(bench).events)
    changed = replace(first, version="2", sites=(replace(first.sites[0], name=both("Neu", "New")),))

    bench.publishing.publish(changed)

    bus = relay(bench)
    assert bus.names() == ["programme.published", "site.changed", "site.changed"]
    assert {(e.data["site"], e.data["active"]) for e in bus.of("site.changed")} == {
        ("nordstadt", True),
        ("suedtal", False),
    }
    assert {e.data["revision"] for e in bus.of("site.changed")} == {2}


def test_an_older_version_published_again_stays_old(bench: Bench) -> None:
    first = bench.publish_report()
    bench.publish_report_version("2")

    again = bench.publishing.publish(first)

    assert (again.created, again.revision) == (False, 1)
    assert bench.office.desk.registry.programme("sample").version == "2"


def test_a_version_with_other_content_is_refused(bench: Bench) -> None:
    first = bench.publish_report()

    with pytest.raises(Conflict) as caught:
        bench.publishing.publish(replace(first, min_n=7))
    assert caught.value.code == "version_exists"


def test_waves_open_and_close_by_the_clock_and_tell_it_once(bench: Bench) -> None:
    planned = wave("2027-H1", 3, "2027-03-01", "2027-04-30", "2027-05-31", "report")
    first = sample_programme()
    bench.publishing.publish(replace(first, waves=(*first.waves, planned)))
    confirm(bench, relay(bench).events)

    told = []
    for days in (98, 1, 91, 1):
        bench.clock.advance(days=days)
        bench.office.calendar.run_once()
        bench.office.calendar.run_once()
        bus = relay(bench)
        told.append([(event.name, event.data["wave"]) for event in bus.events])
        confirm(bench, bus.events)

    assert told[0] == []
    everything = [entry for step in told for entry in step]
    assert sorted(everything) == [
        ("wave.closed", "2026-H2"),
        ("wave.closed", "2027-H1"),
        ("wave.opened", "2027-H1"),
    ]


def with_overdue(bench: Bench) -> None:
    flag = Flag("F1", both("spät", "late"), "report", overdue={"warn": 10, "critical": 21})
    bench.publishing.publish(replace(sample_programme(), flags=(flag,)))
    confirm(bench, relay(bench).events)


def test_an_overdue_report_is_told_once_per_threshold_for_sites_that_owe_it(bench: Bench) -> None:
    with_overdue(bench)
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    confirm(bench, relay(bench).events)

    bench.clock.advance(days=79)
    assert bench.office.overdue.run_once() == 0
    bench.clock.advance(days=2)
    assert bench.office.overdue.run_once() == 1
    assert bench.office.overdue.run_once() == 0
    first = relay(bench)
    confirm(bench, first.events)
    bench.clock.advance(days=11)
    bench.office.overdue.run_once()
    second = relay(bench)

    assert [(e.name, e.data["site"], e.data["days_overdue"]) for e in first.events + second.events] == [
        ("report.overdue", "suedtal", 10),
        ("report.overdue", "suedtal", 21),
    ]


def test_a_wave_that_was_over_before_we_knew_it_is_never_overdue(bench: Bench) -> None:
    with_overdue(bench)

    assert bench.office.overdue.run_once() == 0


def test_a_report_of_many_is_complete_with_enough_people_in_the_right_roles(bench: Bench) -> None:
    form = report_form(respondents="many", complete_min=2, complete_with={"help": ("yes",)})
    bench.publish_report(form)
    status = lambda: bench.office.monitor.responses(sample_programme(form), "2026-H2")[0].status  # noqa: E731

    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    bench.submissions.submit(Sent(PLACE, "uuid:2", GOOD))
    assert status() == "submitted"
    bench.submissions.submit(Sent(PLACE, "uuid:3", {**GOOD, "help": "yes"}))

    assert status() == "complete"


def test_while_the_bus_is_away_submissions_are_taken_and_told_later(bench: Bench) -> None:
    bench.publish_report()
    confirm(bench, relay(bench).events)
    bus = Recording()
    bus.away = True
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    submissions = Relay(bench.store.collection("submissions"), bus, bench.clock, "test")

    with pytest.raises(BusUnavailable):
        submissions.run_once()
    bus.away = False
    bench.clock.advance(seconds=11)
    submissions.run_once()

    assert bus.names() == ["submission.received"]


def test_what_nobody_confirms_is_told_again_and_what_is_confirmed_is_not(bench: Bench) -> None:
    bench.publish_report()
    confirm(bench, relay(bench).events)
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))

    first = relay(bench)
    bench.clock.advance(seconds=61)
    second = relay(bench)
    confirm(bench, second.events)
    bench.clock.advance(hours=2)

    assert [event.id for event in first.events] == [event.id for event in second.events]
    assert relay(bench).events == []
    (document,) = bench.store.collection("submissions").find({})
    assert "outbox" not in document


def test_a_finished_anonymous_submission_keeps_no_trace_of_its_moment(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    confirm(bench, relay(bench).events)

    (document,) = bench.store.collection("submissions").find({})

    moments = [value for value in document.values() if isinstance(value, str) and "T" in value and value.endswith("Z")]
    assert {moment[10:] for moment in moments} <= {"T00:00:00.000Z"}


def test_everything_can_be_told_again_under_the_same_ids(bench: Bench) -> None:
    bench.publish_report()
    bench.office.people.save(Account("a", "a@example.org", "A", "de", (Grant("lead", "sample"),)))
    bench.office.people.add_key("m", ["read"], "key")
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    bench.submissions.submit(Sent(PLACE, "uuid:2", {**GOOD, "groups": 12}, deprecated_id="uuid:1"))
    first = relay(bench)
    confirm(bench, first.events)

    counts = bench.office.republishing.everything()
    again = relay(bench)

    assert counts == {
        "programme.published": 1,
        "account.changed": 2,
        "site.changed": 2,
        "wave.opened": 2,
        "submission.received": 1,
    }
    assert {event.id for event in again.events} < {event.id for event in first.events}
    (submission,) = again.of("submission.received")
    assert submission.data["revision"] == 2
    assert submission.data == next(e.data for e in first.of("submission.received") if e.data["revision"] == 2)


def test_an_account_travels_with_roles_and_key_hashes_never_with_keys(bench: Bench) -> None:
    bench.office.people.add_key("m", ["read"], "the-key-itself")

    newest: dict[str, Any] = dict(relay(bench).of("account.changed")[-1].data)

    assert newest["scopes"] == ["read"]
    assert len(newest["api_key_sha256"]) == 1
    assert "the-key-itself" not in str(newest)


@pytest.mark.parametrize("step", ["calendar", "overdue", "relay submissions", "mails"])
def test_the_relay_process_runs_every_step(bench: Bench, step: str) -> None:
    bench.publish_report()
    steps = build_relay(settings(), Recording, bench.store, bench.clock).steps

    run: Callable[[], int] = steps[step]

    assert run() == 0
