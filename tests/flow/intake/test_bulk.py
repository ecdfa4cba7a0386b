from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from services.intake.adapters.table import read_table
from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from services.intake.handlers.bulk import Taken
from shared.errors import Invalid
from shared.programme.model import Question
from shared.store import open_store
from tests.support.forms import GOOD, both, report_form
from tests.support.intake import PLACE, Bench, settings

FORM = report_form(
    items=(
        *report_form().items,
        Question("order", "rank", both("Reihenfolge", "Order"), list_name="yes_no"),
        Question("site", "text", both("Ort", "Place")),
    )
)
ANYWHERE = Place("sample", "report", "", "")
ROW = {"site": "nordstadt", "wave": "2026-H2", "groups": "10", "groups_new": "4", "topics": "none", "help": "no"}


def table(*rows: Mapping[str, str], delimiter: str = ",") -> bytes:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headings, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def take(bench: Bench, data: bytes, file: str = "answers.csv", place: Place = ANYWHERE, past_at: str = "") -> Taken:
    bulk = bench.office.bulk
    found = bulk.check(read_table(data, file), place, "de", past_at)
    return bulk.take(found, lambda done, of: None, "de", past_at)


def faults(bench: Bench, *rows: Mapping[str, str], place: Place = ANYWHERE) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        take(bench, table(*rows), place=place)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def answers(bench: Bench) -> list[dict[str, Any]]:
    kept = bench.store.collection("submissions").find({}, sort=("site",))
    return [document["answers"] for document in kept]


def test_what_was_exported_can_be_taken_over_elsewhere_to_the_letter(bench: Bench, tmp_path: Path) -> None:
    more = {"order": ["no", "yes"], "site": "'=1+1; Ä 😀", "comment": "=2+2\n- und"}
    bench.publish_report(FORM)
    bench.submissions.submit(Sent(PLACE, "uuid:north", {**GOOD, **more}))
    bench.submissions.submit(Sent(replace(PLACE, site="suedtal"), "uuid:south", {**GOOD, "budget": 1200.5}))
    bench.office.people.add_key("machine", ["read", "answers:read"], "key-of-an-evaluator")
    client = build_web(settings(), bench.store, bench.clock).test_client()
    path = "/api/intake/v1/programmes/sample/forms/report/export"
    other = Bench(open_store(f"sqlite://{tmp_path / 'other.db'}"))
    other.publish_report(FORM)

    for suffix in ("csv", "xlsx"):
        data = client.get(f"{path}.{suffix}", headers={"Authorization": "Bearer key-of-an-evaluator"}).data
        taken = take(other, data, f"answers.{suffix}")

        assert taken == (Taken(2, 0) if suffix == "csv" else Taken(0, 2))
        assert answers(other) == answers(bench)


def test_every_fault_of_every_row_is_named_and_nothing_is_kept(bench: Bench) -> None:
    bench.publish_report(FORM)
    found = faults(
        bench,
        ROW,
        {**ROW, "site": "suedtal", "groups": "viele", "topics": "nonsense", "nobody_asks": "x"},
        {**ROW, "site": "nowhere"},
        {**ROW, "groups": "1"},
    )

    assert found == [
        ("1, nobody_asks", "unknown_question"),
        ("3, groups", "not_a_number"),
        ("3, topics", "unknown_choice"),
        ("4", "not_found"),
        ("5, groups_new", "constraint"),
        ("5", "row_twice"),
    ]
    assert answers(bench) == []


def test_numbers_are_read_as_people_write_them_and_any_separator_will_do(bench: Bench) -> None:
    bench.publish_report(FORM)

    take(bench, table({**ROW, "budget": "1.200,5"}, delimiter=";"))

    assert answers(bench)[0]["budget"] == 1200.5


def test_a_row_can_leave_site_and_wave_to_the_command(bench: Bench) -> None:
    bench.publish_report(FORM)
    row = {name: text for name, text in ROW.items() if name not in ("site", "wave")}

    take(bench, table(row), place=PLACE)

    assert bench.store.collection("submissions").count({"site": "nordstadt", "wave": "2026-H2"}) == 1


def test_taking_over_again_changes_nothing_and_other_answers_are_refused(bench: Bench) -> None:
    bench.publish_report(FORM)
    assert take(bench, table(ROW)) == Taken(1, 0)
    assert take(bench, table(ROW)) == Taken(0, 1)

    assert faults(bench, {**ROW, "groups": "11"}) == [("2", "already_submitted")]


def test_answers_to_a_closed_wave_come_in_as_of_their_day(bench: Bench) -> None:
    bench.publish_report(FORM)
    past = {**ROW, "wave": "2026-H1"}
    assert faults(bench, past) == [("2", "wave_closed")]

    take(bench, table(past), past_at="2026-07-10T12:00:00.000Z")

    (kept,) = bench.store.collection("submissions").find({})
    assert (kept["received_at"], kept["imported"]) == ("2026-07-10T12:00:00.000Z", True)


@pytest.mark.parametrize(
    ("data", "file", "code"),
    [
        (b"", "a.csv", "no_rows"),
        (b"site,wave\n", "a.csv", "no_rows"),
        ("site\nKöln".encode("latin-1"), "a.csv", "not_utf8"),
        (b"no workbook", "a.xlsx", "wrong_format"),
    ],
)
def test_what_is_no_table_is_said(bench: Bench, data: bytes, file: str, code: str) -> None:
    bench.publish_report(FORM)
    with pytest.raises(Invalid) as refused:
        take(bench, data, file)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_workbook_without_the_sheet_says_how_to_call_it(bench: Bench) -> None:
    bench.publish_report(FORM)
    stream = io.BytesIO()
    Workbook().save(stream)

    with pytest.raises(Invalid) as refused:
        take(bench, stream.getvalue(), "a.xlsx")

    assert "answers" in refused.value.faults[0].message


def test_choices_may_stand_in_columns_of_their_own(bench: Bench) -> None:
    bench.publish_report(FORM)
    row = {**ROW, "topics.grants": "1", "topics.rooms": "1", "topics.none": "0", "main_topic": "rooms"}
    del row["topics"]

    take(bench, table(row))

    assert answers(bench)[0]["topics"] == ["grants", "rooms"]
    assert faults(bench, {**row, "site": "suedtal", "topics.grants": "ja"})[0] == ("2, topics.grants", "wrong_type")
