"""Whatever is sent, the answer is never that something broke."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.app import build_web
from tests.support import intake
from tests.support.forms import GOOD
from tests.support.intake import Bench

SUBMIT = "/api/intake/v1/programmes/sample/forms/report/submissions"
KEY = {"Authorization": "Bearer key", "Content-Type": "application/json"}
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(max_size=12) | st.sampled_from(
    ["$ne", "$where", "a.b", "__proto__", "\u0000", "uuid:1", "sample", "\ud800"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
bodies = st.fixed_dictionaries(
    {},
    optional={name: values for name in ("instance_id", "site", "wave", "respondent", "form_version", "deprecated_id")}
    | {"answers": st.dictionaries(st.sampled_from([*GOOD, "comment"]) | texts, values) | values, "more": values},
)


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    bench.publish_report()
    bench.office.people.add_key("machine", ["submissions:write", "programmes:write", "read"], "key")
    return build_web(intake.settings(), bench.store, bench.clock).test_client()


@few
@given(body=bodies)
def test_any_json_body_is_answered_with_what_is_wrong(client: FlaskClient, body: dict[str, Any]) -> None:
    good = {"instance_id": "uuid:1", "site": "nordstadt", "wave": "2026-H2", "answers": GOOD}
    answer = client.post(SUBMIT, data=json.dumps({**good, **body}), headers=KEY)

    assert answer.status_code in (200, 201, 400, 404, 409, 422), answer.text


@few
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_answered_with_what_is_wrong(client: FlaskClient, raw: bytes) -> None:
    assert client.post(SUBMIT, data=raw, headers=KEY).status_code in (400, 422)


@few
@given(files=values)
def test_any_programme_is_answered_with_what_is_wrong(client: FlaskClient, files: Any) -> None:
    answer = client.post("/api/intake/v1/programmes", data=json.dumps({"files": files}), headers=KEY)

    assert answer.status_code in (400, 422), answer.text


names = st.sampled_from(["groups", "groups_new", "budget", "shown", "carried", "action", "back"]) | st.text(max_size=8)


@few
@given(typed=st.dictionaries(names, st.text(max_size=30), max_size=6))
def test_anything_typed_is_answered_with_a_page(bench: Bench, client: FlaskClient, typed: dict[str, str]) -> None:
    place = intake.PLACE
    link = "/q/" + bench.office.invitations.invite(place).token
    client.post(link)

    answer = client.post(f"{link}/p/g_numbers", data={"shown": "groups groups_new budget", **typed})

    assert answer.status_code in (303, 422), answer.text


@pytest.mark.parametrize("header", ["Authorization", "Accept-Language", "Cookie", "Origin", "Content-Length"])
@pytest.mark.parametrize("value", ["", "\x7f", "Bearer ", "a" * 5000, "lang=;peilung_session=x", "ü"])
def test_any_header_is_answered(client: FlaskClient, header: str, value: str) -> None:
    answer = client.get("/api/intake/v1/programmes", headers={header: value})

    assert answer.status_code < 500
