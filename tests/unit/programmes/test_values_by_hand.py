"""Every indicator of the shipped programmes, over answers small enough to work each value out on paper."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.programme.loader import read_programme
from shared.programme.model import Programme
from tests.support.site_history import SiteHistory

PROGRAMMES = Path(__file__).parents[3] / "programmes"
REPORT, SURVEY, SELF = "hor_site_report", "hor_mo_survey", "sf_selfassessment"
HALF_BEFORE: Mapping[str, Any] = {"orgs_reached": 80, "staff_leavers": 2}
HALF_YEAR: Mapping[str, Any] = {
    "staff_fte_planned": 2.5, "staff_fte": 2, "staff_leavers": 1, "budget_total": 80000, "budget_spent": 68000,
    "orgs_reached": 64, "orgs_new": 16, "orgs_mo": 48, "orgs_informal": 24, "consult_sessions": 130, "wait_days": 12,
    "foundings": 5, "room_requests": 40, "room_declined": 6, "equip_loans": 17, "mp_applications": 15,
    "mp_approved": 12, "mp_amount": 8400, "mp_first": 3, "mp_coop": 6, "mp_decision_days": 21, "mp_proof_due": 25,
    "mp_overdue": 4, "train_count": 4, "train_participants": 50, "coop_active": 11, "muni_link": "2",
    "committee_entries": 7, "cofunding": 6000, "followup_grants": 4, "gas_1": "1", "gas_2": "1", "gas_3": "1",
    "challenges": ["staff", "rooms", "funding"], "c_chall_n": 3,
}  # fmt: skip
OF_THE_REPORT: Mapping[str, float] = {
    "H01": 80,  # 2 of 2.5 posts
    "H02": 1,
    "H03": 85,  # 68,000 of 80,000
    "H04": 64,
    "H05": 25,  # 16 of 64
    "H06": 75,  # 48 of 64
    "H07": 65,  # 130 sessions by 2 posts
    "H08": 12,
    "H09": 5,
    "H10": 15,  # 6 of 40
    "H11": 80,  # 12 of 15
    "H12": 700,  # 8,400 by 12
    "H13": 25,  # 3 of 12
    "H14": 21,
    "H15": 16,  # 4 of 25
    "H16": 11,
    "H17": 2,
    "H18": 6.25,  # 4 of 64
    "H19": 7.5,  # 6,000 of 80,000
    "H20": 63.69,  # 50 + 10 * 3 / root of (0.7 * 3 + 0.3 * 9), which is 50 + 30 / 2.1909
    "X01": 7,
    "X02": 12.5,  # 50 in 4 trainings
    "X03": 50,  # 6 of 12
    "X04": 37.5,  # 24 of 64
    "X05": 17,
    "X06": 3,
    "X07": 80,  # the half-year before reached more
    "X08": 3,  # 1 now, 2 before
    "X11": 24,
}


def _person(
    scales: str, about: str, services: str, outcomes: str, recommend: int, needs: str = "none"
) -> dict[str, Any]:
    """Return a survey answer; `scales` holds the digits of ACC, CAP, NET and PAR, `about` legal form and size."""
    names = ["acc_1", "acc_2", "acc_3", "acc_4r", "cap_1", "cap_2", "cap_3", "cap_4", "cap_5r"]
    names += ["net_1", "net_2", "net_3", "par_1", "par_2", "par_3"]
    form, size = about.split()
    several = {"services_used": services.split(), "outcomes": outcomes.split(), "needs_open": needs.split()}
    scores = dict(zip(names, scales.replace(" ", ""), strict=True))
    return {"consent": "yes", "org_form": form, "org_size": size, "recommend": recommend, **several, **scores}


ORGANISATIONS = (  # ACC, CAP, NET, PAR as 0-100 behind each
    _person("4532 44442 444 333", "assoc s1", "micro", "skill", 10, "digital"),  # 75, 75, 75, 50
    _person("5551 55551 555 444", "init s3", "advice micro", "grant", 9, "digital"),  # 100, 100, 100, 75
    _person("3333 33333 333 222", "init s1", "advice micro rooms", "none", 9),  # 50, 50, 50, 25
    _person("2224 22224 222 111", "assoc s2", "micro", "founded partner", 8),  # 25, 25, 25, 0
    _person("1115 11115 111 555", "assoc s3", "micro", "voice", 6),  # 0, 0, 0, 100
    _person("5555 44444 549 399", "assoc s1", "advice", "none", 7),  # 75, 65, 87.5, too few
)
OF_THE_SURVEY: Mapping[str, float] = {
    "B01": 7.5,  # 6 answers, 80 reached in the stronger half-year
    "B02": 325 / 6,
    "B03": 315 / 6,
    "B04": 337.5 / 6,
    "B05": 250 / 5,
    "B06": 50,  # three of six hardly manage alone
    "B07": 40,  # two of the five with a micro project
    "B08": 50,  # three of six
    "B09": 100 / 3,  # three promoters, one critic, six people
    "B10": 400 / 6,
    "B11": 50,  # grant; founded and partner; voice
    "B12": 100 / 6,
    "B13": 400 / 6,  # two small, one initiative, one both
    "B14_digital": 200 / 6,
    "B14_grants": 0,
    "B15": 1.5,  # 1 + 2 + 3 + 1 + 1 + 1 services of six
    "X09": 6,
    "X12": 200 / 6,  # 33333 and 44444
    "X17": 100 * 3 / 90,  # three of six times fifteen
}


def _role(role: str, gs: str, og: str, facts: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a self-assessment; `gs` and `og` hold the digits of these areas."""
    names = [f"gs_{item}" for item in ("1", "2", "3", "4", "5", "6", "7r")]
    names += [f"og_{item}" for item in ("1", "2", "3", "4", "5", "6", "7r")]
    same = {f"st_{item}": "2" for item in range(1, 6)} | {"st_6r": "3"}
    same |= {f"pv_{item}": "4" for item in range(1, 5)} | {f"nw_{item}": "1" for item in range(1, 5)}
    return {"resp_role": role, **same, **dict(zip(names, gs + og, strict=True)), **(facts or {})}


