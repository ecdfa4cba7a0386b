"""The monitoring pages of both shipped programmes, in German and English."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.scoring import ScoringHarness, minimal, programme
from tests.support.scoring_web import ScoringWeb

REPORT, SURVEY, SELF = "hor_site_report", "hor_mo_survey", "sf_selfassessment"
TROUBLE: dict[str, Any] = {
    "staff_fte": 1, "staff_fte_planned": 3, "staff_leavers": 1, "wait_days": 30, "mp_proof_due": 10, "mp_overdue": 4,
    "consult_topics": ["grants"], "orgs_reached": 40, "support_urgency": "0", "challenges": ["hostility"],
}  # fmt: skip
FINE: dict[str, Any] = {"staff_fte": 2, "staff_fte_planned": 2, "wait_days": 5, "mp_proof_due": 10, "mp_overdue": 0}


@pytest.fixture(scope="module")
def houses() -> ScoringWeb:
    """Two half-years at three houses, one of them in trouble, and four anonymous answers."""
    harness = ScoringHarness(programme("programmes/house-of-resources"))
    reports = [wave.code for wave in harness.definition.waves if REPORT in wave.forms][-2:]
    survey = [wave.code for wave in harness.definition.waves if SURVEY in wave.forms][-1]
    for site, last in zip(("bautzen", "berlin", "bonn"), (TROUBLE, FINE, FINE), strict=True):
        harness.answer(site, reports[0], FINE, form=REPORT)
        harness.answer(site, reports[1], last, form=REPORT)
    for number in range(4):
        answers = {"consent": "yes", "acc_1": "1", "acc_2": "1", "acc_3": "1", "acc_4r": "5"}
        harness.answer("bautzen", survey, answers, form=SURVEY, respondent=f"o{number}")
    harness.overdue("brandenburg", reports[0], 21, REPORT)
    harness.catch_up()
    return ScoringWeb(harness)


@pytest.fixture(scope="module")
def associations() -> ScoringWeb:
    """One association that has assessed itself twice and got worse, below every threshold."""
    harness = ScoringHarness(programme("programmes/strukturfoerderung"))
    waves = [wave.code for wave in harness.definition.waves if SELF in wave.forms][-2:]
    for wave, level in zip(waves, ("4", "1"), strict=True):
        answers = {f"gs_{number}": level for number in range(1, 7)} | {"gs_7r": "1" if level == "4" else "4"}
        for number, role in enumerate(("board", "office_lead", "staff")):
            sent = {"resp_role": role, **answers}
            harness.answer(site_of(harness), wave, sent, form=SELF, respondent=f"r{number}")
    harness.catch_up()
    return ScoringWeb(harness)


def site_of(harness: ScoringHarness) -> str:
    return harness.definition.sites[0].code


def opened(client: FlaskClient, path: str) -> str:
    """Return the text of a page without tags."""
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split()).replace("&lt;", "<").replace("&gt;", ">")


@pytest.fixture
def evaluator(houses: ScoringWeb) -> FlaskClient:
    return houses.person(("evaluator", ("*",)))


def test_the_programme_page_says_who_reported_what_is_wrong_and_where(evaluator: FlaskClient) -> None:
    page = opened(evaluator, "/monitoring/house-of-resources")

    assert "Stellen unbesetzt" in page
    assert "Besetzungsquote: 33 %" in page
    assert "✕ Ziel verfehlt 33" in page
    assert "▲ 21 Tage überfällig" in page
    assert "vollständig (1 Antwort)" in page


def test_every_link_of_every_page_leads_somewhere(houses: ScoringWeb, associations: ScoringWeb) -> None:
    for web in (houses, associations):
        client = web.person(("evaluator", ("*",)))
        seen, left = set(), ["/monitoring/"]
        while left:
            path = left.pop()
            seen.add(path)
            page = client.get(path)
            assert page.status_code == 200, path
            found = {link.replace("&amp;", "&") for link in re.findall(r'href="(/monitoring/[^"#]*)', page.text)}
            left += [link for link in found - seen - set(left) if "/static/" not in link and "/shared/" not in link]
        assert len(seen) > 5


def test_the_site_page_shows_values_reasons_trend_and_what_to_do(evaluator: FlaskClient) -> None:
    page = opened(evaluator, "/monitoring/house-of-resources/sites/bautzen")

    assert "Besetzungsquote 33 %" in page
    assert "✕ Ziel verfehlt Zielwert ≥ 90 %" in page
    assert "Endet, wenn gilt: Besetzungsquote ≥ 80" in page
    assert "Derzeit: Besetzungsquote 33 %." in page
    assert "Beratung des Trägers zu Personal" in page
    assert "Die Frage wurde nicht beantwortet" in page or "In dieser Erhebung nicht gefragt" in page


def test_the_trend_is_a_picture_with_a_table_behind_it(evaluator: FlaskClient) -> None:
    page = evaluator.get("/monitoring/house-of-resources/sites/bautzen").text
    card = page[page.index('id="H01"') : page.index('id="H02"')]

    assert '<svg class="chart" role="img"' in card
    assert '<th scope="row">2. Halbjahr 2026</th><td class="num">33\u00a0%</td>' in card


def test_four_answers_to_the_survey_show_no_figure(houses: ScoringWeb, evaluator: FlaskClient) -> None:
    survey = [wave.code for wave in houses.harness.definition.waves if SURVEY in wave.forms][-1]

    page = opened(evaluator, f"/monitoring/house-of-resources/sites/bautzen?wave={survey}")

    assert "Zu wenige Antworten, um den Wert zu zeigen" in page
    assert "Zugang & Qualität –" in page or "Zugang &amp; Qualität –" in page


def test_pages_speak_english_when_asked(evaluator: FlaskClient) -> None:
    page = opened(evaluator, "/monitoring/house-of-resources/sites/bautzen?lang=en")

    assert "Ends if: Staffing rate ≥ 80" in page
    assert "Now: Staffing rate 33" in page
    assert "target missed Target ≥ 90" in page


def test_the_page_of_a_flag_explains_it(associations: ScoringWeb) -> None:
    client = associations.person(("consultant", ("*",)))
    (episode,) = associations.harness.episodes(site_of(associations.harness), "F-S02")
    id_ = next(
        i for i, e in associations.harness.flags(site_of(associations.harness))["episodes"].items() if e == episode
    )

    page = opened(client, f"/monitoring/flags/{id_}")

    assert "Gemeldet wird, wenn: Geschäftsstelle < 34" in page
    assert "ausgelöst, kritisch" in page
    assert "100 Punkte" in page
    assert "S01 >= 55" in page


def test_a_lead_sees_no_names_and_no_figures_of_three_single_sites(houses: ScoringWeb) -> None:
    page = opened(houses.person(("lead", ("*",))), "/monitoring/house-of-resources")

    assert "33 – 100 %" not in page
    assert "zu wenige Werte" in page
    assert "Bautzen" not in page
    assert "Anfeindungen" not in page


def test_a_flag_hidden_from_leads_shows_for_consultants(houses: ScoringWeb) -> None:
    page = opened(houses.person(("consultant", ("*",))), "/monitoring/house-of-resources/sites/bautzen")

    assert "Anfeindungen gemeldet" in page


def test_an_unknown_wave_is_not_found(evaluator: FlaskClient) -> None:
    assert evaluator.get("/monitoring/house-of-resources?wave=1999").status_code == 404


def test_a_programme_without_answers_has_a_page(evaluator: FlaskClient, houses: ScoringWeb) -> None:
    empty = ScoringWeb(ScoringHarness(programme("programmes/strukturfoerderung")))
    client = empty.person(("evaluator", ("*",)))

    assert "Zurzeit ist kein Hinweis offen" in opened(client, "/monitoring/strukturfoerderung")
    assert opened(client, f"/monitoring/strukturfoerderung/sites/{site_of(empty.harness)}")


def test_both_catalogues_have_the_same_keys() -> None:
    from shared.web.language import catalogue

    packages = ("services.scoring.web",)
    assert catalogue(packages, "de").keys() == catalogue(packages, "en").keys()


def test_the_site_page_opens_on_the_newest_wave_with_a_value() -> None:
    harness = ScoringHarness(minimal())
    harness.answer("nordstadt", "2026-H1", {"proofs_due": 20, "proofs_overdue": 8})
    harness.overdue("nordstadt", "2026-H2", 21)
    harness.catch_up()
    client = ScoringWeb(harness).person(("evaluator", ("*",)))

    assert "Indikatoren: 1. Halbjahr 2026" in opened(client, "/monitoring/minimal/sites/nordstadt")
    assert "Indikatoren: 2. Halbjahr" in opened(client, "/monitoring/minimal/sites/nordstadt?wave=2026-H2")


@pytest.mark.parametrize(
    ("role", "sees"), [("evaluator", True), ("consultant", False), ("coordinator", False), ("lead", False)]
)
def test_how_well_the_survey_measures_is_for_evaluators(houses: ScoringWeb, role: str, sees: bool) -> None:
    client = houses.person((role, ("*",)))
    survey = [wave.code for wave in houses.harness.definition.waves if SURVEY in wave.forms][-1]
    base = "house-of-resources"

    assert (
        "Alpha Zugang & Qualität" in opened(client, f"/monitoring/{base}?wave={survey}").replace("&amp;", "&")
    ) is sees
    if role != "lead":
        page = opened(client, f"/monitoring/{base}/sites/bautzen?wave={survey}").replace("&amp;", "&")
        listed = client.get(f"/api/scoring/v1/programmes/{base}/sites/bautzen/indicators?wave={survey}&limit=200").json
        assert ("Alpha Zugang & Qualität" in page) is sees
        assert ("X13" in {item["indicator"] for item in listed["items"]}) is sees
