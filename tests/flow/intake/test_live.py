from __future__ import annotations

import pytest
from flask import Flask

from services.intake.app import build_web
from tests.support.browsing import PageReader, Person
from tests.support.intake import PLACE, Bench, settings


@pytest.fixture
def app(bench: Bench) -> Flask:
    bench.publish_report()
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    return "/q/" + bench.office.invitations.invite(PLACE).token


@pytest.fixture
def person(app: Flask, link: str) -> Person:
    return Person(app.test_client()).open(link).press()


def typed(person: Person, **values: str) -> dict[str, str]:
    """Return what the page's form would send."""
    return {name: held[0] for name, held in person.page.forms[-1].values.items()} | values


def test_what_is_typed_is_saved_and_the_page_comes_back_without_naming_faults(app: Flask, person: Person) -> None:
    answer = app.test_client().post(person.path + "/live", data=typed(person, groups="10", groups_new="99"))

    page = PageReader(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert page.forms[-1].values["groups_new"] == ["99"]
    assert "Error" not in page.title
    assert person.open(person.path).page.forms[-1].values["groups"] == ["10"]


def test_saving_is_not_going_on(app: Flask, person: Person, link: str) -> None:
    app.test_client().post(person.path + "/live", data=typed(person, groups="10", groups_new="4", budget="3"))

    assert person.open(link).press().path.endswith("/p/g_numbers")


def test_an_empty_field_is_emptied(app: Flask, person: Person) -> None:
    app.test_client().post(person.path + "/live", data=typed(person, groups="10"))
    app.test_client().post(person.path + "/live", data=typed(person, groups=""))

    assert person.open(person.path).page.forms[-1].values["groups"] == [""]


def test_what_was_handed_in_is_not_changed(app: Flask, bench: Bench, person: Person) -> None:
    path, sent = person.path, typed(person, groups="77")
    person.press(groups="10", groups_new="4")
    person.press()
    person.press(topics=["none"])
    person.press(help="no").press()

    assert app.test_client().post(path + "/live", data=sent).status_code == 409
    (document,) = bench.store.collection("submissions").find({})
    assert document["answers"]["groups"] == 10


def test_with_the_store_away_nothing_is_claimed(app: Flask, bench: Bench, person: Person) -> None:
    bench.outage.begin()

    answer = app.test_client().post(person.path + "/live", data=typed(person, groups="10"))

    assert (answer.status_code, answer.data) == (503, b"")
    assert "Retry-After" in answer.headers


def test_pages_that_do_not_exist_are_404(app: Flask, person: Person) -> None:
    path = person.path.rsplit("/", 1)[0] + "/nothing/live"

    assert app.test_client().post(path, data={"shown": ""}).status_code == 404