FACTS: dict[str, Any] = {
    "fte_paid": 1.75, "income_total": 200000, "income_sf": 90000, "thirdparty_new": 15000, "member_orgs": 40,
    "laender": 8, "statements": 5, "invitations": 4, "seats": 3, "gas_1": "1", "gas_2": "1", "gas_3": "1",
}  # fmt: skip
LAST_YEAR = [
    _role(role, "3333332", "3333332", FACTS | {"member_orgs": 50, "seats": 5} if role == "office_lead" else None)
    for role in ("board", "office_lead", "member")
]
THIS_YEAR = [
    _role("board", "4444441", "3333431"),
    _role("board", "4444441", "3333233"),
    _role("office_lead", "2222223", "3333133", FACTS),
    _role("member", "3333332", "3333234"),
]
GS_GROUPS = (100, 100 / 3, 200 / 3)
OG_BOARD, OG_LEAD, OG_MEMBER = 200 / 3, 100 * 11 / 21, 100 * 11 / 21  # raw sums 23 and 19, 18, 18 over 7 items
S03 = (OG_BOARD + OG_LEAD + OG_MEMBER) / 3
S06 = (200 / 3 + 100 / 3 + S03 + 100 + 0) / 5
OF_THE_ASSOCIATION: Mapping[str, float] = {
    "S01": sum(GS_GROUPS) / 3,
    "S02": 100 / 3,
    "S03": S03,
    "S04": 100,
    "S05": 0,
    "S06": S06,
    "S07": 200 / 3,  # office processes: board 100, office lead 33.3
    "S08": 1.75,
    "S09": 45,  # 90,000 of 200,000
    "S10": 15000,
    "S11": 40,
    "S12": 8,
    "S13": 5,
    "S14": 4,
    "S15": 3,
    "S16": 3,  # board (1 + 3) / 2, office lead 3, member 4
    "S17": 2,  # board (4 + 2) / 2 = 3, lead 1, member 2: 6 / 3
    "S18": 63.69,
    "X01": S06 - (200 / 3 + 100 / 3 + 200 / 3 + 100 + 0) / 5,
    "X02": -20,  # 50, then 40
    "X03": -2,
    "X04": 24,
    "X05": 36,
}


