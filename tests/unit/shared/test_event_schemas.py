"""The envelope: what is read, what is refused and with which class."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.event_data import SCHEMAS
from shared.event_schemas import UnreadableEvent, check, decode, encode, from_json, to_json
from tests.support.bus import submission_received


def code(body: bytes) -> str:
    """Return the class code with which this body is refused."""
    with pytest.raises(UnreadableEvent) as caught:
        decode(body)
    return caught.value.code


def changed(**attributes: Any) -> bytes:
    """Return an event's JSON with envelope attributes replaced."""
    return json.dumps(to_json(submission_received()) | attributes).encode()


def test_the_envelope_is_a_cloud_event() -> None:
    event = submission_received(1, correlation_id="c-1", traceparent="00-a-b-01")

    envelope = json.loads(encode(event))

    assert {key: value for key, value in envelope.items() if key != "data"} == {
        "specversion": "1.0",
        "id": event.id,
        "source": "/peilung/intake",
        "type": "peilung.submission.received.v1",
        "subject": "example/north",
        "time": event.time,
        "datacontenttype": "application/json",
        "correlationid": "c-1",
        "traceparent": "00-a-b-01",
        "origin": "submissions/s-1",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"a": ' * 50_000,
        changed(specversion="0.3"),
        changed(id=""),
        changed(id=7),
        changed(time=None),
        changed(type="submission.received"),
        changed(type="peilung.submission.received.v0"),
        changed(data=[1]),
        changed(data=None),
        changed(data={"n": 2**63}),
        changed(data={"n": 10**400}),
        changed(data={"text": "\ud800"}),
        b'{"n": NaN}',
        b'{"n": -Infinity}',
        b'{"n": 1e400}',
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
def test_what_is_not_an_envelope_is_undecodable(body: bytes) -> None:
    assert code(body) == "undecodable"


def test_unknown_names_and_newer_versions_are_told_apart() -> None:
    assert code(changed(type="peilung.nobody.knows.v1")) == "unknown"
    assert code(changed(type="peilung.submission.received.v2")) == "too_new"


@pytest.mark.parametrize(
    "answers",
    [{"a": True}, {"a": [1]}, {"a": {"b": 1}}, {"a": ["x", None]}, ["a"], None],
    ids=json.dumps,
)
def test_answers_are_coded_or_numeric(answers: Any) -> None:
    with pytest.raises(UnreadableEvent) as caught:
        check(submission_received(answers=answers))
    assert caught.value.code == "schema"


@pytest.mark.parametrize("revision", [True, "1", 1.0, None])
def test_a_revision_is_a_whole_number(revision: Any) -> None:
    with pytest.raises(UnreadableEvent, match="submission.received: wrong or missing: revision"):
        check(submission_received(revision=revision))


def test_the_message_of_a_refusal_names_fields_and_no_values() -> None:
    with pytest.raises(UnreadableEvent) as caught:
        check(submission_received(answers={"income": {"secret": "synthetic"}}))

    assert "answers.income" in str(caught.value)
    assert "synthetic" not in str(caught.value)


def test_not_a_number_does_not_leave() -> None:
    with pytest.raises(UnreadableEvent) as caught:
        encode(submission_received(answers={"share": float("inf")}))
    assert caught.value.code == "schema"


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_body_does_anything_but_be_refused(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        decode(body)


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
_ANSWER = (
    st.none()
    | _TEXT
    | st.lists(_TEXT, max_size=3)
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.dictionaries(_TEXT, _ANSWER, max_size=5), _TEXT, _TEXT)
def test_what_is_encoded_is_what_is_decoded(answers: dict[str, Any], correlation_id: str, origin: str) -> None:
    event = submission_received(answers=answers, correlation_id=correlation_id, origin=origin)

    assert decode(encode(event)) == event
    assert from_json(to_json(event)) == event


SAMPLES = sorted((Path(__file__).parents[2] / "contract" / "events").glob("*.json"))
JUNK: list[Any] = [None, "", "text", 0, 7, 1.5, True, [], ["a"], [1], [{}], {}, {"a": "b"}, {"a": 1}, {1: "b"}]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.stem)
def test_asking_the_fields_directly_says_what_loading_the_whole_says(sample: Path) -> None:
    event = from_json(json.loads(sample.read_bytes()))
    schema = SCHEMAS[event.name, event.version]

    check(event)
    for field in schema.load_fields:
        without = {name: value for name, value in event.data.items() if name != field}
        for data in (without, *({**without, field: junk} for junk in JUNK)):
            assert _refused(partial(check, replace(event, data=data))) == _refused(partial(schema.load, data))


def _refused(run: Callable[[], object]) -> bool:
    try:
        run()
    except (UnreadableEvent, ValidationError):
        return True
    return False
