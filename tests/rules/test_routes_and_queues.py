"""Every route has a guard, every queue a consumer, every event a schema and a sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.intake.app import build_web as intake
from services.intake.config import IntakeSettings
from services.notify.app import build_web as notify
from services.notify.config import NotifySettings
from services.scoring.app import build_web as scoring
from services.scoring.config import ScoringSettings
from shared.bus.topology import SUBSCRIPTIONS
from shared.event_data import SCHEMAS
from shared.web.sessions import CSRF_COOKIE

BUILD = {
    "intake": (intake, IntakeSettings),
    "scoring": (scoring, ScoringSettings),
    "notify": (notify, NotifySettings),
}


@pytest.fixture(params=BUILD)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    build, settings = BUILD[request.param]
    extra = {"smtp_url": "smtp://127.0.0.1:1?from=a@example.org"} if request.param != "scoring" else {}
    common = {
        "store_url": f"sqlite:///{tmp_path}/x.db",
        "bus_url": f"sqlite:///{tmp_path}/b.db",
        "secret_key": "k" * 40,
    }
    return build(settings(**common, public_url="http://localhost", **extra))


def test_every_blueprint_declares_its_guard(app: Flask) -> None:
    unguarded = [name for name, blueprint in app.blueprints.items() if getattr(blueprint, "guard", None) is None]
    assert unguarded == []


def test_every_route_belongs_to_a_guarded_blueprint(app: Flask) -> None:
    loose = [rule.rule for rule in app.url_map.iter_rules() if "." not in rule.endpoint and rule.endpoint != "static"]
    assert loose == []


def test_a_stranger_gets_in_nowhere_but_where_it_is_said_aloud(app: Flask) -> None:
    client, token = stranger(app)
    walked: set[str] = set()
    for rule in app.url_map.iter_rules():
        blueprint = app.blueprints.get(rule.endpoint.rsplit(".", 1)[0])
        guard = getattr(blueprint, "guard", None)
        if guard is None or guard.name.startswith(("public", "respondent")):
            continue
        path = rule.build({name: "x" for name in rule.arguments}, append_unknown=False)
        assert path is not None
        for method in rule.methods or ():
            response = client.open(path[1], method=method, headers={"X-CSRF-Token": token})
            sent_away = response.headers.get("Location", "").startswith("/collection/sign-in?")
            assert response.status_code == 401 or sent_away, (method, rule.rule, response.status)
            walked.add(method)
    assert {"GET", "HEAD", "OPTIONS"} <= walked


def stranger(app: Flask) -> tuple[FlaskClient, str]:
    """Return a browser nobody has signed in with, and a form token that is good for it: only the guard is left."""
    client = app.test_client()
    client.set_cookie(CSRF_COOKIE, "a-browser")
    with app.test_request_context(headers={"Cookie": f"{CSRF_COOKIE}=a-browser"}):
        return client, app.extensions["sessions"].form_token()


def test_every_consumed_event_has_a_schema_and_every_schema_a_sample() -> None:
    names = {name for name, _ in SCHEMAS}
    consumed = {name for subscribed in SUBSCRIPTIONS.values() for name in subscribed}
    samples = {path.stem for path in (Path(__file__).parents[1] / "contract" / "events").glob("*.json")}

    assert consumed <= names
    assert {f"{name}.v{version}" for name, version in SCHEMAS} <= samples | {s for s in samples}
    assert len(samples) >= len(SCHEMAS)
