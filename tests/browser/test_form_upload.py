"""An evaluator takes a questionnaire from Excel to a live form without help."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Open
from tests.browser.filling import begin, give
from tests.browser.looking import overflow
from tests.support.embedded import Embedded

PROGRAMME, FORM, SITE = "strukturfoerderung", "sf_selfassessment", "beispielverband-nord"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MENDED = {"type": "integer", "label::Deutsch (de)": "Zahl der Gäste", "label::English (en)": "Number of guests"}
BROKEN = {**MENDED, "type": "integr", "label::English (en)": "", "relevant": "${nobody} >"}


@pytest.mark.parametrize(
    ("language", "width", "scripts", "name"),
    [("de", 1280, True, "guests"), ("en", 320, False, "guests_in_all")],
    ids=["german", "english-narrow-no-scripts"],
)
def test_a_workbook_becomes_a_question_that_respondents_see(
    opened: Open, embedded: Embedded, tmp_path: Path, language: str, width: int, scripts: bool, name: str
) -> None:
    with opened(language=language, width=width, scripts=scripts) as evaluator:
        page = evaluator.page
        data = _downloaded(page, embedded, tmp_path)
        _upload(page, _edited(data, {**BROKEN, "name": name}))
        _see_the_faults(page)
        _upload(page, _edited(data, {**MENDED, "name": name}))
        _look_and_publish(page, name)
        assert evaluator.complaints == []
    with opened(language=language) as organisation:
        page = organisation.page
        begin(page, embedded.invite_now(PROGRAMME, FORM, SITE))
        expect(page.locator(f"#{name}")).to_be_visible()
        assert organisation.complaints == []


def _downloaded(page: Page, embedded: Embedded, folder: Path) -> bytes:
    page.goto(embedded.sign_in_link("demo-evaluator"))
    page.goto(f"{embedded.base_url}/collection/programmes/{PROGRAMME}/forms")
    page.locator(f"a[href$='/{FORM}']").click()
    with page.expect_download() as download:
        page.locator("ol.steps a[download]").click()
    target = folder / "form.xlsx"
    download.value.save_as(target)
    page.locator("ol.steps a:not([download])").click()
    return target.read_bytes()


def _edited(data: bytes, row: dict[str, str]) -> bytes:
    """Return the workbook with one more question on its first page, under the next version."""
    book = load_workbook(io.BytesIO(data))
    survey, settings = book["survey"], book["settings"]
    first = next(number for number in range(2, survey.max_row) if survey.cell(number, 1).value == "begin_group")
    survey.insert_rows(first)
    headings = _headings(survey)
    for heading, text in row.items():
        survey.cell(first, headings.setdefault(heading, len(headings) + 1), text)
    for heading, column in headings.items():
        survey.cell(1, column, heading)
    version = settings.cell(2, _headings(settings)["version"])
    version.value = str(int(str(version.value)) + 1)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _headings(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): number for number, cell in enumerate(sheet[1], start=1) if cell.value}


def _upload(page: Page, data: bytes) -> None:
    page.locator("#file").set_input_files(FilePayload(name="form.xlsx", mimeType=XLSX, buffer=data))
    page.locator("main form[enctype] button").click()


def _see_the_faults(page: Page) -> None:
    expect(page.locator(".error-summary h2")).to_have_text(re.compile("^3 "))
    expect(page.locator(".table--faults tbody tr")).to_have_count(3)
    for fault in ("integr", "label", "relevant"):
        expect(page.locator(".table--faults tbody")).to_contain_text(fault)
    expect(page.locator(".table--cells td.cell--faulty").first).to_contain_text("integr")
    assert overflow(page) == 0


def _look_and_publish(page: Page, name: str) -> None:
    expect(page.locator(".notice--good")).to_be_visible()
    expect(page.locator("main ul").first).to_contain_text(name)
    page.locator("a[href$='/preview']").click()
    give(page, name, "12")
    expect(page.locator("main form button[value=save]")).to_have_count(0)
    page.locator("main a").first.click()
    page.locator("main form.card button").click()
    expect(page).to_have_url(re.compile(r"published=1$"))
    expect(page.locator(".notice--good")).to_be_visible()
    assert overflow(page) == 0
