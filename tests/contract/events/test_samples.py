"""Every event ever published can still be read: one sample a version, never edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.event_data import SCHEMAS
from shared.event_schemas import UnreadableEvent, decode, encode, to_json

SAMPLES = sorted(Path(__file__).parent.glob("*.json"))
samples = pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    """Return the sample's JSON."""
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def refused(envelope: dict[str, Any]) -> str:
    """Return the class code with which this envelope is refused."""
    with pytest.raises(UnreadableEvent) as caught:
        decode(json.dumps(envelope).encode())
    return caught.value.code


def test_every_version_has_a_sample() -> None:
    assert {f"{name}.v{version}" for name, version in SCHEMAS} == {path.stem for path in SAMPLES}


@samples
def test_a_sample_is_read_and_written_again_without_a_change(path: Path) -> None:
    event = decode(path.read_bytes())

    assert f"{event.name}.v{event.version}" == path.stem
    assert to_json(event) == read(path)
    assert decode(encode(event)) == event


@samples
def test_a_field_nobody_knows_yet_is_accepted_and_kept(path: Path) -> None:
    envelope = read(path)
    envelope["data"]["added_later"] = {"any": ["thing"]}
    envelope["laterattribute"] = "x"

    assert decode(json.dumps(envelope).encode()).data["added_later"] == {"any": ["thing"]}


@samples
def test_each_field_is_required(path: Path) -> None:
    for field in read(path)["data"]:
        envelope = read(path)
        del envelope["data"][field]

        assert refused(envelope) == "schema", field


@samples
def test_each_field_has_a_type(path: Path) -> None:
    for field in read(path)["data"]:
        envelope = read(path)
        envelope["data"][field] = 3 if isinstance(envelope["data"][field], str) else "3"

        if field not in ("previous_severity", "counterfactual"):  # null in the sample, text elsewhere
            assert refused(envelope) == "schema", field


@samples
def test_a_newer_version_is_told_apart(path: Path) -> None:
    envelope = read(path)

    assert refused(envelope | {"type": envelope["type"].replace(".v1", ".v2")}) == "too_new"
