from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.intake.app import build_web
from services.intake.domain.submission import Sent
from services.intake.handlers.export import Exports, Wanted
from services.intake.web.formats import FORMATS
from shared.errors import StoreUnavailable
from shared.programme.model import Form, Question
from shared.registry import Account, Grant
from tests.support.exports import read_csv, read_json, read_sav, read_xlsx
from tests.support.forms import GOOD, both, choice, report_form
from tests.support.intake import PLACE, Bench, settings

at = datetime.fromisoformat
EXPORT = "/api/intake/v1/programmes/sample/forms/report/export"
KEY = {"Authorization": "Bearer key-of-an-evaluator"}
NORTH, SOUTH = PLACE, replace(PLACE, site="suedtal")
TEXT = "=1+1; größer als 😀\n- und „noch mehr“"
AGREE = tuple(choice(code, f"Stufe {code}", f"Level {code}") for code in ("1", "2", "3", "9"))
FORM = report_form(
    items=(
        *report_form().items,
        Question("agree", "select_one", both("Stimmt das?", "Is it so?"), list_name="agree"),
        Question("starts", "time", both("Beginn", "Beginning")),
        Question("met", "dateTime", both("Treffen", "Meeting")),
        Question("order", "rank", both("Reihenfolge", "Order"), list_name="yes_no"),
    ),
    choices={**report_form().choices, "agree": AGREE},
    missing=("9",),
)
MORE = {"agree": "9", "starts": "14:30", "met": "2026-05-04T09:15", "order": ["no", "yes"]}


@pytest.fixture
def client(bench: Bench) -> FlaskClient:
    bench.office.people.add_key("machine", ["read", "answers:read"], "key-of-an-evaluator")
    bench.publish_report(FORM)
    bench.submissions.submit(Sent(NORTH, "uuid:north", {**GOOD, **MORE, "comment": TEXT}))
    bench.submissions.submit(Sent(SOUTH, "uuid:south", {**GOOD, "topics": ["none"], "main_topic": None}))
    return build_web(settings(), bench.store, bench.clock).test_client()


def get(client: FlaskClient, suffix: str, query: str = "") -> bytes:
    found = client.get(f"{EXPORT}.{suffix}?{query}", headers=KEY)
    assert found.status_code == 200, found.json
    return found.data


