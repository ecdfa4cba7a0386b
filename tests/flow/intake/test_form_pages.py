"""An evaluator brings a workbook to life by the pages alone: faults by cell, changes, preview, published."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage

from services.intake.app import build_web
from services.intake.handlers.form_change import KEPT_FOR
from services.intake.ports import FORM_UPLOADS
from shared.errors import Conflict, Invalid
from shared.programme.book_writer import write_workbook
from shared.programme.model import Form, Programme
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.intake import Bench, settings

FORMS = "/collection/programmes/minimal/forms"
UPLOADS = "/collection/programmes/minimal/uploads"
VISITS = ["integer", "visits", "Besuche", "Visits"]


@pytest.fixture
def programme(bench: Bench) -> Programme:
    return bench.publish_minimal()


@pytest.fixture
def app(bench: Bench, programme: Programme) -> Flask:
    people = bench.office.people
    for id_, *roles in (
        ("evaluator", Grant("evaluator", "minimal")),
        ("second", Grant("evaluator", "minimal")),
        ("elsewhere", Grant("evaluator", "sample")),
        ("consultant", Grant("consultant", "minimal")),
        ("coordinator", Grant("coordinator", "minimal", ("nordstadt",))),
    ):
        people.save(Account(id_, f"{id_}@example.org", f"Person {id_}", "en", tuple(roles)))
    return build_web(settings(), bench.store, bench.clock)


class Editor(Person):
    """Somebody who can also choose a file on a page."""

    def send_file(self, data: bytes, name: str = "report.xlsx", **more: str) -> Editor:
        """Choose a file in the page's form and press the button."""
        form = next(one for one in self.page.forms if "file" in one.names)
        values: dict[str, object] = {key: value[0] for key, value in form.values.items() if key != "file"}
        values |= {**more, "file": FileStorage(io.BytesIO(data), name)}
        sent = self._client.post(form.action, data=values, headers=self._headers, follow_redirects=True)
        self._arrive(sent)
        sent.request.environ["wsgi.input"].close()
        return self


def signed_in(bench: Bench, app: Flask, account: str = "evaluator", language: str = "en") -> Editor:
    person = Editor(app.test_client(), language)
    person.open(bench.office.sign_in.link_for(account)).press()
    return person


def changed(form: Form, *rows: Sequence[object], version: str = "2026112202", **cells: object) -> bytes:
    """Return the form's workbook as somebody edited it: rows before the last one, and cells of the survey."""
    book = load_workbook(io.BytesIO(write_workbook(form)))
    survey = book["survey"]
    for row in rows:
        survey.insert_rows(survey.max_row)
        for index, value in enumerate(row):
            survey.cell(survey.max_row - 1, index + 1, value)
    for address, value in cells.items():
        survey[address] = value
    settings_sheet = book["settings"]
    column = next(cell.column for cell in settings_sheet[1] if cell.value == "version")
    settings_sheet.cell(2, column, version)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_forms_of_a_programme_are_listed_with_version_day_and_answers(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app).open("/collection/")
    assert FORMS in person.page.links

    page = person.open(FORMS).page

    assert page.h1 == "Questionnaires"
    assert f"{FORMS}/small_report" in page.links
    for expected in ("2026112201", "22 Nov 2026", "installation"):
        assert expected in page.text


