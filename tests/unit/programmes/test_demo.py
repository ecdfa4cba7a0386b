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


@pytest.mark.parametrize(
    ("site", "flag", "expected"),
    [
        ("beispielverband-nord", "F-S03", ["warn", "clear", "clear", "clear"]),
        ("beispielverband-ost", "F-S10", ["clear", "clear", "clear", "critical"]),
        ("beispielverband-sued", "F-S16", ["clear", "clear", "clear", "warn"]),
        ("beispielverband-west", "F-S14", ["clear", "clear", "warn", "clear"]),
    ],
)
def test_some_flags_of_the_associations_are_open_and_some_were_cleared(
    site: str, flag: str, expected: list[str]
) -> None:
    folder = PROGRAMMES / "strukturfoerderung"
    programme = read_programme(folder)
    history = SiteHistory(programme, programme.site(site).features)
    for sample in samples(folder, [site]):
        if sample.respondent == 0 or flag == "F-S03":
            history.answer(sample.wave, sample.form, sample.answers)

    assert [history.flag(flag, wave) for wave in ("2022", "2023", "2024", "2025")] == expected
