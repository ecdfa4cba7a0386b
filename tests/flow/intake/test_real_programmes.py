"""The programmes that ship, filled in by people."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place
from shared.programme.loader import read_programme
from shared.programme.model import Programme
from tests.support.browsing import Person
from tests.support.intake import Bench, settings

PROGRAMMES = Path(__file__).parents[3] / "programmes"


@lru_cache
def programme(name: str) -> Programme:
    return read_programme(PROGRAMMES / name)


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


def invite(bench: Bench, name: str, form: str, wave: str, respondent: str | None = None) -> str:
    published = programme(name)
    bench.publishing.publish(published)
    opens_on = datetime.strptime(published.wave(wave).opens_on, "%Y-%m-%d").replace(tzinfo=UTC)
    bench.clock.advance(seconds=(opens_on - bench.clock.now()).total_seconds() + 86_400)
    place = Place(name, form, published.sites[0].code, wave)
    return "/q/" + bench.office.invitations.invite(place, respondent=respondent).token


def stored(bench: Bench) -> dict[str, object]:
    (document,) = bench.store.collection("submissions").find({})
    answers: dict[str, object] = document["answers"]
    return answers


def test_a_site_report_of_the_house_of_resources(bench: Bench, app: Flask) -> None:
    link = invite(bench, "house-of-resources", "hor_site_report", "2026-H2")
    person = Person(app.test_client(), "de").open(link).press()

    person.press(staff_fte_planned="4,5", staff_fte="4", staff_leavers="0", grant_notice="announced",
                 budget_total="120.000", budget_spent="60.000,50")  # fmt: skip
    person.press(orgs_reached="40", orgs_new="12", orgs_mo="30", orgs_informal="9", consult_sessions="0", foundings="1")
    person.press(room_offer="none", equip_loans="3")
    person.press(mp_applications="0", mp_proof_due="0", mp_exhausted="no")
    person.press(train_count="0", coop_active="8", muni_link="2", committee_entries="1", cofunding="0",
                 followup_grants="2")  # fmt: skip
    person.press(gas_1="0", gas_2="1")
    person.press(challenges=["staff", "funding"], support_urgency="0")
    assert "weitere Fragen" in person.page.text
    person.press(challenge_main="staff", challenge_text="Zwei Stellen sind offen.")
    person.press(exchange_offer=["grants"], good_practice="")
    assert person.page.h1 == "Prüfen Sie Ihre Antworten"
    person.press()

    assert person.page.h1.startswith("Vielen Dank"), person.page.text
    kept = stored(bench)
    assert kept["c_budget_rate"] == 50
    assert kept["c_chall_n"] == 2
    assert kept["budget_spent"] == 60000.5
    assert kept["challenge_text"] == "Zwei Stellen sind offen."
    assert "gas_3" not in kept


@pytest.mark.parametrize(
    ("language", "goal"), [("de", "Zehn neue Gruppen aus dem Umland"), ("en", "Reach ten new groups")]
)
def test_the_agreed_goals_are_shown_and_a_third_is_asked_only_where_there_is_one(
    bench: Bench, app: Flask, language: str, goal: str
) -> None:
    link = invite(bench, "house-of-resources", "hor_site_report", "2026-H2")

    person = Person(app.test_client(), language).open(link).press().open(f"{link}/p/g_goals")

    assert goal in person.page.text
    assert {"gas_1", "gas_2"} <= set(person.page.forms[-1].names)
    assert "gas_3" not in person.page.forms[-1].names


def test_nobody_is_asked_anything_who_does_not_want_to_take_part(bench: Bench, app: Flask) -> None:
    link = invite(bench, "house-of-resources", "hor_mo_survey", "2026-S")
    person = Person(app.test_client(), "en").open(link).press()

    person.press(consent="no")
    person.press()

    assert person.page.h1.startswith("Thank you")
    assert stored(bench)["consent"] == "no"


def test_a_member_of_staff_answers_only_the_questions_for_staff(bench: Bench, app: Flask) -> None:
    link = invite(bench, "strukturfoerderung", "sf_selfassessment", "2026", "P3")
    person = Person(app.test_client(), "en").open(link).press()
    while person.page.h1 != "Check your answers":
        fields = {"resp_role": "staff", "gs_1": "4", "priorities": ["gs"]}
        person.press(**{name: value for name, value in fields.items() if name in person.page.forms[-1].names})
        assert person.status == 200, person.page.text
    person.press()

    assert person.page.h1.startswith("Thank you")
    (document,) = bench.store.collection("submissions").find({})
    assert document["respondent"] == "P3"
    assert document["answers"]["resp_role"] == "staff"
    assert "fte_paid" not in document["answers"]


def _forms() -> list[tuple[str, str]]:
    return [
        ("house-of-resources", "hor_site_report"),
        ("house-of-resources", "hor_mo_survey"),
        ("strukturfoerderung", "sf_selfassessment"),
    ]


@pytest.mark.parametrize(("name", "form"), _forms())
@pytest.mark.parametrize("language", ["de", "en"])
def test_an_empty_questionnaire_can_be_paged_through_and_names_what_is_missing(
    bench: Bench, app: Flask, name: str, form: str, language: str
) -> None:
    wave = [wave.code for wave in programme(name).waves if form in wave.forms][-1]
    link = invite(bench, name, form, wave)
    person = Person(app.test_client(), language).open(link).press()
    person.press()
    person.open(f"{person.path.partition('/p/')[0]}/check")

    person.press()

    assert person.status == 422
    assert person.page.title.startswith("Fehler: " if language == "de" else "Error: ")
    assert len(set(person.page.ids)) == len(person.page.ids)
