from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.intake.app import build_web
from services.intake.domain.submission import Sent
from shared.programme.xlsform import xform
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.exports import read_csv
from tests.support.intake import PLACE, Bench, settings
from tests.support.repeated import events_form

KEY = {"Authorization": "Bearer key-of-a-machine"}
SUBMISSIONS = "/api/intake/v1/programmes/sample/forms/report/submissions"


@pytest.fixture
def app(bench: Bench) -> Flask:
    bench.publish_report(events_form())
    bench.office.people.add_key("machine", ["submissions:write", "read", "answers:read"], "key-of-a-machine")
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def person(bench: Bench, app: Flask) -> Person:
    return Person(app.test_client()).open("/q/" + bench.office.invitations.invite(PLACE).token).press()


def answers(bench: Bench) -> dict[str, Any]:
    (document,) = bench.store.collection("submissions").find({})
    found: dict[str, Any] = document["answers"]
    return found


def field(person: Person, name: str, item: int) -> str:
    """Return the key of a question in the item with this number on the page."""
    return [key for key in person.page.ids if key.startswith(f"{name}@") and "-" not in key][item - 1]


def second(person: Person) -> Person:
    """Type the first event and add another."""
    return person.press("add:events", **{"title@1": "Opening", "guests@1": "12", "helper@1@1": "Kim"})


def test_a_new_questionnaire_begins_with_one_item(person: Person) -> None:
    assert person.page.h1 == "Event"
    assert "Event 1" in person.page.text
    assert {"title@1", "guests@1", "helper@1@1"} <= person.page.forms[-1].names


def test_another_item_is_added_and_everything_typed_is_kept(person: Person) -> None:
    second(person)

    assert "Event 2" in person.page.text
    assert person.page.forms[-1].values["title@1"] == ["Opening"]
    assert "Guests at Opening" in person.page.text
    assert person.page.forms[-1].values[field(person, "title", 2)] == [""]


def test_faults_are_named_at_their_item(person: Person) -> None:
    second(person).press(**{"places@1": "20", field(person, "title", 2): "Closing", field(person, "guests", 2): "-1"})

    assert person.status == 422
    assert f"#{field(person, 'guests', 2)}" in person.page.links
    assert person.page.forms[-1].values[field(person, "guests", 2)] == ["-1"]


def test_removing_is_asked_first_and_takes_only_that_item(person: Person) -> None:
    title, guests = field(second(person), "title", 2), field(person, "guests", 2)
    person.press("remove:events@1", **{title: "Closing", guests: "3"})
    assert "Remove “Event 1” with everything in it?" in person.page.text
    assert "title@1" in person.page.forms[-1].names

    person.press("removed:events@1")

    assert "title@1" not in person.page.forms[-1].names
    assert person.page.forms[-1].values[title] == ["Closing"]
    assert "Event 1" in person.page.text
    assert "Event 2" not in person.page.text


@pytest.mark.parametrize("action", ["add:rooms", "add:nothing", "add:title@1", "removed:rooms@1", "removed:", "add:"])
def test_only_lists_that_people_fill_change(person: Person, action: str) -> None:
    assert person.send(action=action, shown="").status == 404


def fill(person: Person) -> Person:
    second(person)
    typed = {field(person, "title", 2): "Closing", field(person, "guests", 2): "3", field(person, "helper", 2): "Noa"}
    person.press(**{"places@1": "20", **typed})
    person.press(n="2")
    return person.press(**{"size@1": "10", "size@2": "20"})


def test_from_the_first_item_to_the_receipt(bench: Bench, person: Person) -> None:
    fill(person)
    assert person.page.h1 == "Check your answers"
    assert all(words in person.page.text for words in ("Event 1", "Opening", "Event 2", "Closing", "Room 2"))

    person.press()

    kept = answers(bench)
    assert [kept[f"title@{id_}"] for id_ in kept["events"]] == ["Opening", "Closing"]
    assert (kept["all_guests"], kept["how_many"], kept["helping"], kept["rooms"]) == (15, 2, 2, ["1", "2"])
    assert "Closing" in person.page.text


def test_what_was_handed_in_opens_again_with_its_items(bench: Bench, person: Person) -> None:
    fill(person).press()

    person.press()
    person.open(person.path.rsplit("/", 1)[0] + "/p/events")

    assert person.page.forms[-1].values["title@1"] == ["Opening"]
    assert person.page.forms[-1].values[field(person, "title", 2)] == ["Closing"]


