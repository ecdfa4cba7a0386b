"""Published forms as workbooks: read again they are the same forms."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from shared.programme.book_writer import write_workbook
from shared.programme.changes import asked_digest, compare
from shared.programme.loader import load_form, read_form, read_programme
from shared.programme.model import Form
from tests.support.programmes import EXAMPLES, HEADINGS, markdown
from tests.support.repeated import events_form

SHIPPED = sorted(path.parent for path in (EXAMPLES.parents[1] / "programmes").glob("*/programme.yaml"))


@pytest.mark.parametrize("folder", [*SHIPPED, EXAMPLES / "valid" / "survey"], ids=lambda path: path.name)
def test_a_form_written_as_workbook_and_read_again_is_the_same(folder: Path) -> None:
    for form in read_programme(folder).forms:
        again, report = load_form(write_workbook(form), f"{form.id}.xlsx")

        assert (report.faults, report.notices) == (set(), set())
        assert isinstance(again, Form)
        assert (again.id, again.version, again.items, again.choices) == (
            form.id,
            form.version,
            form.items,
            form.choices,
        )
        assert asked_digest(again) == asked_digest(form)


def test_choices_from_a_file_are_written_onto_the_choices_sheet(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,label,land\nulm,Ulm,bw\n", encoding="utf-8")
    (tmp_path / "form.md").write_bytes(markdown("select_one_from_file towns.csv | town | Ort | Town", choices=()))
    form = read_form(tmp_path / "form.md")

    assert read_form(write_workbook(form), "form.xlsx").choices == form.choices


def test_repeats_are_written_as_repeats() -> None:
    form = read_form(write_workbook(events_form()), "report.xlsx")

    assert form.items == events_form().items
    assert compare(events_form(), form).none


def test_texts_that_look_like_formulas_or_hold_control_characters_stay_texts() -> None:
    form = read_form(markdown("integer | n | =1+1 | -2 | yes", headings=f"{HEADINGS} | required"), "form.md")
    bell = replace(form, items=(replace(form.question("n"), hint={"de": "a\x07b", "en": "c"}),))

    data = write_workbook(bell)

    assert load_workbook(io.BytesIO(data))["survey"]["C2"].data_type == "s"
    assert read_form(data, "form.xlsx").question("n").label == {"de": "=1+1", "en": "-2"}
