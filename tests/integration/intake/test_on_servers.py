"""Intake's promises on every MongoDB-wire server that can be had."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.intake.app import build_web
from services.intake.domain.submission import Sent
from services.intake.handlers.export import Exports, Wanted
from services.intake.ports import COLLECTIONS, WITH_OUTBOX
from shared.errors import Conflict
from shared.outbox import Relay
from shared.store import open_store
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import PLACE, Bench, settings
from tests.support.recording import Recording

pytestmark = pytest.mark.slow


@pytest.fixture(params=["mongo_java_uri", "ferretdb_uri"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    store = open_store(f"{request.getfixturevalue(request.param)}/intake_{uuid.uuid4().hex[:8]}")
    yield Bench(store)
    store.close()


def test_indexes_are_made_once(bench: Bench) -> None:
    assert bench.store.migrate(COLLECTIONS) == []


def test_submissions_are_kept_once_and_told_once(bench: Bench) -> None:
    bench.publish_report()
    first = bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    again = bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    second = bench.submissions.submit(Sent(PLACE, "uuid:2", {**GOOD, "groups": 20}, deprecated_id="uuid:1"))
    with pytest.raises(Conflict):
        bench.submissions.submit(Sent(PLACE, "uuid:3", GOOD))

    bus = Recording()
    for spec in WITH_OUTBOX:
        Relay(bench.office.desk.collection(spec), bus, bench.clock, "test").run_once()

    assert again.submission == first.submission
    assert second.submission.revision == 2
    assert sorted(event.data["revision"] for event in bus.of("submission.received")) == [1, 2]
    assert len(bus.of("site.changed")) == 2


def test_of_many_who_answer_for_a_site_at_once_one_is_first(bench: Bench) -> None:
    bench.publish_report()
    outcomes: list[str] = []

    def send(number: int) -> None:
        try:
            bench.submissions.submit(Sent(PLACE, f"uuid:{number}", GOOD))
            outcomes.append("kept")
        except Conflict as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["already_submitted"] * 5 + ["kept"]
    assert bench.store.collection("submissions").count({}) == 1


def test_a_questionnaire_from_link_to_receipt(bench: Bench) -> None:
    bench.publish_report()
    bench.publish_report_version("2")
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    person = Person(build_web(settings(), bench.store, bench.clock).test_client()).open(link).press()
    person.press(groups="ten", groups_new="0")
    person.press(groups="0", groups_new="0")
    person.press(asked_on="2026-11-22")
    person.press(topics=["none"])
    person.press()
    assert person.page.h1.startswith("Thank you")
    person.press()
    person.press()

    assert "Revision" in person.page.text
    assert bench.store.collection("submissions").count({}) == 2


def test_the_other_use_cases(bench: Bench) -> None:
    programme = bench.publish_report()
    bench.office.people.add_key("machine", ["read"], "key")
    bench.office.sign_in.ask("nobody@example.org")
    bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD))
    bench.submissions.submit(Sent(replace(PLACE, site="suedtal"), "uuid:2", GOOD))

    assert [row.status for row in bench.office.monitor.responses(programme, "2026-H2")] == ["complete", "complete"]
    assert bench.office.republishing.everything()["submission.received"] == 2
    assert bench.office.erasing.erase(PLACE, "uuid:1") == 1
    assert [row.status for row in bench.office.monitor.responses(programme, "2026-H2")] == ["missing", "complete"]
    bench.clock.advance(days=1)
    assert bench.office.tidying.run_once() == 1


def test_an_export_has_every_response_once_as_it_stands(bench: Bench) -> None:
    bench.publish_report(report_form(), report_form(id="many", respondents="many"))
    bench.office.people.add_key("machine", ["read", "answers:read"], "key")
    for number in range(5):
        place = replace(PLACE, form="many")
        bench.submissions.submit(Sent(place, f"uuid:{number}", GOOD))
        if number % 2:
            bench.submissions.submit(Sent(place, f"uuid:{number}-2", GOOD, deprecated_id=f"uuid:{number}"))
    bench.office.erasing.erase(replace(PLACE, form="many"), "uuid:4")
    machine = bench.office.desk.registry.account("machine")
    assert machine is not None

    rows = Exports(bench.office.desk, page=2).open(Wanted("sample", "many"), machine).rows

    assert sorted((row.values[1], row.values[7]) for row in rows) == [
        ("uuid:0", 1), ("uuid:1-2", 2), ("uuid:2", 1), ("uuid:3-2", 2),
    ]  # fmt: skip
