from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain.submission import Place, Sent
from services.intake.ports import SUBMISSIONS
from shared.errors import Conflict, NotFound
from shared.outbox import Relay
from tests.support.forms import GOOD
from tests.support.intake import Bench
from tests.support.recording import Recording

PLACE = Place("sample", "report", "nordstadt", "2026-H2")
CANARY = {**GOOD, "comment": "canary-0815", "groups": 777, "groups_new": 1}


def told(bench: Bench) -> list[Any]:
    bus = Recording()
    Relay(bench.office.desk.collection(SUBMISSIONS), bus, bench.clock, "test").run_once()
    return [(event.name, event.data["revision"]) for event in bus.events]


def test_an_erased_response_leaves_no_answer_in_any_revision(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY))
    bench.submissions.submit(Sent(PLACE, "uuid:2", CANARY, deprecated_id="uuid:1"))

    erased = bench.office.erasing.erase(PLACE, "uuid:1")

    kept = str(bench.store.collection("submissions").find({}))
    assert erased == 2
    assert "canary-0815" not in kept
    assert "777" not in kept


def test_an_erased_response_leaves_no_draft_of_changes_to_it(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY, respondent="P1"))
    invited = bench.office.invitations.invite(PLACE, respondent="P1")
    draft = bench.office.drafts.get(invited.invitation, None)
    assert "canary-0815" in str(bench.office.handing_in.change(draft).answers)
    assert bench.store.collection("drafts").count({}) == 1

    bench.office.erasing.erase(PLACE, "uuid:1")

    assert bench.store.collection("drafts").find({}) == []


def test_the_link_of_an_erased_response_begins_afresh(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY))
    invited = bench.office.invitations.invite(PLACE)
    bench.office.erasing.erase(PLACE, "uuid:1")

    assert bench.office.drafts.find(invited.invitation, None) is None
    draft = bench.office.drafts.begin(invited.invitation).draft
    filled = replace(draft, answers=GOOD)
    assert bench.office.handing_in.submit(filled, "en").revision == 3


def test_the_other_services_are_told_to_erase_and_nothing_else(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY))
    bench.submissions.submit(Sent(PLACE, "uuid:2", CANARY, deprecated_id="uuid:1"))

    bench.office.erasing.erase(PLACE, "uuid:2")

    assert told(bench) == [("submission.erased", 3)]


def test_an_erased_response_counts_as_missing_and_does_not_come_back(bench: Bench) -> None:
    programme = bench.publish_report()
    bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY))
    bench.office.erasing.erase(PLACE, "uuid:1")

    with pytest.raises(Conflict):
        bench.submissions.submit(Sent(PLACE, "uuid:1", CANARY))
    assert bench.office.monitor.responses(programme, "2026-H2")[0].status == "missing"
    assert bench.office.republishing.everything()["submission.received"] == 0


def test_a_response_that_never_was_cannot_be_erased(bench: Bench) -> None:
    bench.publish_report()

    with pytest.raises(NotFound):
        bench.office.erasing.erase(PLACE, "uuid:1")


def test_links_and_drafts_go_when_they_have_served_their_purpose(bench: Bench) -> None:
    bench.publish_report()
    invited = bench.office.invitations.invite(PLACE)
    bench.office.drafts.begin(invited.invitation)
    bench.office.sign_in.ask("nobody@example.org")

    assert bench.office.tidying.run_once() == 0
    bench.clock.advance(days=1)
    assert bench.office.tidying.run_once() == 1
    bench.clock.advance(days=130)
    assert bench.office.tidying.run_once() == 1
    assert bench.store.collection("drafts").count({}) == 0
    bench.clock.advance(days=200)
    assert bench.office.tidying.run_once() == 1
    assert bench.store.collection("invitations").count({}) == 0