def test_the_store_away_shows_every_item_again(bench: Bench, person: Person) -> None:
    second(person)
    title = field(person, "title", 2)
    bench.outage.begin()

    person.press(**{title: "Closing"})

    assert person.status == 503
    assert person.page.forms[-1].values[title] == ["Closing"]
    bench.outage.end()
    person.press(**{title: "Closing!"})
    assert person.page.forms[-1].values[title] == ["Closing!"]


def test_the_api_takes_items_as_objects_and_names_faults_by_item(app: Flask) -> None:
    client: FlaskClient = app.test_client()
    good = {"title": "A", "guests": 4, "helpers": [{"helper": "Kim"}]}
    body = {"instance_id": "uuid:1", "site": PLACE.site, "wave": PLACE.wave}

    refused = client.post(SUBMISSIONS, json={**body, "answers": {"events": [good, {"guests": 1}]}}, headers=KEY)
    taken = client.post(SUBMISSIONS, json={**body, "answers": {"events": [good, good]}}, headers=KEY)
    again = client.post(SUBMISSIONS, json={**body, "answers": {"events": [good, good]}}, headers=KEY)

    assert [(one["path"], one["code"]) for one in refused.json["errors"]] == [("title@2", "required")]  # type: ignore[index]
    assert (taken.status_code, again.status_code) == (201, 200)


def test_repeated_answers_stay_and_sums_over_them_travel(bench: Bench, app: Flask) -> None:
    bench.submissions.submit(Sent(PLACE, "uuid:1", {"events": [{"title": "A", "guests": 4}]}))

    (document,) = bench.store.collection("submissions").find({})
    (entry,) = document["outbox"]

    assert entry["event"]["data"]["answers"] == {"all_guests": 4, "how_many": 1, "helping": 0}


def test_items_are_a_table_of_their_own_linked_to_their_response(bench: Bench, app: Flask) -> None:
    for site, title in (("nordstadt", "A"), ("suedtal", "B")):
        events = [
            {"title": title, "guests": 2, "helpers": [{"helper": "x"}, {"helper": "y"}]},
            {"title": "C", "guests": 1},
        ]
        bench.submissions.submit(Sent(replace(PLACE, site=site), f"uuid:{site}", {"events": events}))
    client = app.test_client()
    export = "/api/intake/v1/programmes/sample/forms/report/export.csv"

    whole = read_csv(client.get(export, headers=KEY).data)
    items = read_csv(client.get(f"{export}?repeat=events", headers=KEY).data)
    inner = read_csv(client.get(f"{export}?repeat=helpers", headers=KEY).data)

    assert "title" not in whole[0]
    assert [(row["site"], row["events"], row["title"]) for row in items] == [
        ("nordstadt", "1", "A"), ("nordstadt", "2", "C"), ("suedtal", "1", "B"), ("suedtal", "2", "C"),
    ]  # fmt: skip
    assert [(row["events"], row["helpers"], row["helper"]) for row in inner] == [("1", "1", "x"), ("1", "2", "y")] * 2
    assert {row["reference"] for row in items} == {row["reference"] for row in whole}
    assert client.get(f"{export}?repeat=nothing", headers=KEY).status_code == 404


def test_free_texts_in_items_stay_with_those_who_may_read_them(bench: Bench, app: Flask) -> None:
    bench.office.people.add_key("other", ["read"], "key-without-texts")
    bench.submissions.submit(Sent(PLACE, "uuid:1", {"events": [{"title": "A", "guests": 4}]}))
    export = "/api/intake/v1/programmes/sample/forms/report/export.csv?repeat=events"

    (row,) = read_csv(app.test_client().get(export, headers={"Authorization": "Bearer key-without-texts"}).data)

    assert row["guests"] == "4"
    assert "title" not in row


def test_devices_get_repeats_too() -> None:
    xml = xform(events_form())

    assert xml.count("<repeat ") == 3
    assert "jr:count" in xml


def test_the_preview_adds_and_removes_items_and_stores_none(bench: Bench, app: Flask) -> None:
    bench.office.people.save(Account("eva", "eva@example.org", "Eva", "en", (Grant("evaluator", "sample"),)))
    person = Person(app.test_client()).open(bench.office.sign_in.link_for("eva")).press()
    person.open("/collection/programmes/sample/forms/report/preview")
    assert "title@1" in person.page.ids

    second(person)
    title = field(person, "title", 2)
    person.press("add:helpers@1", **{title: "Closing"})
    assert 'value="Opening"' in person.html
    assert 'value="Closing"' in person.html
    person.press(f"remove:{title.replace('title', 'events')}")
    assert 'value="Closing"' not in person.html
    person.press(**{field(person, "helper", 2): "Toni", "places@1": "20"})

    assert person.status == 200
    assert "title@1" not in person.page.ids
    assert bench.store.collection("drafts").count({}) == 0
