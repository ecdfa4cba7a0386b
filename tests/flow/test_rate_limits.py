"""Every service's API holds a caller to the number of requests in a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from services.intake.app import build_web as intake
from services.notify.app import build_web as notify
from services.scoring.app import build_web as scoring
from shared.store import open_store
from tests.support.intake import Bench
from tests.support.intake import settings as intake_settings
from tests.support.notify import World
from tests.support.scoring import SETTINGS, ScoringHarness, minimal

Build = Callable[[int], Flask]
PATHS = {
    "intake": ("/api/intake/v1/programmes", "/api/intake/v1/programmes/none/sites"),
    "scoring": ("/api/scoring/v1/programmes/none/flags", "/api/scoring/v1/flags/none"),
    "notify": ("/api/notify/v1/alerts", "/api/notify/v1/deliveries"),
}


@pytest.fixture(params=list(PATHS))
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def build(service: str, tmp_path: Path) -> Iterator[Build]:
    """Build the service's app with a limit of requests in a minute."""
    store = open_store(f"sqlite://{tmp_path}/intake.db")

    def make(rate: int) -> Flask:
        if service == "intake":
            bench = Bench(store)
            return intake(intake_settings(api_rate=rate), bench.store, bench.clock)
        if service == "scoring":
            return scoring(replace(SETTINGS, api_rate=rate), ScoringHarness(minimal()).scoring)
        world = World(api_rate=rate)
        return notify(world.settings, world.notify)

    yield make
    store.close()


def key(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def test_what_is_beyond_the_limit_is_429_with_the_time_to_wait(service: str, build: Build) -> None:
    client = build(2).test_client()

    answers = [client.get(PATHS[service][0], headers=key("one")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].get_json()["code"] == "too_many_requests"


def test_all_paths_of_the_api_count_together(service: str, build: Build) -> None:
    client = build(2).test_client()

    answers = [client.get(path, headers=key("one")) for path in (*PATHS[service], PATHS[service][0])]

    assert [answer.status_code for answer in answers] == [401, 401, 429]


def test_every_key_and_every_session_has_a_limit_of_its_own(service: str, build: Build) -> None:
    client = build(1).test_client(use_cookies=False)
    path = PATHS[service][0]
    for name in ("one", "two"):
        assert client.get(path, headers=key(name)).status_code == 401
    for session in ("one", "two"):
        assert client.get(path, headers={"Cookie": f"peilung_session={session}"}).status_code == 401

    assert client.get(path, headers=key("two")).status_code == 429
    assert client.get(path, headers={"Cookie": "peilung_session=two"}).status_code == 429


def test_nothing_but_the_api_is_limited_and_0_is_no_limit(service: str, build: Build) -> None:
    limited, free = build(1).test_client(), build(0).test_client()

    assert {limited.get("/livez").status_code for _ in range(3)} == {200}
    assert {free.get(PATHS[service][0], headers=key("one")).status_code for _ in range(3)} == {401}
