from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.intake.adapters.folder import read_files
from shared.errors import Invalid
from shared.programme.loader import read_form, read_programme
from shared.programme.model import Form
from shared.programme.publish import folder_texts
from shared.programme.xlsform import xform
from tests.support.programmes import markdown

VALID = Path(__file__).parents[3] / "programmes" / "valid" / "minimal"
SURVEY = markdown(
    "select_one yes_no | b | B | B |",
    "select_one_from_file towns.csv | town | Ort | Town | land = ${b}",
    headings="type | name | label::Deutsch (de) | label::English (en) | choice_filter",
)
TOWNS = "name,label,land\nulm,Ulm,yes\nbonn,Bonn,no\n"


def beside(folder: Path, survey: bytes = SURVEY, towns: str | None = TOWNS) -> Form:
    (folder / "form.md").write_bytes(survey)
    if towns is not None:
        (folder / "towns.csv").write_text(towns, encoding="utf-8")
    return read_form(folder / "form.md")


def codes(folder: Path, survey: bytes = SURVEY, towns: str | None = TOWNS) -> list[str]:
    with pytest.raises(Invalid) as refused:
        beside(folder, survey, towns)
    return [fault.code for fault in refused.value.faults]


def test_choices_come_from_a_file_with_its_columns_and_one_label_for_all_languages(tmp_path: Path) -> None:
    form = beside(tmp_path)

    town = form.question("town")
    assert (town.type, town.list_name) == ("select_one", "towns")
    assert [(choice.name, choice.label, choice.columns) for choice in form.choices["towns"]] == [
        ("ulm", {"de": "Ulm", "en": "Ulm"}, {"land": "yes"}),
        ("bonn", {"de": "Bonn", "en": "Bonn"}, {"land": "no"}),
    ]
    assert "ulm" in xform(form)


def test_labels_may_stand_in_several_languages(tmp_path: Path) -> None:
    form = beside(tmp_path, towns="name;label::Deutsch (de);label::English (en);land\nkoeln;Köln;Cologne;no\n")

    assert form.choices["towns"][0].label == {"de": "Köln", "en": "Cologne"}


@pytest.mark.parametrize(
    ("towns", "code"),
    [
        (None, "missing_file"),
        ("", "missing_column"),
        ("label,land\nUlm,yes\n", "missing_column"),
        ("name,label,land\nulm,Ulm,yes\nulm,Ulm,no\n", "duplicate_choice"),
        ("name,label,land\nulm,,yes\n", "missing_translation"),
        ("name,label,land,image\nulm,Ulm,yes,x.png\n", "not_supported"),
    ],
)
def test_what_is_wrong_with_the_file_is_named(tmp_path: Path, towns: str | None, code: str) -> None:
    assert code in codes(tmp_path, towns=towns)


@pytest.mark.parametrize("file", ["../towns.csv", "/etc/passwd.csv", "forms/towns.csv", "a b.csv"])
def test_files_elsewhere_are_not_read(tmp_path: Path, file: str) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    survey = SURVEY.replace(b"towns.csv", file.encode())

    assert set(codes(folder, survey, None)) & {"bad_name", "missing_list"}


def test_a_form_that_stands_alone_says_where_its_rows_belong() -> None:
    with pytest.raises(Invalid) as refused:
        read_form(SURVEY, "form.md")

    assert "on the sheet choices" in refused.value.faults[0].message


def test_a_published_programme_brings_its_files_along(tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    shutil.copytree(VALID, folder)
    (form,) = (folder / "forms").glob("*.md")
    question = "| | select_one_from_file towns.csv | town | Ort | Town |\n| choices |"
    form.write_text(form.read_text("utf-8").replace("| choices |", question, 1), encoding="utf-8")
    (folder / "forms" / "towns.csv").write_text(TOWNS, encoding="utf-8")

    assert read_files(folder_texts(folder)) == read_programme(folder)
