"""The frame of a programme: programme.yaml, waves, sites, forms in use, scales."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.programme.loader import read_programme
from shared.programme.model import Peers
from tests.support.programmes import ProgrammeFolder

SCALE = "{items: [help_wanted, proofs_due], reversed: [], range: [0, 500], min_valid: 1}"


@pytest.fixture
def folder(tmp_path: Path) -> ProgrammeFolder:
    return ProgrammeFolder(tmp_path)


def test_the_frame_is_read_with_its_types(folder: ProgrammeFolder) -> None:
    programme = read_programme(folder.path)

    assert (programme.id, programme.version, programme.unit) == ("minimal", "2026112201", "site")
    assert programme.title == {"de": "Kleines Beispiel", "en": "Small example"}
    assert programme.peers == Peers(enabled=True, min=5)
    assert programme.retention_days == {"named": 730, "invitations": 180}
    assert [wave.code for wave in programme.waves] == ["2026-H1", "2026-H2"]
    assert programme.wave("2026-H1").features == {"half": "H1"}
    assert programme.site("suedtal").features == {"area_type": "rural"}
    assert programme.form("small_report").minutes == 2
    assert programme.form("small_report").title == {"de": "Kleiner Bericht", "en": "Small report"}


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("id: minimal\n", "", ["missing_key"]),
        ("id: minimal\n", "id: min imal\n", ["bad_name"]),
        ("version: 2026112201\n", "", ["missing_key"]),
        ("unit: site\n", "unit: house\n", ["unknown_word"]),
        ("unit: site\n", "unit: [site]\n", ["not_a_text"]),
        ("languages: [de, en]", "languages: [de, en, de]", ["duplicate"]),
        ("languages: [de, en]", "languages: de", ["not_a_list"]),
        ("  small_report:", "  small report:", ["bad_name", "form_id_differs", "unknown_form"]),
        ("languages: [de, en]", "languages: [de, en, [fr]]", ["not_a_text"]),
        ("title: {de: Kleines Beispiel, en: Small example}", "title: Beispiel", ["not_a_mapping"]),
        ("title: {de: Kleines Beispiel, en: Small example}", "title: {de: Beispiel}", ["missing_translation"]),
        ("title: {de: Kleines Beispiel, en: Small example}", "title: {de: A, en: B, fr: C}", ["unknown_key"]),
        ("peers: {enabled: true, min: 5}", "peers: {enabled: maybe}", ["not_yes_no"]),
        ("retention_days: {named: 730, invitations: 180}", "retention_days: {named: 0}", ["not_a_number"]),
        ("accounting: {de:", "account ing: {de:", ["unknown_topic", "bad_name", "unknown_topic"]),
        ("code: 2026-H2", "code: 2026-H1", ["duplicate_id"]),
        ("forms: [small_report]", "forms: [small_repot]", ["unknown_form"]),
        ("sequence: 2", "sequence: second", ["not_a_number"]),
        ("starts_on: 2026-07-01", "starts_on: 2026-06-30", ["periods_overlap"]),
        ("opens_on: 2026-05-01", "opens_on: 1.5.2026", ["not_a_day"]),
        ("features: {half: H1}", "features: {half: [H1]}", ["not_a_text"]),
        ("features: {half: H1}", "features: {ha lf: H1}", ["bad_name"]),
        ("features: {half: H1}", "features: [H1]", ["not_a_mapping"]),
        ("anonymous: false", "anonymous: true", ["not_anonymous"]),
        ("respondents: one", "respondents: some", ["unknown_word"]),
        ("minutes: 2", "minutes: 0", ["not_a_number"]),
        ("minutes: 2", "missing: ['99']", ["unknown_choice"]),
        ("minutes: 2", "complete: {min: 0}", ["not_a_number"]),
        ("minutes: 2", "complete: {include: {nobody: [yes]}}", ["unknown_question"]),
        ("minutes: 2", "complete: {include: {proofs_due: [yes]}}", ["wrong_type"]),
        ("minutes: 2", "complete: {include: {help_wanted: [maybe]}}", ["unknown_choice"]),
        ("minutes: 2", "complete: {min: 2, include: {help_wanted: [yes]}}", []),
        ("file: forms/small_report.md", "file: forms/large_report.md", ["missing_file"]),
        ("file: forms/small_report.md", "file: ../../../etc/passwd", ["missing_file"]),
        ("file: forms/small_report.md", "title: {de: X, en: X}", ["duplicate_key", "missing_key"]),
        ("waves:", "wavs:", ["no_waves", "unknown_key"]),
    ],
)
def test_a_wrong_frame_is_named(folder: ProgrammeFolder, old: str, new: str, codes: list[str]) -> None:
    folder.change("programme.yaml", old, new)

    assert sorted(set(folder.codes())) == sorted(set(codes))


def test_a_programme_that_is_a_list_is_refused(folder: ProgrammeFolder) -> None:
    (folder.path / "programme.yaml").write_text("- a\n", encoding="utf-8")

    assert "not_a_mapping" in folder.codes()


def test_the_forms_id_must_be_the_one_in_its_settings(folder: ProgrammeFolder) -> None:
    folder.change("forms/small_report.md", "| small_report |", "| smal_report |")

    assert folder.codes() == ["form_id_differs"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("code,name_de", "code,name_dee", ["missing_column", "unknown_column"]),
        ("timezone,area_type", "timezone,area type", ["bad_name"]),
        ("timezone,area_type", "timzone,area_type", ["unknown_column"]),
        ("nordstadt,", "nord stadt,", ["bad_name"]),
        ("nordstadt,", ",", ["bad_name"]),
        ("Musterhaus Nordstadt", "", ["missing_translation"]),
        ("Europe/Berlin", "Europe/Bärlin", ["unknown_word"]),
        ("Europe/Berlin", "", []),
    ],
)
def test_sites_are_checked(folder: ProgrammeFolder, old: str, new: str, codes: list[str]) -> None:
    folder.change("sites.csv", old, new)

    assert sorted(folder.codes()) == codes


def test_a_programme_without_sites_is_refused(folder: ProgrammeFolder) -> None:
    (folder.path / "sites.csv").write_text("code,name_de,name_en\n", encoding="utf-8")

    assert folder.codes() == ["no_sites"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("reversed: []", "reversed: [help_wanted]", ["outside_range"]),
        ("help_wanted, ", "", []),
        ("range: [0, 500]", "range: [0, 500], missing: ['yes', 'no']", []),
        ("range: [0, 500]", "range: [0, 500], missing: ['yes', 'no', '9']", ["unknown_choice"]),
        ("help_wanted, ", "proofs_lost, ", ["unknown_question"]),
        ("help_wanted, proofs_due", "nothing, nowhere", ["unknown_question"]),
        ("help_wanted, proofs_due", "", ["missing_key"]),
        ("help_wanted, ", "g_proofs, ", ["unknown_question"]),
        ("help_wanted, proofs_due], reversed: []", "proofs_due], reversed: [proofs]", ["reversed_not_an_item"]),
        ("range: [0, 500]", "range: [500, 0]", ["bad_range"]),
        ("range: [0, 500]", "range: wide", ["bad_range"]),
        ("help_wanted, proofs_due], reversed: [], range: [0, 500], min_valid: 1",
         "proofs_due], range: [0, 500], min_valid: 2", ["min_valid_too_large"]),
    ],
)  # fmt: skip
def test_scales_are_checked_against_the_questions(
    folder: ProgrammeFolder, old: str, new: str, codes: list[str]
) -> None:
    folder.change("indicators.yaml", "scales: {}", f"scales:\n  ACC: {SCALE.replace(old, new)}")

    assert folder.codes() == codes


def test_a_text_cannot_be_an_item_of_a_scale(folder: ProgrammeFolder) -> None:
    folder.change("forms/small_report.md", "| | select_one yes_no | help_wanted |", "| | text | help_wanted |")
    folder.change("indicators.yaml", "scales: {}", f"scales:\n  ACC: {SCALE}")

    assert folder.codes() == ["wrong_type"]


def test_a_scale_needs_a_usable_name(folder: ProgrammeFolder) -> None:
    folder.change("indicators.yaml", "scales: {}", "scales:\n  A C: {items: [proofs_due], range: [0, 9], min_valid: 1}")

    assert folder.codes() == ["bad_name"]


def test_a_form_no_wave_uses_is_a_notice(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path)
    path = folder.path / "programme.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + "  spare:\n    file: forms/spare.md\n    title: {de: S, en: S}\n",
        encoding="utf-8",
    )
    spare = (folder.path / "forms/small_report.md").read_text(encoding="utf-8").replace("| small_report |", "| spare |")
    (folder.path / "forms/spare.md").write_text(spare, encoding="utf-8")

    assert folder.notices() == ["unused_form"]


@pytest.mark.parametrize(
    ("languages", "path"),
    [
        ("[de]", "forms/small_report.md:4:41"),
        ("[en]", "forms/small_report.md:18:51"),
        ("[de, en, xxxx]", "programme.yaml:4:12"),
    ],
)
def test_texts_are_in_the_languages_of_the_programme(folder: ProgrammeFolder, languages: str, path: str) -> None:
    folder.change("programme.yaml", "[de, en]", languages)

    assert path in {fault.path for fault in folder.faults() if fault.code == "unknown_language"}


def test_a_lookup_of_what_is_not_there_raises(folder: ProgrammeFolder) -> None:
    programme = read_programme(folder.path)

    for lookup in (programme.form, programme.wave, programme.site, programme.indicator, programme.flag):
        with pytest.raises(KeyError):
            lookup("nowhere")
    with pytest.raises(KeyError):
        programme.form("small_report").question("nowhere")


def test_an_indicator_of_an_anonymous_form_takes_the_programmes_smallest_group(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path, "survey").change("indicators.yaml", "    min_n: 5\n", "")

    assert read_programme(folder.path).indicator("G01").min_n == 5
    assert folder.change("indicators.yaml", "    min_n: 5\n", "    min_n: 2\n").codes() == ["group_too_small"]


def test_groups_of_an_anonymous_form_are_never_smaller_than_three(tmp_path: Path) -> None:
    folder = ProgrammeFolder(tmp_path, "survey")
    folder.change("programme.yaml", "min_n: 5", "min_n: 2")

    assert "group_too_small" in folder.codes()
