"""What the API says when it refuses: in one language, with the place, and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.app import build_web
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings

SUBMIT = "/api/intake/v1/programmes/sample/forms/report/submissions"
READ = "/api/intake/v1/programmes"
KEY = {"Authorization": "Bearer key-of-a-machine"}
BODY: dict[str, Any] = {"instance_id": "uuid:1", "site": "nordstadt", "wave": "2026-H2", "answers": GOOD}


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    bench.office.people.add_key("machine", ["submissions:write", "programmes:write", "read"], "key-of-a-machine")
    bench.publish_report(report_form(), report_form(id="voices", anonymous=True, respondents="many"))
    return build_web(settings(), bench.store, bench.clock).test_client()


def words(response: TestResponse) -> list[str]:
    body = response.get_json()
    return [body["message"], *(fault["message"] for fault in body["errors"])]


def send(client: FlaskClient, language: str, path: str = SUBMIT, **change: Any) -> TestResponse:
    headers = {**KEY, "Accept-Language": language} if language else KEY
    return client.post(path, json={**BODY, **change}, headers=headers)


REFUSED: list[dict[str, Any]] = [
    {"answers": {"groups": True, "topics": "grants", "help": 1, "zzz": 1}},
    {"answers": {**GOOD, "groups": 1.5, "asked_on": "soon", "intro": "x", "comment": ["x"]}},
    {"instance_id": 5, "site": "", "wave": None, "answers": [], "surprise": 1},
    {"instance_id": "a b", "deprecated_id": "ü"},
    {"instance_id": "x" * 201},
    {"site": "nowhere"},
    {"wave": "never"},
    {"wave": "2026-H1"},
    {"form_version": "77"},
    {"instance_id": "uuid:2"},
    {"instance_id": "uuid:2", "deprecated_id": "uuid:3"},
    {"answers": {**GOOD, "groups": 11}},
    {"path": SUBMIT.replace("sample", "other")},
    {"path": SUBMIT.replace("report", "other")},
    {"path": SUBMIT.replace("report", "voices"), "respondent": "r1"},
    {"path": f"{SUBMIT}/nothing"},
]


@pytest.mark.parametrize("change", REFUSED, ids=repr)
def test_every_sentence_of_a_refusal_is_in_the_language_asked_for(client: FlaskClient, change: dict[str, Any]) -> None:
    send(client, "en")

    english, german, silent = (send(client, language, **change) for language in ("en", "de", ""))

    assert english.status_code == german.status_code >= 400
    assert english.get_json()["code"] == german.get_json()["code"]
    assert len(words(english)) == len(words(german))
    assert all(word and word not in words(german) for word in words(english)), words(german)
    assert words(silent) == words(english)


@pytest.mark.parametrize(("accept", "language"), [("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr", "en"), ("*", "en")])
def test_the_best_language_of_the_two_is_spoken(client: FlaskClient, accept: str, language: str) -> None:
    assert words(send(client, accept, site="nowhere")) == words(send(client, language, site="nowhere"))


def test_neither_a_cookie_nor_the_address_changes_the_language_of_the_api(client: FlaskClient) -> None:
    client.set_cookie("lang", "de")

    assert words(send(client, "", f"{SUBMIT}?lang=de", site="nowhere")) == words(send(client, "en", site="nowhere"))


def test_every_entry_of_the_wrong_shape_is_named_with_what_to_do(client: FlaskClient) -> None:
    refused = send(client, "en", instance_id=5, site="", wave=None, answers=[], surprise=1)

    assert {fault["path"]: fault["message"] for fault in refused.get_json()["errors"]} == {
        "instance_id": "Send a text.",
        "site": "Send 1 to 80 characters.",
        "wave": "Send a value, not null.",
        "answers": "Send an object.",
        "surprise": "This is not known here: leave it out.",
    }


def test_what_is_missing_is_named(client: FlaskClient) -> None:
    refused = client.post(SUBMIT, json={}, headers=KEY)

    assert {(fault["path"], fault["message"]) for fault in refused.get_json()["errors"]} == {
        (name, "This is missing: send it.") for name in ("instance_id", "site", "wave", "answers")
    }


def test_a_list_given_as_text_is_refused_at_its_question(client: FlaskClient) -> None:
    refused = send(client, "en", answers={**GOOD, "topics": "grants rooms"})

    (fault,) = refused.get_json()["errors"]
    assert (refused.status_code, fault["path"], fault["code"]) == (422, "topics", "wrong_type")
    assert '["a", "b"]' in fault["message"]


def test_the_faults_of_a_programme_are_english_and_so_is_all_around_them(client: FlaskClient) -> None:
    refused = [
        client.post(READ, json={"files": {"flags.yaml": "flags: 1"}}, headers={**KEY, "Accept-Language": language})
        for language in ("de", "en")
    ]

    assert refused[0].status_code == 422
    assert words(refused[0]) == words(refused[1])


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "application/jsonp", ""]
)
@pytest.mark.parametrize("path", [SUBMIT, READ])
def test_another_content_type_is_415_whatever_the_body(client: FlaskClient, path: str, content_type: str) -> None:
    refused = client.post(path, data=b'{"files": {}}', headers={**KEY, "Content-Type": content_type})

    assert refused.status_code == 415
    assert refused.get_json()["code"] == "unsupported_media_type"
    assert "application/json" in refused.get_json()["message"]


def test_a_charset_beside_the_content_type_is_fine(client: FlaskClient) -> None:
    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}

    assert client.post(SUBMIT, data=client.application.json.dumps(BODY), headers=headers).status_code == 201


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_body_that_is_too_large_is_refused_with_the_limit(client: FlaskClient, language: str) -> None:
    refused = send(client, language, answers={"comment": "x" * 300_000})

    assert refused.status_code == 413
    assert "256 KiB" in refused.get_json()["message"]


@pytest.mark.parametrize("raw", [b"", b"not json", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b"[" * 50 + b"]" * 50])
def test_what_is_no_json_is_told_in_the_language_asked_for(client: FlaskClient, raw: bytes) -> None:
    def refusal(language: str) -> str:
        headers = {**KEY, "Accept-Language": language, "Content-Type": "application/json"}
        return str(client.post(SUBMIT, data=raw, headers=headers).get_json()["message"])

    assert refusal("de") != refusal("en")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_the_shut_door_speaks_the_language_asked_for(client: FlaskClient, headers: dict[str, str]) -> None:
    english, german = (client.get(READ, headers={**headers, "Accept-Language": language}) for language in ("en", "de"))

    assert english.status_code == german.status_code == 401
    assert words(english) != words(german)
