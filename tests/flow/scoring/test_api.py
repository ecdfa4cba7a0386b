"""The JSON API: values, flags, paging, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.scoring_web import ScoringWeb

VALUES = "/api/scoring/v1/programmes/minimal/sites/nordstadt/indicators"
FLAGS = "/api/scoring/v1/programmes/minimal/flags"


@pytest.fixture
def evaluator(web: ScoringWeb) -> FlaskClient:
    return web.person(("evaluator", ("*",)))


def items(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """Return every item of a list, page by page."""
    found: list[dict[str, Any]] = []
    following: str | None = path
    while following:
        response = client.get(following)
        assert response.status_code == 200, response.json
        found += response.json["items"]
        cursor = response.json["next"]
        following = f"{path}{'&' if '?' in path else '?'}cursor={cursor}" if cursor else None
    return found


def test_values_of_a_wave_come_with_target_and_origin(evaluator: FlaskClient) -> None:
    (item,) = items(evaluator, f"{VALUES}?wave=2026-H1")

    assert (item["indicator"], item["value"], item["reason"], item["n"]) == ("K01", 40.0, None, 1)
    assert item["target"] == {"min": None, "max": 10.0, "met": False}
    assert (item["num"], item["den"], item["unit"]) == (4.0, 10.0, "%")
    assert item["as_of_seq"] >= 1
    assert item["inputs_digest"]


def test_without_a_wave_all_waves_come_in_order_of_time(evaluator: FlaskClient) -> None:
    assert [item["wave"] for item in items(evaluator, VALUES)] == ["2026-H1", "2026-H2"]


def test_pages_of_one_item_give_the_same_list(evaluator: FlaskClient) -> None:
    assert items(evaluator, f"{VALUES}?limit=1") == items(evaluator, VALUES)
    assert items(evaluator, f"{FLAGS}?limit=1") == items(evaluator, FLAGS)


@pytest.mark.parametrize(
    ("query", "episodes"),
    [
        ("", [("nordstadt", "2026-H1", "cleared"), ("suedtal", "2026-H2", "raised")]),
        ("?state=raised", [("suedtal", "2026-H2", "raised")]),
        ("?state=cleared", [("nordstadt", "2026-H1", "cleared")]),
        ("?site=nordstadt", [("nordstadt", "2026-H1", "cleared")]),
        ("?severity=critical&state=raised", [("suedtal", "2026-H2", "raised")]),
        ("?severity=info", []),
        ("?wave=2026-H1", [("nordstadt", "2026-H1", "cleared")]),
        ("?flag=F-K01&site=suedtal", [("suedtal", "2026-H2", "raised")]),
    ],
)
def test_flags_are_filtered(evaluator: FlaskClient, query: str, episodes: list[tuple[str, str, str]]) -> None:
    found = [(item["site"], item["wave"], item["state"]) for item in items(evaluator, FLAGS + query)]

    assert found == episodes


def test_an_episode_comes_with_explanation_and_history(evaluator: FlaskClient) -> None:
    (item,) = items(evaluator, f"{FLAGS}?site=nordstadt")

    found = evaluator.get(f"/api/scoring/v1/flags/{item['episode_id']}").json

    assert found["explanation"]["rule_text"] == {"warn": "K01 > 15", "critical": "K01 > 30", "clear": "K01 <= 10"}
    assert (found["explanation"]["from"], found["explanation"]["to"]) == ("raised", "clear")
    assert [one["value"] for one in found["values"][0]["history"]] == [40.0, 10.0]
    assert [one["kind"] for one in found["transitions"]] == ["raised", "cleared"]
    assert found["support"] == ["M1"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/scoring/v1/programmes/nowhere/flags", 404),
        ("/api/scoring/v1/programmes/minimal/sites/nowhere/indicators", 404),
        (f"{VALUES}?wave=1999", 404),
        (f"{FLAGS}?site=nowhere", 404),
        ("/api/scoring/v1/flags/00000000-0000-0000-0000-000000000000", 404),
        (f"{FLAGS}?state=open", 422),
        (f"{FLAGS}?severity=bad", 422),
        (f"{FLAGS}?limit=0", 422),
        (f"{FLAGS}?limit=ten", 422),
        (f"{FLAGS}?cursor=!!!", 422),
        (f"{VALUES}?cursor=YWJj", 422),
    ],
)
def test_what_is_unknown_or_wrong_is_refused_in_one_shape(evaluator: FlaskClient, path: str, status: int) -> None:
    response = evaluator.get(path)

    assert response.status_code == status
    assert set(response.json) == {"code", "status", "message", "errors"}


@pytest.mark.parametrize(
    "path",
    [
        f"{FLAGS}?state=open&limit=0",
        f"{FLAGS}?cursor=!!!",
        f"{FLAGS}?site=nowhere",
        f"{VALUES}?wave=1999",
        f"{FLAGS}/1",
    ],
)
def test_refusals_speak_the_language_asked_for(evaluator: FlaskClient, path: str) -> None:
    def words(language: str) -> set[str]:
        told = evaluator.get(path, headers={"Accept-Language": language}).json
        return {told["message"], *(fault["message"] for fault in told["errors"])}

    assert not words("de") & words("en")


def test_a_machine_needs_a_key_with_the_scope_read(web: ScoringWeb) -> None:
    client = web.stranger()

    assert client.get(VALUES).status_code == 401
    assert client.get(VALUES, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get(VALUES, headers=web.machine("submissions:write")).status_code == 403


def test_a_machine_with_the_scope_read_sees_values_and_flags(web: ScoringWeb) -> None:
    headers = web.machine("read")

    assert web.stranger().get(VALUES, headers=headers).status_code == 200
    assert len(web.stranger().get(FLAGS, headers=headers).json["items"]) == 2


def test_the_description_of_the_api_names_every_path(web: ScoringWeb) -> None:
    described = web.stranger().get("/api/scoring/v1/openapi.json").json

    assert sorted(described["paths"]) == [
        "/api/scoring/v1/flags/{episode_id}",
        "/api/scoring/v1/programmes/{programme}/flags",
        "/api/scoring/v1/programmes/{programme}/sites/{site}/indicators",
    ]
