"""The synthetic answers of the shipped programmes: enough waves to see a development, and stories that end."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from deploy.local.sampling import samples
from shared.programme.loader import read_programme
from tests.support.site_history import SiteHistory

PROGRAMMES = Path(__file__).parents[3] / "programmes"


@pytest.mark.parametrize("name", ["house-of-resources", "strukturfoerderung"])
def test_every_site_has_reported_in_four_past_waves(name: str) -> None:
    programme = read_programme(PROGRAMMES / name)
    waves: dict[str, set[str]] = defaultdict(set)

    for sample in samples(PROGRAMMES / name, [site.code for site in programme.sites]):
        assert sample.form in programme.wave(sample.wave).forms
        if sample.form == programme.forms[0].id:
            waves[sample.site].add(sample.wave)

    assert {site: len(codes) for site, codes in waves.items() if len(codes) < 4} == {}
    assert waves.keys() == {site.code for site in programme.sites}


NORTH, EAST, SOUTH, WEST = (f"beispielverband-{where}" for where in ("nord", "ost", "sued", "west"))
REPORT, SELF = "hor_site_report", "sf_selfassessment"
STORIES = [  # a flag at a site, wave by wave: some open at the end, some over
    ("strukturfoerderung", SELF, NORTH, "F-S03", ["warn", "clear", "clear", "clear"]),
    ("strukturfoerderung", SELF, EAST, "F-S10", ["clear", "clear", "clear", "critical"]),
    ("strukturfoerderung", SELF, SOUTH, "F-S16", ["clear", "clear", "clear", "warn"]),
    ("strukturfoerderung", SELF, WEST, "F-S14", ["clear", "clear", "warn", "clear"]),
    ("house-of-resources", REPORT, "muenchen", "F-H14", ["clear", "clear", "clear", "clear", "critical"]),
    ("house-of-resources", REPORT, "koeln", "F-H11", ["clear", "clear", "clear", "clear", "warn"]),
    ("house-of-resources", REPORT, "hamburg", "F-H04", ["clear", "clear", "clear", "critical", "critical"]),
    ("house-of-resources", REPORT, "dortmund", "F-H14", ["clear", "clear", "warn", "clear", "clear"]),
    ("house-of-resources", REPORT, "berlin", "F-H10", ["clear", "warn", "warn", "clear", "clear"]),
    ("house-of-resources", REPORT, "halle-saale", "F-H17", ["clear", "clear", "clear", "warn", "clear"]),
]
WAVES = {
    "strukturfoerderung": ["2022", "2023", "2024", "2025"],
    "house-of-resources": ["2024-H1", "2024-H2", "2025-H1", "2025-H2", "2026-H1"],
}


@pytest.mark.parametrize(("name", "form", "site", "flag", "expected"), STORIES)
def test_some_flags_are_open_and_some_were_cleared(
    name: str, form: str, site: str, flag: str, expected: list[str]
) -> None:
    folder = PROGRAMMES / name
    programme = read_programme(folder)
    history = SiteHistory(programme, programme.site(site).features)
    for sample in samples(folder, [site]):
        history.answer(sample.wave, sample.form, sample.answers)

    assert sorted({wave for wave, answered in history.answers if answered == form}) == WAVES[name]
    assert [history.flag(flag, wave) for wave in WAVES[name]] == expected
