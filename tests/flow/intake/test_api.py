from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.intake.app import build_web
from shared.errors import StoreUnavailable
from tests.support.forms import GOOD
from tests.support.intake import MINIMAL, Bench, settings
from tests.support.stored import nothing_changes

SUBMIT = "/api/intake/v1/programmes/sample/forms/report/submissions"
READ = "/api/intake/v1/programmes"
KEY = {"Authorization": "Bearer key-of-a-machine"}


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    bench.office.people.add_key("machine", ["submissions:write", "programmes:write", "read"], "key-of-a-machine")
    bench.publish_report()
    return build_web(settings(), bench.store, bench.clock).test_client()


def body(**more: Any) -> dict[str, Any]:
    return {"instance_id": "uuid:1", "site": "nordstadt", "wave": "2026-H2", "answers": GOOD, **more}


def test_a_submission_is_created_once_and_answered_the_same_again(client: FlaskClient) -> None:
    first = client.post(SUBMIT, json=body(), headers=KEY)
    again = client.post(SUBMIT, json=body(), headers=KEY)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert first.json == {"instance_id": "uuid:1", "revision": 1, "received_at": "2026-11-22T12:00:00.000Z"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"answers": {**GOOD, "groups": 11}}, 409, "instance_conflict"),
        ({"instance_id": "uuid:2"}, 409, "already_submitted"),
        ({"instance_id": "uuid:2", "deprecated_id": "uuid:3"}, 409, "not_current"),
        ({"instance_id": "uuid:2", "wave": "2026-H1"}, 409, "wave_closed"),
        ({"instance_id": "uuid:2", "site": "nowhere"}, 404, "not_found"),
        ({"instance_id": "uuid:2", "wave": "never"}, 404, "not_found"),
        ({"instance_id": "uuid:2", "form_version": "77"}, 404, "not_found"),
        ({"instance_id": "uuid:2", "answers": {}}, 422, "invalid"),
        ({"instance_id": 5}, 422, "invalid"),
        ({"surprise": 1}, 422, "invalid"),
        ({"site": {"$ne": None}}, 422, "invalid"),
        ({"respondent": {"$gt": ""}}, 422, "invalid"),
        ({"instance_id": "a b"}, 422, "invalid"),
    ],
)
def test_every_refusal_has_its_status_and_the_one_shape(
    client: FlaskClient, change: dict[str, Any], status: int, code: str
) -> None:
    client.post(SUBMIT, json=body(), headers=KEY)

    refused = client.post(SUBMIT, json=body(**change), headers=KEY)

    assert refused.status_code == status
    assert refused.json is not None
    assert set(refused.json) == {"code", "status", "message", "errors"}
    assert (refused.json["status"], refused.json["code"]) == (status, code)


def test_all_faults_come_with_the_names_of_their_questions(client: FlaskClient) -> None:
    refused = client.post(SUBMIT, json=body(answers={"groups": True, "topics": "x"}), headers=KEY)

    assert refused.json is not None
    assert [(fault["path"], fault["code"]) for fault in refused.json["errors"]] == [
        ("groups", "wrong_type"),
        ("groups_new", "required"),
        ("topics", "wrong_type"),
    ]


def test_faults_are_told_in_the_callers_language(client: FlaskClient) -> None:
    headers = {**KEY, "Accept-Language": "en"}

    refused = client.post(SUBMIT, json=body(answers={**GOOD, "groups": 1.5}), headers=headers)

    assert refused.json is not None
    assert refused.json["errors"][0]["message"] == "Enter a whole number, without decimals."


@pytest.mark.parametrize("path", [SUBMIT.replace("sample", "other"), SUBMIT.replace("report", "other")])
def test_an_unknown_programme_or_form_is_404(client: FlaskClient, path: str) -> None:
    assert client.post(path, json=body(), headers=KEY).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}, {"Authorization": "Basic abc"}])
def test_without_a_known_key_the_door_stays_shut(client: FlaskClient, headers: dict[str, str]) -> None:
    refused = client.post(SUBMIT, json=body(), headers=headers)

    assert refused.status_code in (401, 403)
    assert client.get(READ, headers=headers).status_code == 401


def test_a_key_without_the_scope_is_403(client: FlaskClient, bench: Bench) -> None:
    bench.office.people.add_key("reader", ["read"], "key-of-a-reader")

    refused = client.post(SUBMIT, json=body(), headers={"Authorization": "Bearer key-of-a-reader"})

    assert refused.status_code == 403


