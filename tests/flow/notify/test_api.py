"""The JSON API: who may read and change what, filters, pages, one error shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.flow.notify.conftest import Browser
from tests.support.notify import PROGRAMME, SITE, World

SignIn = Callable[..., Browser]
Machine = Callable[[str], dict[str, str]]
ALERTS, DELIVERIES, SILENCES = (f"/api/notify/v1/{name}" for name in ("alerts", "deliveries", "silences"))
SILENCE = {"programme": PROGRAMME, "site": SITE, "reason": "on leave", "ends_at": "2026-04-01T00:00:00.000Z"}


@pytest.fixture
def busy(world: World) -> World:
    world.account("dana", role="consultant", sites=["elsewhere"])
    world.account("lea", role="lead")
    world.account("adam", role="admin")
    world.flag("F-A")
    world.flag("F-B", hidden_from=["lead"])
    world.flag("F-C", site="elsewhere")
    world.run_until(10)
    world.clock.advance(seconds=10)
    world.flag("F-D")
    world.flag("F-D", "cleared")
    world.run_until(4000)
    return world


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.get_data(as_text=True)
    return sorted(item["id"] for item in response.get_json()["items"])


def test_a_consultant_sees_the_alerts_of_own_sites_only(busy: World, sign_in: SignIn) -> None:
    assert ids(sign_in("cora").get(ALERTS)) == ["F-A-1", "F-B-1", "F-D-1"]
    assert ids(sign_in("dana").get(ALERTS)) == ["F-C-1"]
    assert sign_in("dana").get(f"{ALERTS}/F-A-1").status_code == 404
    assert sign_in("dana").send("POST", f"{ALERTS}/F-A-1/acknowledge").status_code == 404


def test_a_lead_sees_what_concerns_the_programme_and_is_not_hidden_from_leads(busy: World, sign_in: SignIn) -> None:
    busy.flag("F-P", site="*")
    busy.flag("F-R", site="*", hidden_from=["lead"])

    assert ids(sign_in("lea").get(ALERTS)) == ["F-P-1"]


def test_an_administrator_sees_deliveries_and_no_alerts(busy: World, sign_in: SignIn) -> None:
    assert sign_in("adam").get(ALERTS).status_code == 403
    assert len(ids(sign_in("adam").get(DELIVERIES))) == len(busy.deliveries())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", ["F-A-1", "F-B-1", "F-C-1"]),
        ("state=resolved", ["F-D-1"]),
        ("state=acknowledged", []),
        (f"site={SITE}&state=open", ["F-A-1", "F-B-1"]),
        ("site=nowhere", []),
        (f"programme={PROGRAMME}&flag=F-C", ["F-C-1"]),
        ("programme=other", []),
    ],
)
def test_a_machine_reads_everything_by_filter(
    busy: World, sign_in: SignIn, machine: Machine, query: str, found: list[str]
) -> None:
    assert ids(sign_in().get(f"{ALERTS}?{query}", headers=machine("read"))) == found


def test_pages_of_a_filtered_list_hold_everything_once(busy: World, sign_in: SignIn) -> None:
    seen, path = [], f"{ALERTS}?limit=1"
    while path:
        body = sign_in("cora").get(path).get_json()
        assert len(body["items"]) <= 1
        seen += [item["id"] for item in body["items"]]
        path = f"{ALERTS}?limit=1&cursor={body['next']}" if body["next"] else ""

    assert sorted(seen) == ["F-A-1", "F-B-1", "F-D-1"]


def test_acknowledging_by_key_and_by_session_is_idempotent(busy: World, sign_in: SignIn, machine: Machine) -> None:
    first = sign_in().client.post(f"{ALERTS}/F-A-1/acknowledge", headers=machine("alerts:write")).get_json()
    again = sign_in("cora").send("POST", f"{ALERTS}/F-A-1/acknowledge").get_json()

    assert first["state"] == again["state"] == "acknowledged"
    assert again["acknowledged"]["account"] == "m-alerts:write"


@pytest.mark.parametrize(
    ("method", "path", "scope", "status"),
    [
        ("GET", ALERTS, None, 401),
        ("GET", DELIVERIES, None, 401),
        ("GET", ALERTS, "submissions:write", 403),
        ("POST", f"{ALERTS}/F-A-1/acknowledge", "read", 403),
        ("POST", SILENCES, "read", 403),
        ("POST", f"{ALERTS}/nothing/acknowledge", "alerts:write", 404),
        ("GET", f"{ALERTS}?state=loud", "read", 422),
        ("GET", f"{ALERTS}?limit=1000", "read", 422),
        ("GET", f"{ALERTS}?cursor=nonsense", "read", 422),
        ("GET", f"{DELIVERIES}?alert=nothing", "read", 404),
        ("DELETE", f"{SILENCES}/nothing", "alerts:write", 404),
        ("GET", SILENCES, "read", 422),
    ],
)
def test_refusals_have_one_shape(
    busy: World, sign_in: SignIn, machine: Machine, method: str, path: str, scope: str | None, status: int
) -> None:
    headers = machine(scope) if scope else {}
    response = sign_in().client.open(path, method=method, headers=headers, json={} if method == "POST" else None)

    assert response.status_code == status
    assert set(response.get_json()) == {"code", "status", "message", "errors"}


def test_a_silence_is_set_listed_ended_and_kept(busy: World, sign_in: SignIn) -> None:
    cora = sign_in("cora")
    made = cora.send("POST", SILENCES, SILENCE)
    assert made.status_code == 201
    id_ = made.get_json()["id"]

    ended = cora.send("DELETE", f"{SILENCES}/{id_}")
    listed = cora.get(f"{SILENCES}?programme={PROGRAMME}").get_json()["items"]

    assert made.get_json()["state"] == "active"
    assert ended.get_json()["state"] == "expired"
    assert [(s["id"], s["reason"], s["created_by"], s["ended_by"]) for s in listed] == [
        (id_, "on leave", "cora", "cora")
    ]


def test_a_silence_by_episode_takes_over_its_site(busy: World, sign_in: SignIn) -> None:
    body = {**SILENCE, "site": None, "episode": "F-A-1"}

    assert sign_in("cora").send("POST", SILENCES, body).get_json()["site"] == SITE


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"site": "elsewhere"}, 403),
        ({"site": None, "flag": "F-A"}, 403),
        ({"site": None, "episode": "F-C-1"}, 404),
        ({"site": None}, 403),
        ({"reason": " "}, 422),
        ({"ends_at": "2026-01-01T00:00:00.000Z"}, 422),
        ({"ends_at": "tomorrow"}, 422),
        ({"programme": "other"}, 403),
    ],
)
def test_a_consultant_silences_own_sites_for_a_reason_and_a_time(
    busy: World, sign_in: SignIn, change: dict[str, Any], status: int
) -> None:
    assert sign_in("cora").send("POST", SILENCES, {**SILENCE, **change}).status_code == status


def test_addresses_are_shown_to_their_owner_and_to_administrators_only(
    busy: World, sign_in: SignIn, machine: Machine
) -> None:
    def shown(response: Any) -> set[str | None]:
        return {item["address"] for item in response.get_json()["items"]}

    assert shown(sign_in("cora").get(DELIVERIES)) == {"cora@example.org"}
    busy.account("eva", role="evaluator")
    assert shown(sign_in("eva").get(DELIVERIES)) == {None}
    assert "dana@example.org" in shown(sign_in("adam").get(DELIVERIES))
    assert shown(sign_in().get(DELIVERIES, headers=machine("read"))) == {None}


def test_deliveries_tell_the_whole_way_of_a_mail(busy: World, sign_in: SignIn, machine: Machine) -> None:
    headers = machine("read")
    by_alert = sign_in().get(f"{DELIVERIES}?alert=F-A-1", headers=headers).get_json()["items"]
    by_state = sign_in().get(f"{DELIVERIES}?state=queued", headers=headers).get_json()["items"]

    assert by_alert
    assert all("F-A-1" in item["alerts"] for item in by_alert)
    assert [line["state"] for line in by_alert[-1]["log"]] == ["queued", "leased", "sent"]
    assert by_state == []


def test_a_hidden_alert_hides_its_mail(busy: World, sign_in: SignIn) -> None:
    hidden = [d["_id"] for d in busy.deliveries() if "F-B-1" in d["episodes"]]

    assert hidden
    assert not set(hidden) & set(ids(sign_in("lea").get(DELIVERIES)))


def test_the_document_names_every_path(busy: World, sign_in: SignIn) -> None:
    paths = sign_in().get("/api/notify/v1/openapi.json").get_json()["paths"]

    assert set(paths) == {
        ALERTS,
        f"{ALERTS}/{{alert}}",
        f"{ALERTS}/{{alert}}/acknowledge",
        SILENCES,
        f"{SILENCES}/{{silence}}",
        DELIVERIES,
    }
