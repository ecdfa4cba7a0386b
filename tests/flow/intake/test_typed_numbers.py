"""Numbers as people type them on questionnaire pages."""

from __future__ import annotations

import pytest
from flask import Flask

from services.intake.app import build_web
from tests.support.browsing import Person
from tests.support.intake import PLACE, Bench, settings


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    bench.publish_report()
    return "/q/" + bench.office.invitations.invite(PLACE).token


def type_budget(app: Flask, link: str, language: str, budget: str, button: str = "") -> Person:
    person = Person(app.test_client(), language).open(link).press()
    return person.press(groups="10", groups_new="4", budget=budget, **({"button": button} if button else {}))


def drafted(bench: Bench, link: str) -> dict[str, object]:
    invitation = bench.office.invitations.find(link.removeprefix("/q/"))
    return dict(bench.office.drafts.get(invitation, None).answers)


@pytest.mark.parametrize(("language", "typed"), [("de", "100.000"), ("en", "100,000"), ("de", "100\u202f000,00")])
def test_a_hundred_thousand_is_kept_as_that(bench: Bench, app: Flask, link: str, language: str, typed: str) -> None:
    type_budget(app, link, language, typed)

    assert drafted(bench, link)["budget"] == 100_000


@pytest.mark.parametrize(
    ("language", "typed", "asked"), [("de", "100,000", "zwei Arten"), ("en", "100.000", "two ways")]
)
def test_the_other_languages_grouping_is_asked_about_and_not_kept(
    bench: Bench, app: Flask, link: str, language: str, typed: str, asked: str
) -> None:
    person = type_budget(app, link, language, typed)

    assert person.status == 422
    assert asked in person.page.text
    assert "100000" in person.page.text
    assert person.page.forms[-1].values["budget"] == [typed]
    assert "budget" not in drafted(bench, link)


def test_a_refused_number_is_not_lost_where_the_other_language_could_read_it(
    bench: Bench, app: Flask, link: str
) -> None:
    type_budget(app, link, "en", "100.000", button="save")
    person = Person(app.test_client(), "de").open(link).press()

    person.press(button="save")

    assert drafted(bench, link)["budget"] == 100_000


def test_a_refused_number_holds_back_handing_in_also_in_the_other_language(bench: Bench, app: Flask, link: str) -> None:
    type_budget(app, link, "en", "100.000", button="save")
    person = Person(app.test_client(), "de").open(f"{link}/check")

    person.press()

    assert person.status == 422
    assert "Prüfen Sie diese Angabe" in person.page.text
    assert bench.store.collection("submissions").count({}) == 0


def test_three_decimals_come_back_into_the_field_readable(bench: Bench, app: Flask, link: str) -> None:
    type_budget(app, link, "en", "12.1250")
    person = Person(app.test_client(), "de").open(f"{link}/p/g_numbers")

    assert person.page.forms[-1].values["budget"] == ["12,1250"]
    person.press()
    assert drafted(bench, link)["budget"] == 12.125