@pytest.fixture(scope="module")
def house() -> SiteHistory:
    """A house with three half-years and a survey."""
    history = SiteHistory(read_programme(PROGRAMMES / "house-of-resources"), {"funding_end": "2028-12-31"})
    history.answer("2025-H2", REPORT, {"orgs_reached": 60, "staff_leavers": 0})
    history.answer("2026-H1", REPORT, HALF_BEFORE).answer("2026-H2", REPORT, HALF_YEAR)
    return history.answer("2025-S", SURVEY).answer("2026-S", SURVEY, *ORGANISATIONS)


@pytest.fixture(scope="module")
def association() -> SiteHistory:
    """An association with two years of self-assessment."""
    features = {"funding_start": "2024-01-01", "funding_end": "2028-12-31"}
    history = SiteHistory(read_programme(PROGRAMMES / "strukturfoerderung"), features)
    return history.answer("2025", SELF, *LAST_YEAR).answer("2026", SELF, *THIS_YEAR)


@pytest.mark.parametrize("indicator", OF_THE_REPORT)
def test_a_site_report_gives_the_value_worked_out_by_hand(house: SiteHistory, indicator: str) -> None:
    value = float(str(house.value(indicator, "2026-H2")))  # a chosen code is text

    assert value == pytest.approx(OF_THE_REPORT[indicator], abs=0.005)


@pytest.mark.parametrize("indicator", OF_THE_SURVEY)
def test_a_survey_gives_the_value_worked_out_by_hand(house: SiteHistory, indicator: str) -> None:
    assert house.value(indicator, "2026-S") == pytest.approx(OF_THE_SURVEY[indicator], abs=0.005)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("skill", (100, 0, 0)),
        ("founded", (100, 100, 0)),
        ("grant", (100, 100, 100)),
        ("members", (100, 0, 0)),
        ("partner", (100, 100, 0)),
        ("voice", (100, 100, 0)),
        ("none", (0, 0, 0)),
    ],
)
def test_which_outcomes_count_as_change_as_changed_action_and_as_a_first_grant(
    house: SiteHistory, outcome: str, expected: tuple[int, int, int]
) -> None:
    alone = SiteHistory(house.programme).answer("2026-S", SURVEY, *[{"consent": "yes", "outcomes": [outcome]}] * 5)

    assert tuple(alone.value(indicator, "2026-S") for indicator in ("B10", "B11", "B12")) == expected


@pytest.mark.parametrize("indicator", OF_THE_ASSOCIATION)
def test_a_self_assessment_gives_the_value_worked_out_by_hand(association: SiteHistory, indicator: str) -> None:
    assert association.value(indicator, "2026") == pytest.approx(OF_THE_ASSOCIATION[indicator], abs=0.005)


def test_no_indicator_is_left_out(house: SiteHistory, association: SiteHistory) -> None:
    elsewhere = {"X10", "X13", "X14", "X15", "X16"}  # these take groups of five, or thirty answers

    assert _ids(house.programme) - OF_THE_REPORT.keys() - OF_THE_SURVEY.keys() == elsewhere
    assert _ids(association.programme) == OF_THE_ASSOCIATION.keys()


def _ids(programme: Programme) -> set[str]:
    """Return the indicators; of those made for each topic, the two in the table."""
    ids = {indicator.id for indicator in programme.indicators}
    return {id_ for id_ in ids if not id_.startswith("B14_") or id_ in ("B14_digital", "B14_grants")}