def test_a_workbook_goes_from_download_to_a_live_question(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(f"{FORMS}/small_report")
    downloaded = app.test_client()
    assert downloaded.get(f"{FORMS}/small_report/workbook").status_code == 302

    person.open(f"{UPLOADS}?form=small_report").send_file(changed(programme.forms[0], VISITS))  # type: ignore[attr-defined]

    assert person.page.h1.startswith("Check and publish")
    for expected in ("has no faults", "New questions (1)", "Visits", "Version 2026112202 replaces version 2026112201"):
        assert expected in person.page.text
    assert bench.office.desk.registry.programme("minimal").form("small_report").version == "2026112201"

    proposed = person.page.forms[-2].values["version"][0]
    person.press(form=-2)

    assert "Published: version 2026112202" in person.page.text
    assert "Person evaluator" in person.page.text
    current = bench.office.desk.registry.programme("minimal")
    assert (current.version, current.form("small_report").version) == (proposed, "2026112202")
    assert current.form("small_report").question("visits").type == "integer"
    assert bench.office.desk.collection(FORM_UPLOADS).count({}) == 0


@pytest.mark.parametrize(("language", "spoken"), [("en", "2 faults in"), ("de", "2 Fehler in")])
def test_every_fault_is_shown_by_cell_and_nothing_is_kept(
    bench: Bench, app: Flask, programme: Programme, language: str, spoken: str
) -> None:
    person = signed_in(bench, app, language=language).open(f"{UPLOADS}?form=small_report")

    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], ["integr", "visits", "Besuche", "Visits"], A4="integer number"))

    assert person.status == 422
    assert spoken in person.page.text
    for expected in ("survey", "(A6)", "(A4)", "integr", "integer number"):
        assert expected in person.page.text
    assert ('lang="en" class="muted"' in person.html) == (language == "de")
    assert bench.office.desk.collection(FORM_UPLOADS).count({}) == 0


def test_a_published_type_and_a_question_rules_need_are_kept(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(f"{UPLOADS}?form=small_report")
    assert isinstance(person, Editor)

    person.send_file(changed(programme.forms[0], A3="decimal"))
    assert "was published as integer" in person.page.text

    person.send_file(changed(programme.forms[0], B4="renamed"))
    assert '"proofs_overdue" is gone, but this needs it: indicator K01, flag' in person.page.text


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"", "", "Choose a file."),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.xls", "ending in .xlsx, .md or .csv"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old.xlsx", "old .xls file"),
        (b"PK\x03\x04 not really", "x.xlsx", "damaged"),
        (b"x" * 6_000_000, "x.xlsx", "5 MB at most"),
        (b"\xff\xfe", "<script>alert(1)</script>.md", "UTF-8"),
    ],
)
def test_what_is_no_form_is_refused_in_a_sentence(
    bench: Bench, app: Flask, data: bytes, name: str, expected: str
) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)

    person.send_file(data, name)

    assert person.status in (413, 422)
    assert expected in person.page.text
    assert "<script>" not in person.html


def test_a_new_form_joins_the_waves_that_are_chosen(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(write_workbook(replace(programme.forms[0], id="second_report")), "second.xlsx")
    assert "This is a new questionnaire" in person.page.text

    person.press(form=-2, respondents="anonymous", waves=["2026-H2"])

    assert "Published" in person.page.text
    current = bench.office.desk.registry.programme("minimal")
    assert "second_report" in current.wave("2026-H2").forms
    assert (current.form("second_report").respondents, current.form("second_report").anonymous) == ("many", True)


def test_a_version_that_exists_or_cannot_be_one_is_refused_at_its_field(
    bench: Bench, app: Flask, programme: Programme
) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], VISITS))

    person.press(form=-2, version="a b")
    assert (person.status, "version-error" in person.html) == (422, True)
    person.press(form=-2, version=programme.version)
    assert (person.status, "version-error" in person.html) == (409, True)


def test_who_published_meanwhile_is_not_overwritten(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], VISITS))
    bench.publishing.publish(replace(programme, version="another", min_n=7))

    person.press(form=-2)
    assert (person.status, "Somebody else published" in person.page.text) == (409, True)
    person.press(form=-2)

    current = bench.office.desk.registry.programme("minimal")
    assert (current.min_n, current.form("small_report").version) == (7, "2026112202")


def test_an_upload_is_its_uploaders_alone_and_only_for_a_while(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], VISITS))
    waiting = person.path

    assert signed_in(bench, app, "second").open(waiting).status == 404
    assert person.open(waiting).status == 200
    bench.clock.advance(seconds=KEPT_FOR.total_seconds() + 1)
    assert person.open(waiting).status == 404
    assert bench.office.tidying.run_once() >= 1
    assert bench.office.desk.collection(FORM_UPLOADS).count({}) == 0


