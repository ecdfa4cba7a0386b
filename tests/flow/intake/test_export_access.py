from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.app import build_web
from services.intake.domain.submission import Sent
from shared.programme.model import Question
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.exports import read_csv, read_json, read_xlsx
from tests.support.forms import GOOD, both, report_form
from tests.support.intake import PLACE, Bench, settings

PROGRAMME = "/api/intake/v1/programmes/sample/forms"
PAST = "2026-07-01T08:15:00.000Z"
NORTH = ("nordstadt",)
SURVEY = report_form(
    id="survey",
    respondents="many",
    anonymous=True,
    items=(Question("score", "integer", both("Punkte", "Score")), Question("remark", "text")),
)
TEAM = report_form(id="team", respondents="many", items=SURVEY.items)
GRANTS = {
    "evaluator": (Grant("evaluator", "sample"),),
    "consultant": (Grant("consultant", "sample", NORTH),),
    "coordinator": (Grant("coordinator", "sample", NORTH),),
    "lead": (Grant("lead", "sample"),),
    "admin": (Grant("admin", "*"),),
    "stranger": (Grant("evaluator", "elsewhere"),),
}


@pytest.fixture
def app(bench: Bench) -> Flask:
    """Five anonymous answers from nordstadt and four from suedtal in a closed wave, two in the open one."""
    people = bench.office.people
    for id_, grants in GRANTS.items():
        people.save(Account(id_, f"{id_}@example.org", id_, "en", grants))
    people.add_key("reader", ["read"], "key-reader")
    people.add_key("analyst", ["read", "answers:read"], "key-analyst")
    people.add_key("sender", ["submissions:write"], "key-sender")
    bench.publish_report(report_form(), SURVEY, TEAM)
    submit = bench.submissions
    for site in ("nordstadt", "suedtal"):
        place = replace(PLACE, site=site)
        submit.submit(Sent(place, f"uuid:{site}", {**GOOD, "comment": f"Text aus {site}"}))
        team = Sent(replace(place, form="team"), f"uuid:team-{site}", {"score": 1, "remark": "x"}, respondent="P3")
        submit.submit(team)
        survey = replace(place, form="survey")
        for number in range(5 if site == "nordstadt" else 4):
            sent = Sent(replace(survey, wave="2026-H1"), f"uuid:{site}-{number}", {"score": number, "remark": "mild"})
            submit.import_past(sent, PAST)
        submit.submit(Sent(survey, f"uuid:{site}-now", {"score": 9, "remark": "streng"}))
    return build_web(settings(), bench.store, bench.clock)


class Desk:
    """Asks for exports as somebody."""

    def __init__(self, bench: Bench, app: Flask, who: str) -> None:
        self._client: FlaskClient = app.test_client()
        self._headers = {"Authorization": f"Bearer {who}"} if who.startswith("key-") else {}
        if not self._headers:
            Person(self._client).open(bench.office.sign_in.link_for(who)).press()

    def ask(self, form: str, query: str = "", suffix: str = "json") -> TestResponse:
        return self._client.get(f"{PROGRAMME}/{form}/export.{suffix}?{query}", headers=self._headers)

    def items(self, form: str, query: str = "") -> list[dict[str, Any]]:
        found = self.ask(form, query)
        assert found.status_code == 200, found.json
        items: list[dict[str, Any]] = read_json(found.data)["items"]
        return items


BOTH, OWN = ["nordstadt", "suedtal"], ["nordstadt"]


@pytest.mark.parametrize(
    ("who", "report", "team", "survey"),
    [
        ("evaluator", BOTH, BOTH, 11),
        ("consultant", OWN, OWN, 5),
        ("coordinator", OWN, 403, 403),
        ("lead", 403, 403, 403),
        ("admin", 403, 403, 403),
        ("stranger", 404, 404, 404),
        ("key-reader", BOTH, BOTH, 5),
        ("key-analyst", BOTH, BOTH, 11),
        ("key-sender", 403, 403, 403),
        ("key-nobody", 401, 401, 401),
    ],
)
def test_who_gets_which_responses(
    bench: Bench, app: Flask, who: str, report: list[str] | int, team: list[str] | int, survey: int
) -> None:
    desk = Desk(bench, app, who)

    for form, expected in (("report", report), ("team", team)):
        if isinstance(expected, int):
            assert desk.ask(form).status_code == expected
        else:
            assert [item["site"] for item in desk.items(form)] == expected
    if survey > 400:
        assert desk.ask("survey").status_code == survey
    else:
        assert len(desk.items("survey")) == survey


@pytest.mark.parametrize(
    ("who", "in_report", "in_survey"),
    [
        ("evaluator", True, True),
        ("consultant", True, False),
        ("key-reader", False, False),
        ("key-analyst", True, True),
    ],
)
def test_who_gets_free_texts(bench: Bench, app: Flask, who: str, in_report: bool, in_survey: bool) -> None:
    desk = Desk(bench, app, who)

    assert ("comment" in desk.items("report")[0]) is in_report
    assert ("remark" in desk.items("survey")[0]) is in_survey
    for suffix in ("csv", "xlsx", "sav", "json"):
        assert (b"Text aus" in _unpacked(suffix, desk.ask("report", suffix=suffix).data)) is in_report


def _unpacked(suffix: str, data: bytes) -> bytes:
    return repr(read_xlsx(data)).encode() if suffix == "xlsx" else data


