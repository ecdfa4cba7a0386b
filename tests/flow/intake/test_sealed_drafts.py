"""Drafts in the store: nothing anybody typed can be read there, and what cannot be opened is said."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")
FIRST = settings().secret_key
SECOND = "another secret for tests, long enough too"


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    bench.publish_report()
    return "/q/" + bench.office.invitations.invite(PLACE).token


def with_typed(app: Flask, link: str) -> Person:
    person = Person(app.test_client()).open(link).press()
    person.press(groups="471", groups_new="12", budget="98765.5")
    person.press(asked_on="2026-06-30")
    return person.press(topics=["rooms"], comment="canary-0815")


def document(bench: Bench) -> dict[str, Any]:
    (found,) = bench.store.collection("drafts").find({})
    return found


def keep(bench: Bench, **fields: Any) -> None:
    found = document(bench)
    drafts = bench.store.collection("drafts")
    drafts.delete(found["_id"])
    drafts.insert({**found, **fields})


@pytest.mark.parametrize(("respondents", "anonymous"), [("one", False), ("many", False), ("many", True)])
def test_no_answer_and_nothing_typed_can_be_read_in_the_store(
    bench: Bench, app: Flask, respondents: Literal["one", "many"], anonymous: bool
) -> None:
    bench.publish_report(report_form(respondents=respondents, anonymous=anonymous))
    person = with_typed(app, "/q/" + bench.office.invitations.invite(PLACE).token)
    person.open(person.path.rpartition("/p/")[0] + "/p/g_numbers").press(groups="canary-0816")
    assert person.status == 422
    assert person.page.forms[-1].values["groups"] == ["canary-0816"]

    stored = json.dumps(document(bench))

    for told in ("canary", "98765", "rooms", "2026-06-30", "g_topics", "groups"):
        assert told not in stored


def test_what_only_the_own_part_of_a_shared_link_opens_is_closed_to_the_store_and_the_secret(
    bench: Bench, app: Flask
) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    first = with_typed(app, link)
    second = with_typed(app, link)
    one, other = bench.store.collection("drafts").find({})
    drafts = bench.store.collection("drafts")
    drafts.delete(one["_id"])
    drafts.insert({**one, "sealed": other["sealed"]})

    told = [person.open(person.path).status for person in (first, second)]

    assert sorted(told) == [200, 409]


def test_a_draft_from_before_there_were_seals_goes_on_and_is_sealed_by_its_next_page(
    bench: Bench, app: Flask, link: str
) -> None:
    with_typed(app, link)
    content = bench.office.drafts.get(bench.office.invitations.find(link.removeprefix("/q/")), None)
    found = document(bench)
    del found["sealed"]
    bench.store.collection("drafts").delete(found["_id"])
    bench.store.collection("drafts").insert(
        {**found, "answers": {**content.answers, "comment": "canary-0815"}, "typed": {}, "seen": list(content.seen)}
    )

    person = Person(app.test_client()).open(link + "/p/g_topics")
    assert person.page.forms[-1].values["comment"] == ["canary-0815"]
    person.press()

    assert "canary" not in json.dumps(document(bench))
    assert {"answers", "typed", "seen"}.isdisjoint(document(bench))
    assert Person(app.test_client()).open(link + "/p/g_topics").page.forms[-1].values["comment"] == ["canary-0815"]


def test_a_draft_survives_a_new_secret_while_the_old_one_is_named_and_then_needs_only_the_new(
    bench: Bench, app: Flask, link: str
) -> None:
    with_typed(app, link)
    rotated = build_web(settings(secret_key=SECOND, secret_key_old=FIRST), bench.store, bench.clock)
    after = build_web(settings(secret_key=SECOND), bench.store, bench.clock)
    assert Person(after.test_client()).open(link + "/p/g_topics").status == 409

    person = Person(rotated.test_client()).open(link + "/p/g_topics")
    assert person.page.forms[-1].values["comment"] == ["canary-0815"]
    person.press()

    assert Person(after.test_client()).open(link + "/p/g_topics").page.forms[-1].values["comment"] == ["canary-0815"]


@pytest.mark.parametrize("address", ["", "/p/g_topics", "/check", "/saved", "/receipt"])
@pytest.mark.parametrize(("language", "said"), [("de", "lassen sich nicht öffnen"), ("en", "cannot be opened")])
def test_a_tampered_draft_is_said_on_every_page(
    bench: Bench, app: Flask, link: str, address: str, language: str, said: str
) -> None:
    with_typed(app, link)
    keep(bench, sealed={**document(bench)["sealed"], "data": "AAAA"})

    person = Person(app.test_client(), language).open(link + address)

    assert person.status == 409
    assert said in person.page.h1


def test_an_older_content_put_back_is_noticed(bench: Bench, app: Flask, link: str) -> None:
    person = with_typed(app, link)
    before = document(bench)["sealed"]
    person.press(help="yes")
    keep(bench, sealed=before)

    assert Person(app.test_client()).open(link).status == 409


def test_who_cannot_open_the_saved_answers_can_begin_again(bench: Bench, app: Flask, link: str) -> None:
    with_typed(app, link)
    keep(bench, sealed={**document(bench)["sealed"], "data": "AAAA"})
    person = Person(app.test_client()).open(link)

    person.press()

    assert person.path.endswith("/p/g_numbers")
    assert person.page.forms[-1].values["groups"] == [""]
    assert Person(app.test_client()).open(link).status == 200


def test_nobody_empties_a_draft_that_can_be_opened(bench: Bench, app: Flask, link: str) -> None:
    with_typed(app, link)

    app.test_client().post(link + "/again")

    assert Person(app.test_client()).open(link + "/p/g_topics").page.forms[-1].values["comment"] == ["canary-0815"]


def test_nothing_said_stays_in_a_draft_that_was_handed_in(bench: Bench, app: Flask, link: str) -> None:
    person = with_typed(app, link)
    person.press(help="no").press()
    assert person.page.h1.startswith("Thank you")

    assert document(bench)["sealed"] is None


def test_changes_to_what_was_handed_in_are_sealed_too(bench: Bench, app: Flask) -> None:
    bench.publish_report()
    answers = {**GOOD, "topics": ["rooms"], "comment": "canary-0815"}
    bench.submissions.submit(Sent(PLACE, "uuid:1", answers))
    invited = bench.office.invitations.invite(PLACE)

    draft = bench.office.handing_in.change(bench.office.drafts.get(invited.invitation, None))

    assert draft.answers["comment"] == "canary-0815"
    assert "canary" not in json.dumps(document(bench))
