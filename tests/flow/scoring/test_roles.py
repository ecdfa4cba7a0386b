"""Who may open what: every route, every role."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.scoring import ScoringHarness, minimal
from tests.support.scoring_web import ScoringWeb

ROLES = {
    "coordinator of the site": (("coordinator", ("nordstadt",)),),
    "coordinator of another site": (("coordinator", ("suedtal",)),),
    "consultant of the site": (("consultant", ("nordstadt",)),),
    "consultant of all": (("consultant", ("*",)),),
    "evaluator": (("evaluator", ("*",)),),
    "lead": (("lead", ("*",)),),
    "admin": (("admin", ("*",)),),
    "nobody": (),
}
SITE_ROLES = ("coordinator of the site", "consultant of the site", "consultant of all", "evaluator")
PROGRAMME_ROLES = (*SITE_ROLES, "coordinator of another site", "lead")
EPISODE = "{episode}"
ROUTES = {
    "/monitoring/": (200, 200, PROGRAMME_ROLES),
    "/monitoring/minimal": (200, 403, PROGRAMME_ROLES),
    "/monitoring/minimal/sites/nordstadt": (200, 403, SITE_ROLES),
    f"/monitoring/flags/{EPISODE}": (200, 404, SITE_ROLES),
    "/api/scoring/v1/programmes/minimal/sites/nordstadt/indicators": (200, 403, SITE_ROLES),
    "/api/scoring/v1/programmes/minimal/flags": (200, 403, PROGRAMME_ROLES),
    "/api/scoring/v1/programmes/minimal/flags?site=nordstadt": (200, 403, SITE_ROLES),
    f"/api/scoring/v1/flags/{EPISODE}": (200, 404, SITE_ROLES),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES)
def test_each_role_opens_what_it_may(web: ScoringWeb, route: str, role: str) -> None:
    allowed, refused, roles = ROUTES[route]
    client = web.person(*ROLES[role])

    status = client.get(route.replace(EPISODE, episode_at(web, "nordstadt"))).status_code

    without_staff_role = role in ("admin", "nobody")
    assert status == (allowed if role in roles else 403 if without_staff_role else refused)


@pytest.mark.parametrize("route", ROUTES)
def test_a_role_in_another_programme_opens_nothing(web: ScoringWeb, route: str) -> None:
    client = web.person(("evaluator", ("*",)), programme="elsewhere")

    response = client.get(route.replace(EPISODE, episode_at(web, "nordstadt")))

    assert response.status_code == (200 if route == "/monitoring/" else 404 if EPISODE in route else 403)
    assert b"Nordstadt" not in response.data


@pytest.mark.parametrize("route", ROUTES)
def test_somebody_not_signed_in_opens_nothing(web: ScoringWeb, route: str) -> None:
    status = web.stranger().get(route.replace(EPISODE, "x")).status_code

    assert status == (401 if route.startswith("/api/") else 302)


def test_the_matrix_covers_every_route(web: ScoringWeb) -> None:
    ours = {
        rule.rule for rule in web.app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ("monitoring", "values")
    }

    assert ours == {
        "/monitoring/",
        "/monitoring/<programme>",
        "/monitoring/<programme>/sites/<site>",
        "/monitoring/flags/<episode_id>",
        "/api/scoring/v1/programmes/<programme>/sites/<site>/indicators",
        "/api/scoring/v1/programmes/<programme>/flags",
        "/api/scoring/v1/flags/<episode_id>",
    }


def test_lists_hold_only_the_sites_of_the_reader(web: ScoringWeb) -> None:
    found = web.person(("consultant", ("suedtal",))).get("/api/scoring/v1/programmes/minimal/flags").json["items"]

    assert {item["site"] for item in found} == {"suedtal"}


def test_a_lead_gets_no_flag_of_a_single_site(web: ScoringWeb) -> None:
    lead = web.person(("lead", ("*",)))

    assert lead.get("/api/scoring/v1/programmes/minimal/flags").json["items"] == []
    page = lead.get("/monitoring/minimal").text
    assert "Nordstadt" not in page
    assert "Südtal" not in page


def test_a_coordinator_sees_the_own_site_on_the_programme_page_and_no_other(web: ScoringWeb) -> None:
    page = web.person(("coordinator", ("nordstadt",))).get("/monitoring/minimal").text

    assert "Nordstadt" in page
    assert "Südtal" not in page


KEPT_BACK = "Gezählte Weggänge"
SEEN = {
    "/monitoring/minimal": ("coordinator", "consultant", "evaluator", "lead"),
    "/monitoring/minimal/sites/nordstadt": ("coordinator", "consultant", "evaluator"),
    "/api/scoring/v1/programmes/minimal/sites/nordstadt/indicators": ("coordinator", "consultant", "evaluator"),
}


@pytest.mark.parametrize("role", ["coordinator", "consultant", "evaluator", "lead"])
@pytest.mark.parametrize("hidden", [(), ("lead",), ("lead", "coordinator"), ("consultant",)], ids=str)
@pytest.mark.parametrize("route", SEEN)
def test_an_indicator_is_kept_from_the_roles_it_is_hidden_from(route: str, hidden: tuple[str, ...], role: str) -> None:
    base = minimal()
    extra = replace(base.indicators[0], id="K99", label={"de": KEPT_BACK}, hidden_from=hidden)
    harness = ScoringHarness(replace(base, indicators=(*base.indicators, extra)))
    harness.answer("nordstadt", "2026-H2", {"proofs_due": 10, "proofs_overdue": 1})
    harness.catch_up()

    response = ScoringWeb(harness).person((role, ("*",))).get(route)

    shown = KEPT_BACK in (str(response.json) if response.is_json else response.text)
    assert shown == (role in SEEN[route] and role not in hidden)


def episode_at(web: ScoringWeb, site: str) -> str:
    """Return the id of the site's only episode."""
    (id_,) = web.harness.flags(site)["episodes"]
    return str(id_)