def test_only_evaluators_get_the_codes_of_respondents(bench: Bench, app: Flask) -> None:
    assert Desk(bench, app, "evaluator").items("team")[0]["respondent"] == "P3"
    assert "respondent" not in Desk(bench, app, "consultant").items("team")[0]
    assert "respondent" not in Desk(bench, app, "key-reader").items("team")[0]


def test_an_anonymous_row_has_a_day_and_nothing_that_leads_to_a_person(bench: Bench, app: Flask) -> None:
    item = Desk(bench, app, "evaluator").items("survey")[0]

    assert item == {
        "site": "nordstadt", "wave": "2026-H1", "form_version": "1", "received_at": "2026-07-01", "revision": 1,
        "marks": None, "score": item["score"], "remark": "mild",
    }  # fmt: skip


@pytest.mark.parametrize("who", ["key-reader", "consultant"])
def test_a_small_anonymous_group_is_refused_and_an_open_wave_too(bench: Bench, app: Flask, who: str) -> None:
    bench.office.people.save(Account("consultant", "consultant@example.org", "c", "en", (Grant("consultant", "*"),)))
    desk = Desk(bench, app, who)

    small = desk.ask("survey", "site=suedtal")
    still_open = desk.ask("survey", "wave=2026-H2")

    assert (small.status_code, still_open.status_code) == (403, 403)
    assert small.json is not None
    assert still_open.json is not None
    assert "from 5 responses" in small.json["message"]
    assert "closed" in still_open.json["message"]


def test_what_was_left_out_is_named(bench: Bench, app: Flask) -> None:
    desk = Desk(bench, app, "key-reader")

    assert read_json(desk.ask("survey").data)["left_out"] == [{"wave": "2026-H1", "site": "suedtal"}]
    last = read_xlsx(desk.ask("survey", suffix="xlsx").data)["codebook"][-1]
    assert (last["label_de"], last["label_en"]) == (
        "suedtal, 2026-H1: zu wenige Antworten", "suedtal, 2026-H1: too few responses",
    )  # fmt: skip


def test_an_evaluator_gets_small_groups_too(bench: Bench, app: Flask) -> None:
    desk = Desk(bench, app, "evaluator")

    assert len(desk.items("survey", "site=suedtal&wave=2026-H1")) == 4
    assert [item["score"] for item in desk.items("survey", "wave=2026-H2")] == [9, 9]


def test_erasing_one_of_five_makes_an_anonymous_group_too_small(bench: Bench, app: Flask) -> None:
    bench.office.erasing.erase(replace(PLACE, form="survey", site="", wave=""), "uuid:nordstadt-0")

    assert Desk(bench, app, "consultant").ask("survey").status_code == 403


def test_a_foreign_site_is_refused(bench: Bench, app: Flask) -> None:
    for who in ("consultant", "coordinator"):
        assert Desk(bench, app, who).ask("report", "site=suedtal").status_code == 403
        assert len(Desk(bench, app, who).items("report", "site=nordstadt")) == 1


def test_without_a_session_or_key_there_is_nothing(app: Flask) -> None:
    assert app.test_client().get(f"{PROGRAMME}/report/export.csv").status_code == 401


def test_free_text_cannot_become_a_formula_in_any_row(bench: Bench, app: Flask) -> None:
    place, text = replace(PLACE, wave="2026-H1"), '=HYPERLINK("https://example.org";"hier")'
    bench.submissions.import_past(Sent(place, "uuid:evil", {**GOOD, "comment": text}), PAST)
    desk = Desk(bench, app, "evaluator")

    rows = read_csv(desk.ask("report", suffix="csv").data)

    assert [row["comment"] for row in rows] == [f"'{text}", "Text aus nordstadt", "Text aus suedtal"]
    assert read_xlsx(desk.ask("report", suffix="xlsx").data)["answers"][0]["comment"] == text


@pytest.mark.parametrize(
    ("who", "forms", "wave_of_survey"),
    [("evaluator", {"report", "survey", "team"}, True), ("consultant", {"report", "survey", "team"}, False)],
)
def test_the_responses_page_links_to_every_file(
    bench: Bench, app: Flask, who: str, forms: set[str], wave_of_survey: bool
) -> None:
    client = app.test_client()
    person = Person(client).open(bench.office.sign_in.link_for(who)).press()
    page = person.open("/collection/sample/responses?wave=2026-H2").page

    links = [link for link in page.links if "/export." in link]

    assert {link.split("/forms/")[1].split("/")[0] for link in links} == forms
    assert any("/survey/export.csv?wave=2026-H2" in link for link in links) is wave_of_survey
    for link in links:
        assert client.get(link).status_code == 200, link
    for said in ("Download answers", "codebook", "With free texts"):
        assert said in page.text
    assert ("at least 5 responses and without free texts" in page.text) is not wave_of_survey


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_who_sees_no_single_answers_sees_no_links_to_them(bench: Bench, app: Flask, who: str) -> None:
    person = Person(app.test_client()).open(bench.office.sign_in.link_for(who)).press()

    page = person.open("/collection/sample/responses?wave=2026-H2").page

    assert page.h1.startswith("Responses")
    assert [link for link in page.links if "export" in link] == []


def test_a_link_of_the_page_asks_for_labels_in_the_language_of_the_page(bench: Bench, app: Flask) -> None:
    person = Person(app.test_client(), "de").open(bench.office.sign_in.link_for("evaluator")).press()

    page = person.open("/collection/sample/responses?wave=2026-H1&lang=de").page

    assert "/api/intake/v1/programmes/sample/forms/report/export.sav?wave=2026-H1&language=de" in page.links
    assert "Antworten herunterladen" in page.text
