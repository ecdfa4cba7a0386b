"""Forms as XForm XML: what mobile clients get, and what pyxform has against a form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shared.programme.entries import FormDraft
from shared.programme.form_source import read_form_draft
from shared.programme.loader import read_form, read_programme
from shared.programme.model import Form, Group, Question
from shared.programme.place import Report
from shared.programme.xlsform import check_convertible, xform
from tests.support.programmes import EXAMPLES, HEADINGS, markdown

ROOT = Path(__file__).parents[4]
FOLDERS = [*sorted((EXAMPLES / "valid").iterdir()), *sorted(p.parent for p in (ROOT / "programmes").glob("*/*.csv"))]
XFORMS = "{http://www.w3.org/2002/xforms}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_form_converts_with_its_id_version_and_questions(folder: Path) -> None:
    for form in read_programme(folder).forms:
        root = ElementTree.fromstring(xform(form))
        instance = root.find(f".//{XFORMS}instance")
        assert instance is not None
        (data,) = instance
        assert data.attrib == {"id": form.id, "version": form.version}
        names = {element.tag.rpartition("}")[2] for element in data.iter()}
        assert names >= {question.name for question in form.questions()}


def test_texts_expressions_and_choices_are_carried_over() -> None:
    rows = (
        "begin_group | g | Gruppe | Group | | | | |",
        "range | r | R | R | yes | . > 1 | Zu klein | Too small | start=0 end=10",
        "select_one yes_no | c | C | C | ${r} > 3 | | | |",
        "end_group | | | | | | | |",
    )
    headings = f"{HEADINGS} | required | constraint | constraint_message::de | constraint_message::en | parameters"

    xml = xform(read_form(markdown(*rows, headings=headings), "form.md"))

    assert 'required="true()"' in xml
    assert 'constraint=". &gt; 1"' in xml
    assert "Zu klein" in xml
    assert 'end="10"' in xml
    assert 'lang="Deutsch (de)" default="true()"' in xml


def _draft() -> FormDraft:
    draft = read_form_draft(markdown("integer | a | A | A", "integer | b | B | B"), "form.md", Report())
    assert draft is not None
    return draft


def test_what_only_pyxform_finds_is_reported_at_the_row() -> None:
    draft = _draft()
    broken = replace(draft.form, items=(draft.form.items[0], Question("b", "nonsense", {"de": "B", "en": "B"})))
    report = Report()

    check_convertible(replace(draft, form=broken), report)

    ((place, code),) = [(str(finding.place), finding.code) for finding in report.faults]
    assert code == "pyxform"
    assert place in ("form.md", "form.md:4:5")


def test_a_row_pyxform_names_is_found_in_the_file() -> None:
    draft = _draft()
    twice = replace(draft.form, items=(draft.form.items[0], draft.form.items[0]))
    report = Report()

    check_convertible(replace(draft, form=twice), report)

    assert [str(finding.place) for finding in report.faults] == ["form.md:3:5"]


def test_a_form_that_cannot_be_converted_raises_a_value_error() -> None:
    form = Form("f", "1", {}, "de", ("de",), (Group("g", {}, (), relevant="${nothing}"),), {})

    with pytest.raises(ValueError, match="nothing"):
        xform(form)
