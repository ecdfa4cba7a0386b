"""Checking form files over the API: as on the page, for programs."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.intake.app import build_web
from services.intake.web.forms import XLSX
from shared.programme.book_writer import write_workbook
from shared.programme.model import Group, Programme
from tests.support.intake import Bench, settings

CHECK = "/api/intake/v1/programmes/minimal/forms/check"
KEY = {"Authorization": "Bearer key-for-checks"}


@pytest.fixture
def programme(bench: Bench) -> Programme:
    bench.office.people.add_key("machine", ["programmes:write"], "key-for-checks")
    return bench.publish_minimal()


@pytest.fixture
def client(bench: Bench, programme: Programme) -> FlaskClient:
    app: Flask = build_web(settings(), bench.store, bench.clock)
    return app.test_client()


def edited(programme: Programme, **changes: Any) -> bytes:
    form = programme.forms[0]
    (group,) = form.items
    assert isinstance(group, Group)
    last = replace(group.items[-1], **changes)
    return write_workbook(replace(form, version="2026112299", items=(replace(group, items=(*group.items[:-1], last)),)))


def body(response: TestResponse, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json()
    return found


def test_a_sound_workbook_is_answered_with_its_form_and_what_changes(client: FlaskClient, programme: Programme) -> None:
    data = edited(programme, label={"de": "Brauchen Sie Hilfe?", "en": "Do you need help?"})

    found = body(client.post(CHECK, data={"file": (io.BytesIO(data), "report.xlsx")}, headers=KEY))

    assert (found["faults"], found["notices"]) == ([], [])
    assert found["changes"]["relabelled"] == ["help_wanted"]
    assert found["form"]["version"] == "2026112299"


def test_every_fault_comes_with_its_cell(client: FlaskClient, programme: Programme) -> None:
    data = edited(programme, relevant="${gone} > ", constraint="foo(.)")

    found = body(client.post(CHECK, data=data, content_type=XLSX, headers=KEY))

    assert found["form"] is None
    assert found["changes"] is None
    assert {(fault["sheet"], fault["row"], fault["column"], fault["code"]) for fault in found["faults"]} == {
        ("survey", 5, "relevant", "syntax"),
        ("survey", 5, "constraint", "unknown_function"),
    }
    assert all(fault["cell"].endswith("5") for fault in found["faults"])


def test_markdown_and_csv_are_read_by_their_content_type(client: FlaskClient) -> None:
    found = body(client.post(CHECK, data=b"| survey |\n| | type |\n", content_type="text/markdown", headers=KEY))

    assert found["faults"][0]["path"].startswith("form.md")


@pytest.mark.parametrize(
    ("send", "status"),
    [
        ({"json": {"file": "x"}}, 415),
        ({"data": b"x", "content_type": "application/octet-stream"}, 415),
        ({"data": b"x" * 6_000_000, "content_type": "text/csv"}, 413),
    ],
)
def test_what_is_no_file_is_refused_in_the_shape_of_the_api(
    client: FlaskClient, send: dict[str, Any], status: int
) -> None:
    assert body(client.post(CHECK, headers=KEY, **send), status)["status"] == status


def test_it_takes_a_key_or_a_session_and_a_programme_that_exists(client: FlaskClient) -> None:
    assert client.post(CHECK, data=b"x", content_type="text/csv").status_code == 401
    unknown = CHECK.replace("minimal", "nothing")
    assert client.post(unknown, data=b"x", content_type="text/csv", headers=KEY).status_code == 404
