"""Programmes and forms as JSON: nothing lost, nothing superfluous, unknown fields accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from shared.programme.json_form import (
    form_digest,
    form_from_json,
    form_to_json,
    programme_from_json,
    programme_to_json,
)
from shared.programme.loader import read_programme
from shared.programme.model import Programme
from tests.support.programmes import EXAMPLES

ROOT = Path(__file__).parents[4]
FOLDERS = [*sorted((EXAMPLES / "valid").iterdir()), *sorted(p.parent for p in (ROOT / "programmes").glob("*/*.csv"))]


@pytest.fixture
def programme() -> Programme:
    return read_programme(EXAMPLES / "valid" / "survey")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_programme_survives_the_way_through_json(folder: Path) -> None:
    programme = read_programme(folder)

    text = json.dumps(programme_to_json(programme))

    assert programme_from_json(json.loads(text)) == programme


def test_empty_fields_are_left_out(programme: Programme) -> None:
    form = form_to_json(programme.form("site_report"))

    assert "anonymous" not in form
    assert all("relevant" not in item or item["relevant"] for item in form["items"])
    assert "raise" in programme_to_json(programme)["flags"][1]


def test_a_definition_from_before_indicators_could_be_hidden_still_loads(programme: Programme) -> None:
    hidden = replace(programme, indicators=tuple(replace(i, hidden_from=("lead",)) for i in programme.indicators))
    data = json.loads(json.dumps(programme_to_json(hidden)))

    assert programme_from_json(data) == hidden
    for indicator in data["indicators"]:
        del indicator["hidden_from"]
    assert programme_from_json(data) == programme


def test_unknown_fields_are_ignored(programme: Programme) -> None:
    data = programme_to_json(programme) | {"colour": "blue"}
    data["forms"][0]["mood"] = "good"

    assert programme_from_json(data) == programme


@pytest.mark.parametrize(
    "data", [{}, {"id": "x"}, [], None, 3, "text", {"id": "x", "items": 3}, {"id": "x", "items": [{"items": None}]}]
)
def test_what_is_not_a_definition_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        form_from_json(data)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a"):
        programme_from_json(data)  # type: ignore[arg-type]


def test_the_digest_tells_equal_forms_from_changed_ones(programme: Programme) -> None:
    form = programme.form("site_report")
    again = form_from_json(form_to_json(form))
    changed = replace(form, items=(replace(form.items[0], label={"de": "neu", "en": "new"}), *form.items[1:]))

    assert form_digest(again) == form_digest(form)
    assert form_digest(changed) != form_digest(form)
