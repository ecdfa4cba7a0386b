"""Whatever is sent, the answer is never that something broke; what is refused leaves no trace and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.app import build_web
from services.intake.ports import DRAFTS, SUBMISSIONS
from tests.support import intake
from tests.support.forms import GOOD
from tests.support.intake import Bench
from tests.support.stored import changed, everything, nothing_changes

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
    """A client of an installation that already keeps one submission."""
    bench.publish_report()
    bench.office.people.add_key("machine", ["submissions:write", "programmes:write", "read"], "key")
    made = build_web(intake.settings(), bench.store, bench.clock).test_client()
    kept = {"instance_id": "uuid:kept", "site": "suedtal", "wave": "2026-H2", "answers": GOOD}
    assert made.post(SUBMIT, json=kept, headers=KEY).status_code == 201
    return made


@few
@given(body=bodies)
def test_any_json_body_is_answered_with_what_is_wrong(bench: Bench, client: FlaskClient, body: dict[str, Any]) -> None:
    good = {"instance_id": "uuid:1", "site": "nordstadt", "wave": "2026-H2", "answers": GOOD}
    before = everything(bench.store)

    answer = client.post(SUBMIT, data=json.dumps({**good, **body}), headers=KEY)

    after = everything(bench.store)
    assert answer.status_code in (200, 201, 400, 404, 409, 422), answer.text
    if answer.status_code == 201:
        earlier, now = before[SUBMISSIONS.name], after[SUBMISSIONS.name]
        assert len(now) == len(earlier) + 1
        assert {id_: now[id_]["answers"] for id_ in earlier} == {id_: one["answers"] for id_, one in earlier.items()}
    else:
        assert changed(before, after) == set()


@few
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_answered_with_what_is_wrong(bench: Bench, client: FlaskClient, raw: bytes) -> None:
    with nothing_changes(bench.store):
        assert client.post(SUBMIT, data=raw, headers=KEY).status_code in (400, 422)


@few
@given(files=values)
def test_any_programme_is_answered_with_what_is_wrong(bench: Bench, client: FlaskClient, files: Any) -> None:
    with nothing_changes(bench.store):
        answer = client.post("/api/intake/v1/programmes", data=json.dumps({"files": files}), headers=KEY)

    assert answer.status_code in (400, 422), answer.text


names = st.sampled_from(["groups", "groups_new", "budget", "shown", "carried", "action", "back"]) | st.text(max_size=8)


@few
@given(typed=st.dictionaries(names, st.text(max_size=30), max_size=6))
def test_anything_typed_is_answered_with_a_page(bench: Bench, client: FlaskClient, typed: dict[str, str]) -> None:
    place = intake.PLACE
    link = "/q/" + bench.office.invitations.invite(place).token
    client.post(link)
    before = everything(bench.store)

    answer = client.post(f"{link}/p/g_numbers", data={"shown": "groups groups_new budget", **typed})

    assert answer.status_code in (303, 422), answer.text
    assert changed(before, everything(bench.store)) <= {DRAFTS.name}


@pytest.mark.parametrize("header", ["Authorization", "Accept-Language", "Cookie", "Origin", "Content-Length"])
@pytest.mark.parametrize("value", ["", "\x7f", "Bearer ", "a" * 5000, "lang=;peilung_session=x", "ü"])
def test_any_header_is_answered(bench: Bench, client: FlaskClient, header: str, value: str) -> None:
    with nothing_changes(bench.store):
        answer = client.get("/api/intake/v1/programmes", headers={header: value})

    assert answer.status_code < 500
