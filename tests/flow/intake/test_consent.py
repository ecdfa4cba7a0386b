"""With every response is kept which privacy notice was shown when the person began."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from services.intake.handlers.consent import version_of
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings

REPORT = Place("sample", "report", "nordstadt", "2026-H2")


@pytest.fixture
def app(bench: Bench) -> Flask:
    survey = report_form(id="survey", respondents="many", anonymous=True)
    bench.publish_report(report_form(), survey)
    return build_web(settings(), bench.store, bench.clock)


def record(bench: Bench) -> dict[str, str]:
    (kept,) = bench.store.collection("consents").find({})
    return kept


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_notice_that_was_shown_is_kept_word_for_word(bench: Bench, app: Flask, language: str) -> None:
    token = bench.office.invitations.invite(REPORT).token
    person = Person(app.test_client(), language).open(f"/q/{token}")
    shown = " ".join(person.page.text.split())
    assert bench.store.collection("consents").count({}) == 0

    person.press()

    kept = bench.office.asking.consents.of(REPORT, record(bench)["instance_id"])
    assert kept is not None
    assert kept["notice"] == version_of(kept["text"])
    assert all(" ".join(part.split()) in shown for part in kept["text"].split("\n\n"))
    assert kept["begun_at"] == bench.office.desk.now()


def test_of_an_anonymous_response_only_the_day_is_kept(bench: Bench, app: Flask) -> None:
    token = bench.office.invitations.invite(replace(REPORT, form="survey")).token

    Person(app.test_client()).open(f"/q/{token}").press()

    assert re.fullmatch(r"2026-11-22T00:00:00\.000Z", record(bench)["begun_at"])


def test_who_saw_an_older_notice_is_shown_the_new_one_before_beginning(bench: Bench, app: Flask) -> None:
    token = bench.office.invitations.invite(REPORT).token
    person = Person(app.test_client()).open(f"/q/{token}")
    old = person.page.forms[-1].values["notice"][0]
    programme = bench.office.desk.registry.programme("sample")
    purpose = {"de": "Neuer Zweck.", "en": "A new purpose."}
    bench.publishing.publish(replace(programme, version="2", purpose=purpose))
    app.extensions["registry"].forget()

    person.press()

    assert "A new purpose." in person.page.text
    assert person.page.forms[-1].values["notice"][0] != old
    assert person.press().path.endswith("/p/" + person.path.rpartition("/")[2])
    assert record(bench)["notice"] != old


def test_records_of_what_was_never_handed_in_are_removed(bench: Bench, app: Flask) -> None:
    token = bench.office.invitations.invite(REPORT).token
    Person(app.test_client()).open(f"/q/{token}").press()

    bench.clock.advance(days=200)
    bench.office.tidying.run_once()

    assert bench.store.collection("consents").count({}) == 0


def test_the_record_of_a_response_stays_until_it_is_erased(bench: Bench, app: Flask) -> None:
    token = bench.office.invitations.invite(REPORT).token
    Person(app.test_client()).open(f"/q/{token}").press()
    instance = record(bench)["instance_id"]
    bench.submissions.submit(Sent(REPORT, instance, GOOD))
    bench.clock.advance(days=400)
    bench.office.tidying.run_once()
    assert "kept_until" not in record(bench)

    bench.office.erasing.erase(REPORT, instance)

    assert bench.store.collection("consents").count({}) == 0
