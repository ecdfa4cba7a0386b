"""Indicators and rules of the two programmes' kind can be said in the language and pass the checks."""

from __future__ import annotations

import pytest

from shared.expressions import Scope, check, compile_indicator, in_words, parse, references

SINGLE = [
    "staff_fte",
    "staff_fte_planned",
    "staff_leavers",
    "budget_spent",
    "budget_total",
    "orgs_reached",
    "orgs_new",
    "orgs_mo",
    "wait_days",
    "room_declined",
    "room_requests",
    "mp_amount",
    "mp_approved",
    "mp_exhausted",
    "mp_overdue",
    "mp_proof_due",
    "muni_link",
    "grant_notice",
    "support_urgency",
    "challenges",
    "consult_topics",
    "gas_1",
    "gas_2",
    "gas_3",
]
MANY = [
    "acc_2",
    "acc_4r",
    "cap_5r",
    "recommend",
    "outcomes",
    "org_size",
    "org_form",
    "needs_open",
    "services_used",
    "role",
    "og_5",
    "og_7r",
    "fte_paid",
    "income_sf",
    "income_total",
    "thirdparty_new",
    "member_orgs",
    "laender",
    "statements",
    "invitations",
    "goal_1",
    "goal_2",
    "goal_3",
]
NAMES = [
    "H01",
    "H05",
    "H07",
    "H11",
    "H15",
    "H16",
    "B02",
    "B04",
    "B08",
    "B14_housing",
    "S01",
    "S02",
    "S03",
    "S04",
    "S05",
    "S06",
    "S07",
    "S09",
    "S16",
]
SCOPE = Scope(
    "indicator",
    questions=dict.fromkeys(SINGLE, False) | dict.fromkeys(MANY, True),
    names=NAMES,
    scales={"ACC": True, "GS": True, "ST": True},
    features=["area_type", "funding_end"],
    wave_features=["half", "ends_on"],
    forms=["hor_site_report", "sf_selfassessment"],
)
GAP = "abs(mean(score('{0}'), ${{role}} = 'board') - mean(score('{0}'), ${{role}} = 'office_lead'))"
RULES = [
    "100 * ${staff_fte} div ${staff_fte_planned}",
    "${mp_amount} div ${mp_approved}",
    "gas(${gas_1}, ${gas_2}, ${gas_3})",
    "100 * count() div coalesce(max(latest(${orgs_reached}), latest(${orgs_reached}, 2)), latest(${orgs_reached}))",
    "mean(score('ACC'))",
    "pct(${cap_5r} >= 4)",
    "pct(${acc_4r} >= 4, ${org_size} = 's1')",
    "nps(${recommend})",
    "pct(count-selected(${outcomes}) > 0 and not(selected(${outcomes}, 'none')))",
    "pct(selected(${outcomes}, 'founded') or selected(${outcomes}, 'grant') or selected(${outcomes}, 'voice'))",
    "pct(${org_size} = 's1' or ${org_form} = 'init')",
    "mean(count-selected(${services_used}))",
    "only_if(count() >= 3 and count(${role} = 'office_lead') >= 1, mean_by(score('GS'), ${role}))",
    "composite(S01, S02, S03, S04, S05)",
    f"max({GAP.format('GS')}, {GAP.format('ST')})",
    "mean(${fte_paid})",
    "100 * sum(${income_sf}) div sum(${income_total})",
    "pct_change(mean(${member_orgs}))",
    "mean(gas(${goal_1}, ${goal_2}, ${goal_3}))",
    "days_overdue('hor_site_report') >= 10",
    "count(answered(${orgs_reached})) = 0 and prev(count(answered(${orgs_reached}))) = 0",
    "${staff_leavers} + prev(${staff_leavers}) >= 2 or ${staff_leavers} >= 1 and H01 < 75",
    "${grant_notice} = 'none' and wave('half') = 'H2' "
    "or months_until(site('funding_end')) <= 6 and ${grant_notice} != 'received'",
    "${orgs_reached} <= 0.7 * prev(${orgs_reached}) and prev(${orgs_reached}) - ${orgs_reached} >= 10",
    "streak(H05 < 10) >= 2",
    "${mp_exhausted} = 'yes' and H11 < 60",
    "H15 > 15 and ${mp_overdue} >= 2",
    "peer_z(H07, 'area_type') < -2",
    "peer_percentile(H16) < 10 and change(H16) <= 0",
    "${muni_link} = 0",
    "${support_urgency} = 3",
    "selected(${challenges}, 'hostility')",
    "months_until(latest(only_if(count(answered(${acc_2})) > 0, wave('ends_on')))) < -14",
    "count() < 5",
    "B14_housing > 35 and not(selected(latest(${consult_topics}), 'housing'))",
    "mean(score('ACC'), ${org_size} = 's1') <= mean(score('ACC'), ${org_size} = 's3') - 15",
    "(B02 < 55 or B08 < 50) and (selected(latest(${challenges}), 'none') or latest(${wait_days}) <= 10)",
    "alpha('ACC') < 0.6 or straight_lining('ACC') > 20",
    "days_overdue('sf_selfassessment') >= 14 and (count() < 3 or count(${role} = 'office_lead') = 0)",
    "S01 <= prev(S01) - 10 or S02 <= prev(S02) - 10 or S03 <= prev(S03) - 10",
    "S06 < baseline(S06) + 5 and not(is_missing(prev(S06, 2)))",
    "S09 > 75 and months_until(site('funding_end')) <= 12",
    "sum(${thirdparty_new}) = 0 and prev(sum(${thirdparty_new})) = 0",
    "max(${invitations}) = 0 or max(${statements}) = 0",
    "mean(${member_orgs}) <= 0.9 * prev(mean(${member_orgs})) or max(${laender}) < 5",
]


@pytest.mark.parametrize("text", RULES)
def test_a_rule_passes_the_checks_and_can_be_said(text: str) -> None:
    node = parse(text)

    assert check(node, SCOPE) == []
    assert callable(compile_indicator(node))
    assert in_words(node, {}, "de")
    assert references(node).questions <= set(SINGLE + MANY)