def items(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_json(get(client, "json", query))["items"]
    return found


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("sav", "application/x-spss-sav"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_file_says_what_it_is_and_how_it_is_called(client: FlaskClient, suffix: str, media_type: str) -> None:
    found = client.get(f"{EXPORT}.{suffix}?wave=2026-H2&site=nordstadt", headers=KEY)

    assert found.headers["Content-Type"] == media_type
    assert found.headers["Content-Disposition"] == f'attachment; filename="sample-report-2026-H2-nordstadt.{suffix}"'
    assert found.headers["Cache-Control"] == "no-store"


def test_csv_holds_one_line_per_response_with_codes(client: FlaskClient) -> None:
    north, south = read_csv(get(client, "csv"))

    assert list(north)[:8] == [
        "reference", "instance_id", "site", "wave", "form_version", "received_at", "revision", "marks",
    ]  # fmt: skip
    assert north["instance_id"] == "uuid:north"
    assert north["received_at"] == "2026-11-22T12:00:00.000Z"
    assert (north["groups"], north["budget"], north["asked_on"]) == ("10", "1200.5", "2026-06-30")
    assert (north["topics.grants"], north["topics.rooms"], north["topics.none"]) == ("1", "1", "0")
    assert (north["order.yes"], north["order.no"]) == ("2", "1")
    assert (north["agree"], north["c_share"]) == ("9", "40")
    assert north["comment"] == "'=1+1; größer als 😀\n'- und „noch mehr“"
    assert (south["topics.none"], south["comment"], south["agree"], south["order.yes"]) == ("1", "", "", "")


def test_json_holds_the_columns_and_the_lists_with_texts_as_they_were_sent(client: FlaskClient) -> None:
    found = read_json(get(client, "json"))

    north, south = found["items"]
    assert (found["programme"], found["form"], found["left_out"]) == ("sample", "report", [])
    assert (north["topics"], north["topics.grants"], south["topics"]) == (["grants", "rooms"], 1, ["none"])
    assert (north["order"], south["order"]) == (["no", "yes"], None)
    assert north["comment"] == TEXT
    assert {**north, "site": "", "topics": [], "order": []}.keys() >= set(read_csv(get(client, "csv"))[0])


def test_a_workbook_has_typed_answers_and_a_codebook(client: FlaskClient) -> None:
    sheets = read_xlsx(get(client, "xlsx"))

    north = sheets["answers"][0]
    codebook = {line["name"]: line for line in sheets["codebook"]}
    assert (north["comment"], north["agree"], north["groups"]) == (TEXT, 9, 10)
    assert north["asked_on"] == at("2026-06-30")
    assert north["met"] == at("2026-05-04T09:15")
    assert north["received_at"] == at("2026-11-22T12:00")
    assert str(north["starts"]) == "14:30:00"
    assert list(codebook) == list(north)
    assert codebook["agree"] | {"name_sav": ""} == {
        "name": "agree", "name_sav": "", "label_de": "Stimmt das?", "label_en": "Is it so?", "type": "select_one",
        "choices_de": "1 = Stufe 1\n2 = Stufe 2\n3 = Stufe 3\n9 = Stufe 9",
        "choices_en": "1 = Level 1\n2 = Level 2\n3 = Level 3\n9 = Level 9", "missing": "9", "form_versions": "1",
    }  # fmt: skip


def test_spss_gets_labels_missing_codes_dates_and_measures(client: FlaskClient, tmp_path: Path) -> None:
    sav = read_sav(get(client, "sav", "language=de"), tmp_path)

    north, south = sav.cases
    about = sav.about
    assert (north["comment"], north["agree"], north["groups"], north["budget"]) == (TEXT, 9.0, 10.0, 1200.5)
    assert (north["asked_on"], north["met"]) == (date(2026, 6, 30), at("2026-05-04T09:15"))
    assert str(north["starts"]) == "14:30:00"
    assert north["received_at"] == at("2026-11-22T12:00")
    assert (south["comment"], south["agree"], south["asked_on"]) == ("", None, date(2026, 6, 30))
    assert about.file_encoding == "UTF-8"
    assert about.missing_ranges == {"agree": [{"lo": 9.0, "hi": 9.0}]}
    assert about.column_names_to_labels["agree"] == "Stimmt das?"
    assert about.column_names_to_labels["topics.rooms"] == "Worum ging es? – Räume"
    assert about.variable_value_labels["agree"] == {1.0: "Stufe 1", 2.0: "Stufe 2", 3.0: "Stufe 3", 9.0: "Stufe 9"}
    assert about.variable_value_labels["main_topic"]["rooms"] == "Räume"
    assert about.variable_value_labels["site"]["suedtal"] == "Musterhaus Südtal"
    assert {name: about.variable_measure[name] for name in ("agree", "help", "budget", "topics.rooms")} == {
        "agree": "ordinal", "help": "nominal", "budget": "scale", "topics.rooms": "nominal",
    }  # fmt: skip


def test_spss_labels_come_in_the_language_asked_for(client: FlaskClient, tmp_path: Path) -> None:
    about = read_sav(get(client, "sav", "language=en"), tmp_path).about

    assert about.column_names_to_labels["agree"] == "Is it so?"
    assert about.variable_value_labels["help"] == {"yes": "Yes", "no": "No"}
    assert client.get(f"{EXPORT}.sav?language=fr", headers=KEY).status_code == 422


def test_only_the_newest_revision_of_a_response_is_in_an_export(client: FlaskClient, bench: Bench) -> None:
    for revision in range(2, 5):
        sent = {**GOOD, "groups": revision * 10}
        earlier = "uuid:north" if revision == 2 else f"uuid:north-{revision - 1}"
        bench.submissions.submit(Sent(NORTH, f"uuid:north-{revision}", sent, deprecated_id=earlier))

    assert [(item["instance_id"], item["revision"], item["groups"]) for item in items(client)] == [
        ("uuid:north-4", 4, 40), ("uuid:south", 1, 10),
    ]  # fmt: skip


def test_an_erased_response_is_gone_and_one_that_came_after_is_there(client: FlaskClient, bench: Bench) -> None:
    bench.office.erasing.erase(NORTH, "uuid:north")
    assert [item["instance_id"] for item in items(client)] == ["uuid:south"]

    bench.submissions.submit(Sent(NORTH, "uuid:north-2", GOOD, deprecated_id="uuid:north"))

    assert [item["instance_id"] for item in items(client)] == ["uuid:north-2", "uuid:south"]


def test_a_question_keeps_its_column_through_form_versions(client: FlaskClient, bench: Bench) -> None:
    bench.publish_report_version("2", _second_version())
    bench.submissions.submit(Sent(NORTH, "uuid:n2", {"groups": 30, "new": "x"}, deprecated_id="uuid:north"))

    north, south = items(client)

    assert (north["form_version"], north["groups"], north["new"], north["budget"]) == ("2", 30, "x", None)
    assert (south["form_version"], south["groups"], south["new"], south["budget"]) == ("1", 10, None, 1200.5)
    codebook = {line["name"]: line["form_versions"] for line in read_xlsx(get(client, "xlsx"))["codebook"]}
    assert (codebook["groups"], codebook["new"], codebook["budget"]) == ("2, 1", "2", "1")


def _second_version() -> Form:
    items = (Question("groups", "integer", both("Gruppen", "Groups")), Question("new", "text"))
    return report_form(version="2", items=items)


def test_waves_follow_each_other_and_one_can_be_asked_for(client: FlaskClient, bench: Bench) -> None:
    earlier = replace(NORTH, wave="2026-H1")
    bench.submissions.import_past(Sent(earlier, "uuid:h1", GOOD), "2026-07-01T08:00:00.000Z")

    assert [item["wave"] for item in items(client)] == ["2026-H1", "2026-H2", "2026-H2"]
    assert [item["instance_id"] for item in items(client, "wave=2026-H1")] == ["uuid:h1"]
    assert [item["instance_id"] for item in items(client, "site=suedtal")] == ["uuid:south"]
    assert items(client, "wave=2026-H1&site=suedtal") == []


@pytest.mark.parametrize("page", [1, 2, 3, 5])
def test_responses_on_many_pages_of_the_store_come_once_each(bench: Bench, page: int) -> None:
    bench.publish_report(report_form(id="many", respondents="many", items=(Question("n", "integer"),)))
    bench.office.people.save(Account("eva", "eva@example.org", "Eva", "en", (Grant("evaluator", "sample"),)))
    place, expected = replace(NORTH, form="many"), []
    for number in range(7):
        for revision in range(1 + number % 3):
            before = f"uuid:{number}-{revision - 1}" if revision else None
            sent = Sent(place, f"uuid:{number}-{revision}", {"n": 10 * number + revision}, deprecated_id=before)
            bench.submissions.submit(sent)
        expected.append(10 * number + number % 3)

    eva = bench.office.desk.registry.account("eva")
    assert eva is not None
    rows = Exports(bench.office.desk, page).open(Wanted("sample", "many"), eva).rows

    assert sorted(row.answers["n"] for row in rows) == expected


@pytest.mark.parametrize("query", ["wave=never", "site=nowhere"])
def test_an_unknown_wave_or_site_is_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"{EXPORT}.csv?{query}", headers=KEY).status_code == 404


@pytest.mark.parametrize(
    "path", [EXPORT.replace("sample", "x") + ".csv", EXPORT.replace("report", "x") + ".csv", EXPORT + ".pdf"]
)
def test_an_unknown_programme_form_or_format_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path, headers=KEY).status_code == 404


