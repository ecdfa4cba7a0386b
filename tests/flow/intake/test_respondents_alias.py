"""What the other services learn of a respondent: an alias, the same in every event, and never the typed code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.app import build_web
from services.intake.domain.submission import ONE, Place, response_id
from services.scoring.adapters.responses import StoredResponses
from services.scoring.ports import COLLECTIONS, RESPONSES
from shared.event_schemas import from_json, to_json
from shared.events import Event
from shared.store import open_store
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import PLACE, Bench, settings

CODE = "Frau.Muster-4711"
SUBMIT = "/api/intake/v1/programmes/sample/forms/report/submissions"
KEY = {"Authorization": "Bearer key-of-a-machine"}


@pytest.fixture
def many(bench: Bench) -> Bench:
    bench.office.people.add_key("machine", ["submissions:write"], "key-of-a-machine")
    bench.publish_report(report_form(respondents="many"))
    return bench


def send(bench: Bench, instance_id: str, answers: dict[str, Any] = GOOD, **more: str) -> None:
    body = {"instance_id": instance_id, "site": "nordstadt", "wave": "2026-H2", "answers": answers, **more}
    client = build_web(settings(), bench.store, bench.clock).test_client()
    assert client.post(SUBMIT, json=body, headers=KEY).status_code == 201


def hand_in(bench: Bench) -> str:
    """Fill the report in under a link made for the code; return the link."""
    link = "/q/" + bench.office.invitations.invite(PLACE, respondent=CODE).token
    person = Person(build_web(settings(), bench.store, bench.clock).test_client()).open(link).press()
    person.press(groups="10", groups_new="4").press().press(topics=["none"]).press(help="no").press()
    assert person.page.h1.startswith("Thank you")
    return link


def events(bench: Bench) -> list[Event]:
    """Return every event any document of intake holds, oldest first."""
    held = [
        from_json(entry["event"])
        for collection in ("submissions", "drafts", "invitations", "registry_sites", "registry_waves")
        for document in bench.store.collection(collection).find({})
        for entry in document.get("outbox", ())
    ]
    return sorted(held, key=lambda event: event.data.get("revision", 0))


def about_answers(bench: Bench) -> list[Event]:
    return [event for event in events(bench) if event.name.startswith("submission.")]


def assert_no_code(bench: Bench) -> None:
    told = json.dumps([to_json(event) for event in events(bench)])
    assert about_answers(bench)
    assert CODE not in told
    assert response_id(PLACE, CODE) not in told


def test_no_event_holds_a_code_sent_by_a_machine(many: Bench) -> None:
    send(many, "uuid:1", respondent=CODE)
    assert_no_code(many)
    many.office.erasing.erase(PLACE, "uuid:1")
    assert_no_code(many)


def test_no_event_holds_the_code_of_an_invitation(many: Bench) -> None:
    hand_in(many)

    assert_no_code(many)


def test_every_event_about_a_response_names_it_alike(many: Bench) -> None:
    send(many, "uuid:1", respondent=CODE)
    send(many, "uuid:2", {**GOOD, "groups": 11}, deprecated_id="uuid:1", respondent=CODE)
    send(many, "uuid:3", {**GOOD, "groups": 12}, deprecated_id="uuid:2")
    before = [event.data for event in about_answers(many)]
    many.office.erasing.erase(PLACE, "uuid:2")
    (erased,) = [event.data for event in about_answers(many)]
    send(many, "uuid:4", deprecated_id="uuid:3", respondent=CODE)
    after = about_answers(many)[-1].data

    names = {(data["submission"], data["respondent"]) for data in (*before, erased, after)}
    assert len(names) == 1
    assert [data["revision"] for data in (*before, erased, after)] == [1, 2, 3, 4, 5]


def test_every_respondent_has_an_alias_of_their_own(many: Bench) -> None:
    send(many, "uuid:1", respondent=CODE)
    send(many, "uuid:2", respondent="P2")
    send(many, "uuid:3")

    assert len({event.data["respondent"] for event in about_answers(many)}) == 3


def test_a_form_with_one_respondent_tells_of_the_site(bench: Bench) -> None:
    bench.publish_report()
    bench.office.people.add_key("machine", ["submissions:write"], "key-of-a-machine")
    send(bench, "uuid:1")

    (event,) = about_answers(bench)
    assert (event.data["respondent"], event.data["submission"]) == (ONE, response_id(PLACE, ONE))


def test_scoring_keeps_one_response_and_erases_it(many: Bench, tmp_path: Path) -> None:
    store = open_store(f"sqlite://{tmp_path}/scoring.db")
    store.migrate(COLLECTIONS)
    responses, kept = StoredResponses(store), store.collection(RESPONSES.name)
    send(many, "uuid:1", respondent=CODE)
    send(many, "uuid:2", {**GOOD, "groups": 11}, deprecated_id="uuid:1", respondent=CODE)
    for event in about_answers(many):
        responses.keep(event.data)

    (document,) = kept.find({})
    assert (document["revision"], document["answers"]["groups"]) == (2, 11)
    many.office.erasing.erase(PLACE, "uuid:1")
    responses.erase(about_answers(many)[-1].data)

    (document,) = kept.find({})
    assert document["erased"]
    assert "answers" not in document
    store.close()


def test_an_invited_respondent_and_a_machine_that_names_the_same_code_share_a_response(many: Bench) -> None:
    hand_in(many)
    (first,) = about_answers(many)
    place = Place("sample", "report", "nordstadt", "2026-H2")
    sent = many.submissions.latest(place, CODE)
    assert sent is not None
    send(many, "uuid:api", deprecated_id=sent.instance_id, respondent=CODE)

    assert about_answers(many)[-1].data["submission"] == first.data["submission"]


def test_a_response_told_of_before_aliases_keeps_its_name(many: Bench) -> None:
    send(many, "uuid:1", respondent="P1")
    collection = many.store.collection("submissions")
    (document,) = collection.find({})
    collection.delete(document["_id"])
    collection.insert({name: value for name, value in document.items() if name != "alias"})

    send(many, "uuid:2", {**GOOD, "groups": 11}, deprecated_id="uuid:1", respondent="P1")

    assert about_answers(many)[-1].data["respondent"] == "P1"
