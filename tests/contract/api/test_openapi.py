"""The three APIs do what their OpenAPI documents say, whatever is sent: generated requests, checked answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.config import OperationConfig

from services.intake.app import build_web as intake
from services.intake.web.forms import XLSX
from services.notify.app import build_web as notify
from services.scoring.app import build_web as scoring
from shared.store import open_store
from shared.store.port import Store
from tests.support.fakes import MemoryStore
from tests.support.forms import GOOD
from tests.support.intake import PLACE, Bench
from tests.support.intake import settings as intake_settings
from tests.support.notify import PROGRAMME, SITE, World
from tests.support.scoring import SETTINGS, ScoringHarness, minimal

KEY = "key-of-a-machine"
SCOPES = ["submissions:write", "programmes:write", "read", "alerts:write"]
FORM_CHECK = "/api/intake/v1/programmes/{programme}/forms/check"
HEADERS = {"Authorization": f"Bearer {KEY}"}
MACHINE = {
    "account": "machine",
    "revision": 1,
    "email": "",
    "name": "Machine",
    "language": "en",
    "active": True,
    "roles": [],
    "scopes": SCOPES,
    "api_key_sha256": [hashlib.sha256(KEY.encode()).hexdigest()],
}


def intake_app(store: Store) -> tuple[Flask, dict[str, Any]]:
    bench = Bench(store)
    bench.office.people.add_key("machine", SCOPES, KEY)
    bench.publish_report()
    app = intake(intake_settings(), bench.store, bench.clock)
    body = {"instance_id": "uuid:1", "site": PLACE.site, "wave": PLACE.wave, "answers": GOOD}
    path = f"/api/intake/v1/programmes/{PLACE.programme}/forms/{PLACE.form}/submissions"
    assert app.test_client().post(path, json=body, headers=HEADERS).status_code == 201
    return app, {"programme": PLACE.programme, "form": PLACE.form, "wave": PLACE.wave, "site": PLACE.site}


def scoring_app(store: Store) -> tuple[Flask, dict[str, Any]]:
    harness = ScoringHarness(minimal(), store)
    harness.deliver("account.changed", MACHINE)
    harness.answer("nordstadt", "2026-H1", {"proofs_due": 10, "proofs_overdue": 4})
    harness.answer("nordstadt", "2026-H2", {"proofs_due": 10, "proofs_overdue": 1})
    harness.answer("suedtal", "2026-H2", {"proofs_due": 4, "proofs_overdue": 2})
    harness.catch_up()
    app = scoring(SETTINGS, harness.scoring)
    flags = app.test_client().get("/api/scoring/v1/programmes/minimal/flags", headers=HEADERS).get_json()["items"]
    return app, {"programme": "minimal", "site": "nordstadt", "episode_id": flags[0]["episode_id"]}


def notify_app(store: Store) -> tuple[Flask, dict[str, Any]]:
    world = World(store)
    world.deliver("account.changed", MACHINE)
    world.flag("F-A")
    world.flag("F-B", "cleared")
    world.run_until(4000)
    app = notify(world.settings, world.notify)
    wish = {"programme": PROGRAMME, "site": SITE, "reason": "on leave", "ends_at": "2030-01-01T00:00:00.000Z"}
    made = app.test_client().post("/api/notify/v1/silences", json=wish, headers=HEADERS)
    assert made.status_code == 201
    return app, {"alert": "F-A-1", "silence": made.get_json()["id"]}


APPS = {"intake": intake_app, "scoring": scoring_app, "notify": notify_app}


@pytest.fixture(scope="module", autouse=True)
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the requests go to apps on real stores, with something in them."""
    stores = []
    for (name, known), schema in SCHEMAS.items():
        stores.append(open_store(f"sqlite://{tmp_path_factory.mktemp('api')}/{name}.db"))
        schema.app, there = APPS[name](stores[-1])
        if known:
            schema.config.update(parameters={f"path.{one}": value for one, value in there.items()})
    yield
    for store in stores:
        store.close()


schemathesis.serializer.alias(XLSX, "application/octet-stream")


def _described(name: str) -> Any:
    app, _ = APPS[name](MemoryStore())
    schema = schemathesis.openapi.from_wsgi(f"/api/{name}/v1/openapi.json", app)
    # 422 also means a rule that JSON Schema cannot say: a questionnaire's own rules, the files of a programme,
    # a cursor that is ours, an end after its start. Everything the schema does say is checked from the other
    # side: what breaks it must be refused (`negative_data_rejection`).
    accepted = schema.config.checks.positive_data_acceptance.expected_statuses
    schema.config.checks.positive_data_acceptance.expected_statuses = [*accepted, "422"]
    # GET on this path is about a form that is called so.
    check_form = {"include-path": FORM_CHECK, "checks": {"allow_header_conformance": {"enabled": False}}}
    schema.config.operations.operations.append(OperationConfig.from_dict(check_form))
    return schema


SCHEMAS = {(name, known): _described(name) for name in APPS for known in (True, False)}


def answers_as_documented(name: str, *, known: bool) -> Callable[..., None]:
    """Return the test of a service; `known`: names in paths are of things that are there."""

    @SCHEMAS[name, known].parametrize()
    @settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=HEADERS)

    return check


test_intake_answers_as_documented = answers_as_documented("intake", known=True)
test_intake_answers_as_documented_whatever_is_named = answers_as_documented("intake", known=False)
test_scoring_answers_as_documented = answers_as_documented("scoring", known=True)
test_scoring_answers_as_documented_whatever_is_named = answers_as_documented("scoring", known=False)
test_notify_answers_as_documented = answers_as_documented("notify", known=True)
test_notify_answers_as_documented_whatever_is_named = answers_as_documented("notify", known=False)