HOSTILE = [
    b"",
    b"not json",
    b"{",
    b"[" * 200 + b"]" * 200,
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": 1e999}',
    b'{"a": 99999999999999999999}',
    b'{"a": 1, "a": 2}',
    b'{"a": "\\u0000"}',
    b'{"a": "\\ud800"}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_what_is_not_clean_json_is_400_and_leaves_no_trace(client: FlaskClient, bench: Bench, raw: bytes) -> None:
    assert client.post(SUBMIT, json=body(), headers=KEY).status_code == 201
    with nothing_changes(bench.store):
        refused = client.post(SUBMIT, data=raw, headers={**KEY, "Content-Type": "application/json"})

    assert refused.status_code == 400
    assert refused.json is not None
    assert refused.json["code"] == "bad_request"


@pytest.mark.parametrize("value", [None, [], "x", 5, True, {"answers": []}, {"answers": {"$where": "1"}}])
def test_json_of_another_shape_is_422_and_leaves_no_trace(client: FlaskClient, bench: Bench, value: Any) -> None:
    with nothing_changes(bench.store):
        refused = client.post(SUBMIT, data=json.dumps(value), headers={**KEY, "Content-Type": "application/json"})

    assert refused.status_code == 422


@pytest.mark.parametrize("name", ["$where", "a.b", "__proto__", "_id", "x" * 5000, "\u202e", ""])
def test_hostile_question_names_are_faults(client: FlaskClient, name: str) -> None:
    assert client.post(SUBMIT, json=body(answers={**GOOD, name: 1}), headers=KEY).status_code == 422


def test_a_body_that_is_too_large_is_413(client: FlaskClient) -> None:
    assert client.post(SUBMIT, json=body(answers={"comment": "x" * 300_000}), headers=KEY).status_code == 413


def test_too_many_requests_are_429_with_the_time_to_wait(bench: Bench) -> None:
    bench.office.people.add_key("machine", ["read"], "key-of-a-machine")
    client = build_web(settings(api_rate=2), bench.store, bench.clock).test_client()

    answers = [client.get(READ, headers=KEY) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json is not None
    assert answers[-1].json["code"] == "too_many_requests"


def test_without_a_store_nothing_is_taken_and_the_answer_is_503(client: FlaskClient, bench: Bench) -> None:
    client.post(SUBMIT, json=body(), headers=KEY)
    bench.outage.begin()

    refused = client.post(SUBMIT, json=body(instance_id="uuid:2", site="suedtal"), headers=KEY)
    bench.outage.end()

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert bench.store.collection("submissions").count({}) == 1
    retried = client.post(SUBMIT, json=body(instance_id="uuid:2", site="suedtal"), headers=KEY)
    assert retried.status_code == 201


def test_not_ready_while_the_store_is_away(client: FlaskClient, bench: Bench) -> None:
    assert client.get("/readyz").status_code == 200
    bench.outage.begin()

    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200
    with pytest.raises(StoreUnavailable):
        bench.store.ping()


def test_the_programme_can_be_read(client: FlaskClient) -> None:
    programmes = client.get(READ, headers=KEY).json
    sites = client.get(f"{READ}/sample/sites", headers=KEY).json
    waves = client.get(f"{READ}/sample/waves", headers=KEY).json
    form = client.get(f"{READ}/sample/forms/report", headers=KEY).json

    assert programmes is not None
    assert [item["programme"] for item in programmes["items"]] == ["sample"]
    assert sites is not None
    assert [site["code"] for site in sites["items"]] == ["nordstadt", "suedtal"]
    assert waves is not None
    assert [(wave["code"], wave["state"]) for wave in waves["items"]] == [("2026-H1", "closed"), ("2026-H2", "open")]
    assert waves["items"][1]["closes_at"] == "2027-02-28T23:00:00.000Z"
    assert form is not None
    assert form["version"] == "1"
    assert "topics" in form["definition"]["choices"]


@pytest.mark.parametrize("path", ["/nowhere/sites", "/sample/forms/none", "/sample/waves/never/responses", "/nowhere"])
def test_what_does_not_exist_cannot_be_read(client: FlaskClient, path: str) -> None:
    assert client.get(READ + path, headers=KEY).status_code == 404


def test_the_responses_of_a_wave_say_who_is_missing(client: FlaskClient) -> None:
    client.post(SUBMIT, json=body(), headers=KEY)

    found = client.get(f"{READ}/sample/waves/2026-H2/responses", headers=KEY).json

    assert found is not None
    assert [(item["site"], item["status"], item["submissions"], item["overdue"]) for item in found["items"]] == [
        ("nordstadt", "complete", 1, False),
        ("suedtal", "missing", 0, False),
    ]


def files() -> dict[str, str]:
    return {
        str(path.relative_to(MINIMAL)): path.read_text(encoding="utf-8")
        for path in MINIMAL.rglob("*")
        if path.is_file()
    }


def test_a_programme_is_published_once_and_never_changed(client: FlaskClient) -> None:
    first = client.post(READ, json={"files": files()}, headers=KEY)
    again = client.post(READ, json={"files": files()}, headers=KEY)
    changed = {**files(), "programme.yaml": files()["programme.yaml"].replace("min_n: 5", "min_n: 6")}
    other = client.post(READ, json={"files": changed}, headers=KEY)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json == again.json
    assert other.json is not None
    assert other.json["code"] == "version_exists"


def test_a_faulty_programme_is_refused_with_every_fault(client: FlaskClient) -> None:
    broken = {**files(), "sites.csv": "code\n"}
    broken["flags.yaml"] = broken["flags.yaml"].replace("K01 > 15", "K99 > (15")

    refused = client.post(READ, json={"files": broken}, headers=KEY)

    assert refused.status_code == 422
    assert refused.json is not None
    assert {fault["path"].split(":")[0] for fault in refused.json["errors"]} >= {"sites.csv", "flags.yaml"}


@pytest.mark.parametrize("name", ["../evil.yaml", "/etc/passwd", "forms/../../x.md", "programme.yaml\n", "a/b.md"])
def test_a_programme_file_stays_in_its_folder(client: FlaskClient, name: str) -> None:
    refused = client.post(READ, json={"files": {**files(), name: "x"}}, headers=KEY)

    assert refused.status_code == 422
    assert refused.json is not None
    assert refused.json["errors"][0]["code"] == "bad_file_name"


def test_the_openapi_document_and_its_page_describe_every_path(client: FlaskClient) -> None:
    document = client.get("/api/intake/v1/openapi.json").json
    page = client.get("/api/intake/v1/docs")

    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert len(document["paths"]) >= 7
    responses = document["paths"]["/api/intake/v1/programmes/{programme}/forms/{form}/submissions"]["post"]["responses"]
    assert set(responses) >= {"200", "201", "400", "401", "403", "404", "409", "413", "422", "429", "503"}
    assert page.status_code == 200
    assert b"<script" not in page.data
    for told in ("Authorization: Bearer", "For keys with the scope submissions:write.", "All when left out"):
        assert told in page.text
