"""Answers from choice lists are told by their labels, now and in earlier waves."""

from __future__ import annotations

from tests.support.scoring import ScoringHarness, programme


def test_values_and_history_of_a_choice_carry_labels() -> None:
    harness = ScoringHarness(programme("programmes/house-of-resources"))
    harness.answer("dortmund", "2026-H1", {"challenges": ["staff", "space"]}, form="hor_site_report")
    harness.answer("dortmund", "2026-H2", {"challenges": ["hostility", "staff"]}, form="hor_site_report")
    harness.catch_up()

    (raised,) = [e for e in harness.told("dortmund", "flag.raised") if e.data["flag"] == "F-H20"]
    (value,) = raised.data["values"]

    assert value["text"] == {"de": "Anfeindungen & Sicherheit, Personal", "en": "hostility & safety, staff"}
    assert [point["text"] for point in value["history"]] == [
        {"de": "Personal, Räume", "en": "staff, premises"},
        value["text"],
    ]