def test_changed_texts_are_shown_in_every_language_before_and_after(
    bench: Bench, app: Flask, programme: Programme
) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)

    person.send_file(changed(programme.forms[0], C3="Nachweise, die fällig sind"))

    assert "<del>Fällige Nachweise</del> <ins>Nachweise, die fällig sind</ins>" in person.html
    assert "<ins>Proofs" not in person.html


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_left_out_is_said_before_publishing(
    bench: Bench, app: Flask, programme: Programme, language: str
) -> None:
    book = load_workbook(io.BytesIO(changed(programme.forms[0], VISITS)))
    book.create_sheet("Notes")["A1"] = "mine"
    stream = io.BytesIO()
    book.save(stream)
    person = signed_in(bench, app, language=language).open(UPLOADS)
    assert isinstance(person, Editor)

    person.send_file(stream.getvalue())

    assert 'The sheet "Notes" is not part of a form' in person.page.text
    assert ("gehört nicht zum Fragebogen" in person.page.text) == (language == "de")


def test_a_discarded_upload_is_gone(bench: Bench, app: Flask, programme: Programme) -> None:
    person = signed_in(bench, app).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], VISITS))

    person.press(form=-1)

    assert person.page.h1 == "Questionnaires"
    assert bench.office.desk.collection(FORM_UPLOADS).count({}) == 0


@pytest.mark.parametrize("account", ["elsewhere", "consultant", "coordinator"])
def test_others_see_none_of_it(bench: Bench, app: Flask, account: str) -> None:
    person = signed_in(bench, app, account)

    for path in (
        FORMS,
        f"{FORMS}/small_report",
        f"{FORMS}/small_report/workbook",
        f"{FORMS}/small_report/preview",
        UPLOADS,
    ):
        assert person.open(path).status == 403, path


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_preview_behaves_as_the_questionnaire_and_stores_nothing(
    bench: Bench, app: Flask, programme: Programme, language: str
) -> None:
    person = signed_in(bench, app, language=language).open(UPLOADS)
    assert isinstance(person, Editor)
    person.send_file(changed(programme.forms[0], VISITS))
    person.open(f"{person.path}/preview")
    assert person.page.h1 == {"en": "Proofs of use", "de": "Nachweise"}[language]

    person.press()
    assert person.status == 422
    person.press(proofs_due="2", help_wanted="no", visits="x")
    assert person.status == 422
    person.press(proofs_due="2", help_wanted="no", visits="4")
    assert "proofs_overdue" in person.page.ids
    person.press(proofs_due="2", proofs_overdue="1", help_wanted="no", visits="4")

    assert person.page.h1 == {"en": "End of the preview", "de": "Ende der Vorschau"}[language]
    for table in ("drafts", "submissions", "invitations"):
        assert bench.store.collection(table).count({}) == 0


def test_the_preview_of_the_published_form_starts_at_its_first_page(bench: Bench, app: Flask) -> None:
    person = signed_in(bench, app).open(f"{FORMS}/small_report/preview")

    assert person.path == f"{FORMS}/small_report/preview/g_proofs"
    assert "Nothing you enter is stored." in person.page.text


def test_publishing_by_any_way_keeps_types_and_versions(bench: Bench, programme: Programme) -> None:
    form = programme.forms[0]
    retitled = replace(form, items=form.items[::-1] * 2)

    with pytest.raises(Invalid) as refused:
        bench.publishing.publish(replace(programme, version="2", forms=(retitled,)))

    assert [fault.code for fault in refused.value.faults] == ["version_not_raised"]
    with pytest.raises(Conflict, match="Somebody else"):
        bench.publishing.publish(replace(programme, version="3"), after=7)


def test_the_proposed_version_of_the_programme_follows_those_of_the_day(bench: Bench, programme: Programme) -> None:
    assert programme.version == "2026112201"
    history = bench.office.form_history
    assert history.unused_version("minimal") == "2026112202"
    bench.publishing.publish(replace(programme, version="2026112207-practice", min_n=6))

    assert history.unused_version("minimal") == "2026112208"
    bench.clock.advance(days=1)
    assert history.unused_version("minimal") == "2026112301"