def test_while_the_store_is_away_an_export_says_so(client: FlaskClient, bench: Bench) -> None:
    client.get(f"{EXPORT}.csv", headers=KEY)
    bench.outage.begin()

    assert client.get(f"{EXPORT}.csv", headers=KEY).status_code == 503


@pytest.mark.parametrize("suffix", ["csv", "json", "xlsx", "sav"])
def test_an_export_that_cannot_go_on_never_ends_as_if_it_were_whole(
    client: FlaskClient, bench: Bench, suffix: str
) -> None:
    machine = bench.office.desk.registry.account("machine")
    assert machine is not None
    table = Exports(bench.office.desk, page=1).open(Wanted("sample", "report"), machine)
    bench.outage.begin()

    with pytest.raises(StoreUnavailable):
        list(FORMATS[suffix].write(table))


def test_every_format_is_described_with_its_media_type(client: FlaskClient) -> None:
    document = client.get("/api/intake/v1/openapi.json").json

    assert document is not None
    for suffix, media_type in (("csv", "text/csv"), ("json", "application/json"), ("sav", "application/x-spss-sav")):
        path = document["paths"][f"/api/intake/v1/programmes/{{programme}}/forms/{{form}}/export.{suffix}"]
        assert list(path["get"]["responses"]["200"]["content"]) == [media_type]
        assert {one["name"] for one in path["get"]["parameters"]} == {"wave", "site", "language", "repeat"}
