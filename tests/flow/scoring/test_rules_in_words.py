"""What people read of a rule: labels instead of codes, and an end that is true whatever the severity."""

from __future__ import annotations

from tests.support.scoring import ScoringHarness, programme


def told(flag: str, **answers: object) -> dict[str, object]:
    harness = ScoringHarness(programme("programmes/house-of-resources"))
    harness.answer("dortmund", "2026-H2", answers, form="hor_site_report")
    harness.catch_up()
    (event,) = [e for e in harness.told("dortmund", "flag.raised") if e.data["flag"] == flag]
    return dict(event.data)


def test_a_flag_of_two_severities_without_a_clear_rule_ends_when_neither_holds() -> None:
    data = told("F-H19", support_urgency="3")

    urgent, soon = "= „sofort“", "= „bald“"
    question = "„Wie dringend brauchen Sie Unterstützung?“"
    assert data["rule"] == {
        "de": f"{question} {urgent}",
        "en": "“How urgent is support?” = “at once”",
    }
    assert data["counterfactual"]["de"] == f"Endet, wenn nicht mehr gilt: {question} {soon} oder {question} {urgent}."  # type: ignore[index]


def test_features_have_names() -> None:
    data = told("F-H05", grant_notice="none")

    assert "Halbjahr = „H2“" in data["rule"]["de"]  # type: ignore[index]
    assert "half-year = “H2”" in data["rule"]["en"]  # type: ignore[index]
    assert {"de": "Halbjahr", "en": "half-year"} in [value["label"] for value in data["values"]]  # type: ignore[attr-defined]
