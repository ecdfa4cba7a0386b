"""Who answered an anonymous survey is known, what they answered is known, and nothing stored joins the two."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.app import build_web
from services.intake.domain.submission import Place
from services.intake.ports import COLLECTIONS
from tests.support.asking import PostOffice, link_in
from tests.support.browsing import Person
from tests.support.fakes import MemoryStore
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench
from tests.support.intake import settings as intake_settings
from tests.support.smtp_sink import SmtpSink

SURVEY = Place("sample", "survey", "nordstadt", "2026-H2")
ANSWER_SIDE = {"submissions", "drafts", "consents"}
PERSON_SIDE = {"register", "register_mails", "register_objections", "invitations"}
OF_NOBODY = {"notices"}
PEOPLE = ("kim", "lee", "mo", "robin")
SHARED = {*vars(SURVEY).values()}
SIGNS = {"opened", "started", "used"}
Documents = dict[str, list[dict[str, Any]]]


def stored(bench: Bench, names: set[str]) -> Documents:
    return {name: bench.store.collection(name).find({}) for name in sorted(names)}


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a document, whole."""
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


def answer(app: Flask, path: str, groups: int) -> None:
    person = Person(app.test_client()).open(path).press()
    for _ in range(9):
        if person.page.h1 == "Check your answers":
            break
        given = {**GOOD, "groups": groups}
        person.press(**{name: given[name] for name in person.page.forms[-1].names if name in given})
    assert person.press().path.endswith("/receipt")


@given(
    order=st.permutations(range(len(PEOPLE))),
    how_many=st.integers(1, len(PEOPLE)),
    minutes=st.lists(st.integers(0, 200), min_size=len(PEOPLE), max_size=len(PEOPLE)),
)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_query_over_any_two_collections_joins_a_person_with_answers(
    order: list[int], how_many: int, minutes: list[int]
) -> None:
    bench = Bench(MemoryStore())
    bench.publish_report(report_form(), report_form(id="survey", respondents="many", anonymous=True))
    app = build_web(intake_settings(), bench.store, bench.clock)
    with SmtpSink() as sink:
        post = PostOffice(bench, sink)
        post.enter(SURVEY, *(f"{name}@example.org" for name in PEOPLE))
        links = {str(mail["To"]).partition("@")[0]: link_in(mail) for mail in post.run()}
        post.close()
    before = stored(bench, PERSON_SIDE)

    for place, who in enumerate(order[:how_many]):
        bench.clock.advance(minutes=minutes[place], seconds=place)
        answer(app, links[PEOPLE[who]], groups=100 + who)

    after, answers = stored(bench, PERSON_SIDE), stored(bench, ANSWER_SIDE)
    assert len(answers["submissions"]) == how_many
    assert sum(state == "submitted" for state in post.states(SURVEY).values()) == how_many
    without_signs = {
        name: [{key: value for key, value in one.items() if key not in SIGNS} for one in found]
        for name, found in after.items()
    }
    assert without_signs == before  # what answering leaves with a person is three yes-or-no, no time, no id
    said_of_people = {text for text in texts([*after.values()]) if text not in SHARED}
    said_in_answers = {text for text in texts([*answers.values()]) if text not in SHARED}
    days = {text for text in said_of_people if re.fullmatch(r"\d{4}-\d\d-\d\d", text)}
    assert said_of_people & said_in_answers <= days
    everything = json.dumps(answers)
    assert [text for text in said_of_people - days if len(text) > 9 and text in everything] == []
    assert all(text.endswith("T00:00:00.000Z") for text in said_in_answers if re.match(r"\d{4}-\d\d-\d\dT", text))


def test_every_collection_is_on_one_side_or_of_no_person() -> None:
    """A collection that is added must say where it stands, or the property above would not see it."""
    about_staff = {"sign_in_links", "account_emails", "form_uploads", "sent_back", "overdue"}
    registries = {spec.name for spec in COLLECTIONS if spec.name.startswith("registry_")}

    assert {spec.name for spec in COLLECTIONS} == (ANSWER_SIDE | PERSON_SIDE | OF_NOBODY | about_staff | registries)


def test_the_receipt_of_a_used_link_holds_no_time() -> None:
    bench = Bench(MemoryStore())
    bench.publish_report(report_form(id="survey", respondents="many", anonymous=True))
    place = replace(SURVEY)
    bench.office.asking.register.enter(place, "kim@example.org", "en", "evaluator")
    (entry,) = bench.office.asking.register.listed("sample", "2026-H2")
    token = bench.office.asking.register.link_of(entry.contact)
    invitations = bench.office.invitations
    before = bench.store.collection("invitations").find({})

    bench.clock.advance(hours=5)
    invitations.note(invitations.find(token), "used")

    (kept,) = bench.store.collection("invitations").find({})
    assert kept == {**before[0], "used": True}
