"""Who may open what: every route, every role; leads see what concerns the programme and no single site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.flow.notify.conftest import Browser
from tests.support.notify import PROGRAMME, SITE, World

SignIn = Callable[..., Browser]
API = "/api/notify/v1"
ROLES: dict[str, dict[str, Any]] = {
    "coordinator of the site": {"role": "coordinator", "sites": [SITE]},
    "consultant of the site": {"role": "consultant", "sites": [SITE]},
    "consultant of another site": {"role": "consultant", "sites": ["elsewhere"]},
    "consultant of all": {"role": "consultant"},
    "evaluator": {"role": "evaluator"},
    "lead": {"role": "lead"},
    "admin": {"role": "admin"},
    "consultant elsewhere": {"roles": [{"role": "consultant", "programme": "other", "sites": ["*"]}], "role": ""},
    "nobody": {"roles": [], "role": ""},
}
OF_SITE = ("consultant of the site", "consultant of all", "evaluator")
OF_ALL = ("consultant of all", "evaluator")
STAFF = (*OF_SITE, "consultant of another site", "lead", "consultant elsewhere")
OF_PROGRAMME = (*OF_SITE, "consultant of another site", "lead")
SILENCE = {"programme": PROGRAMME, "reason": "on leave", "ends_at": "2030-04-01T00:00:00.000Z"}
LISTED = {
    "consultant of the site": ["here", "programme"],
    "consultant of another site": ["programme", "there"],
    "consultant of all": ["here", "programme", "there"],
    "evaluator": ["here", "programme", "quality", "there"],
    "lead": ["programme"],
    "consultant elsewhere": [],
}

Ask = Callable[[Browser], TestResponse]
ROUTES: dict[str, tuple[Ask, int, int, tuple[str, ...]]] = {
    "the inbox": (lambda b: b.get("/support/"), 200, 403, STAFF),
    "a site's alert": (lambda b: b.get("/support/alerts/here"), 200, 404, OF_SITE),
    "the programme's alert": (lambda b: b.get("/support/alerts/programme"), 200, 404, OF_PROGRAMME),
    "an evaluators' alert": (lambda b: b.get("/support/alerts/quality"), 200, 404, ("evaluator",)),
    "acknowledging on the page": (lambda b: b.post("/support/alerts/here/acknowledge"), 303, 404, OF_SITE),
    "alerts": (lambda b: b.get(f"{API}/alerts"), 200, 403, STAFF),
    "one alert": (lambda b: b.get(f"{API}/alerts/here"), 200, 404, OF_SITE),
    "one alert of the programme": (lambda b: b.get(f"{API}/alerts/programme"), 200, 404, OF_PROGRAMME),
    "acknowledging": (lambda b: b.send("POST", f"{API}/alerts/here/acknowledge"), 200, 404, OF_SITE),
    "deliveries": (lambda b: b.get(f"{API}/deliveries"), 200, 403, (*STAFF, "admin")),
    "silences": (lambda b: b.get(f"{API}/silences?programme={PROGRAMME}"), 200, 403, OF_PROGRAMME),
    "silencing a site": (lambda b: b.send("POST", f"{API}/silences", {**SILENCE, "site": SITE}), 201, 403, OF_SITE),
    "silencing an alert": (
        lambda b: b.send("POST", f"{API}/silences", {**SILENCE, "episode": "here"}), 201, 404, OF_SITE,
    ),
    "silencing a flag everywhere": (
        lambda b: b.send("POST", f"{API}/silences", {**SILENCE, "flag": "F-A"}), 201, 403, OF_ALL,
    ),
    "silencing the programme's alerts": (
        lambda b: b.send("POST", f"{API}/silences", {**SILENCE, "site": "*"}), 201, 403, (*OF_ALL, "lead"),
    ),
    "ending a site's silence": (lambda b: b.send("DELETE", f"{API}/silences/quiet"), 200, 403, OF_SITE),
}  # fmt: skip


@pytest.fixture
def busy(world: World) -> World:
    world.flag("F-A", episode="here")
    world.flag("F-A", episode="there", site="elsewhere")
    world.flag("F-S", episode="programme", site="*", audience="lead")
    world.flag("F-Q", episode="quality", audience="evaluator")
    world.store.collection("silences").insert(
        {"_id": "quiet", **SILENCE, "site": SITE, "flag": None, "episode": None, "starts_at": world.now(),
         "created_at": world.now(), "created_by": "cora", "ended_at": None, "ended_by": None}
    )  # fmt: skip
    return world


@pytest.fixture
def person(busy: World, sign_in: SignIn) -> Callable[[str], Browser]:
    def signed_in(role: str) -> Browser:
        busy.account("somebody", **ROLES[role])
        return sign_in("somebody")

    return signed_in


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ROUTES)
def test_each_role_opens_what_it_may(person: Callable[[str], Browser], route: str, role: str) -> None:
    ask, allowed, refused, roles = ROUTES[route]

    status = ask(person(role)).status_code

    assert status == (allowed if role in roles else refused if role in STAFF else 403)


@pytest.mark.parametrize("route", ROUTES)
def test_somebody_not_signed_in_opens_nothing(busy: World, sign_in: SignIn, route: str) -> None:
    response = ROUTES[route][0](sign_in())

    assert response.status_code in ((401,) if response.request.path.startswith("/api/") else (302, 403))


@pytest.mark.parametrize("role", LISTED)
def test_inbox_and_api_list_the_same_alerts_and_none_that_may_not_be_opened(
    person: Callable[[str], Browser], role: str
) -> None:
    browser = person(role)
    items = browser.get(f"{API}/alerts").get_json()["items"]
    page = browser.get("/support/").get_data(as_text=True)

    assert sorted(item["id"] for item in items) == LISTED[role]
    for episode in ("here", "there", "programme", "quality"):
        listed = f"/support/alerts/{episode}" in page
        assert listed == (episode in LISTED[role])
        assert (browser.get(f"/support/alerts/{episode}").status_code == 200) == listed


def test_a_lead_gets_no_mail_name_or_silence_of_a_single_site(busy: World, person: Callable[[str], Browser]) -> None:
    busy.run_until(60)
    lead = person("lead")

    assert {item["site"] for item in lead.get(f"{API}/deliveries").get_json()["items"]} <= {"*"}
    assert lead.get(f"{API}/silences?programme={PROGRAMME}").get_json()["items"] == []
    assert SITE.title() not in lead.get(f"/support/?programme={PROGRAMME}").get_data(as_text=True)


def test_a_rule_that_is_hidden_later_hides_its_earlier_alerts_too(
    busy: World, person: Callable[[str], Browser]
) -> None:
    consultant = person("consultant of the site")
    assert consultant.get("/support/alerts/here").status_code == 200

    busy.programme(hidden={"F-A": ("consultant",)})

    assert consultant.get("/support/alerts/here").status_code == 404


def test_the_matrix_covers_every_route(busy: World, sign_in: SignIn) -> None:
    app = sign_in().client.application
    ours = ("support", "alerts", "acknowledging", "deliveries", "acknowledge")
    found = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in ours}

    assert found == {
        "/support/",
        "/support/alerts/<alert>",
        "/support/alerts/<alert>/acknowledge",
        "/support/ack/<token>",
        f"{API}/alerts",
        f"{API}/alerts/<alert>",
        f"{API}/alerts/<alert>/acknowledge",
        f"{API}/silences",
        f"{API}/silences/<silence>",
        f"{API}/deliveries",
    }
