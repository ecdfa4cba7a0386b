"""A mail's sentences: what is told in full, what in a line, and values where one is missing."""

from __future__ import annotations

from typing import Any

import pytest

from services.notify.adapters.render import PACKAGE
from services.notify.adapters.wording import Wording

WAVES = [{"de": f"{number}. Welle", "en": f"Round {number}"} for number in range(1, 5)]


def value(*points: Any, name: str = "H15", label: str = "wait", **more: Any) -> dict[str, Any]:
    history = [{"wave": wave, "value": point} for wave, point in zip(WAVES, points, strict=False)]
    found = {"name": name, "label": {"de": label, "en": label}, "value": points[-1], "unit": "days", "decimals": 0}
    return {**found, "history": history, **more}


def alert(flag: str, status: str = "new", *values: dict[str, Any], severity: str = "warn") -> dict[str, Any]:
    texts = {"de": flag, "en": flag}
    return {
        "flag": flag, "status": status, "severity": severity, "label": texts, "wave": WAVES[0], "rule": texts,
        "counterfactual": texts, "support": [], "values": list(values),
    }  # fmt: skip


def delivery(*alerts: dict[str, Any], reason: str = "new", **more: Any) -> dict[str, Any]:
    return {
        "programme_title": {"de": "House of Resources"}, "programme_short": {},
        "unit_label": {"de": "Verband", "en": "association"}, "site_name": {"de": "Nord", "en": "North"},
        "site": "nord", "severity": "warn", "reason": reason,
        "fallback": False, "alerts": list(alerts), **more,
    }  # fmt: skip


def shown(one: dict[str, Any], language: str = "de") -> dict[str, Any]:
    (found,) = Wording(PACKAGE, language).facts(delivery(alert("A", "new", one)))["alerts"][0]["values"]
    return dict(found)


def test_what_was_told_before_takes_one_line_but_not_in_a_reminder() -> None:
    wording = Wording(PACKAGE, "de")
    news, known = alert("A"), alert("B", "ongoing")

    mail, reminder = (wording.facts(delivery(news, known, reason=reason)) for reason in ("new", "repeat"))

    assert ([a["label"] for a in mail["alerts"]], [a["label"] for a in mail["known"]]) == (["A"], ["B"])
    assert ([a["label"] for a in reminder["alerts"]], reminder["known"]) == (["A", "B"], [])


@pytest.mark.parametrize(
    ("alerts", "reason", "subject"),
    [
        ([alert("A"), alert("B", "ongoing")], "new", "1 neuer Hinweis: A"),
        ([alert("A"), alert("B")], "first", "2 neue Hinweise"),
        ([alert("A", "resolved"), alert("B", "ongoing")], "some_resolved", "1 Hinweis erledigt: A, 1 offen"),
        ([alert("A", "resolved"), alert("B", "resolved")], "all_resolved", "2 Hinweise erledigt"),
    ],
)
def test_a_single_matter_is_named_in_the_subject(alerts: list[dict[str, Any]], reason: str, subject: str) -> None:
    found = Wording(PACKAGE, "de").subject(delivery(*alerts, reason=reason))

    assert found == f"[HoR][Warnung] Verband Nord: {subject}"


def test_where_there_is_no_value_now_the_last_one_is_told() -> None:
    assert shown(value(None, 27, None))["shown"] == "zurzeit kein Wert, zuletzt 27 Tage (2. Welle)"
    assert shown(value(None, 27, None), "en")["shown"] == "no value now, last 27 days (Round 2)"
    assert shown(value(None, None))["shown"] == "kein Wert"


def test_a_trend_begins_with_its_first_value() -> None:
    assert [point["wave"] for point in shown(value(None, None, 3, 4))["history"]] == ["3. Welle", "4. Welle"]
    assert shown(value(None, 3))["history"] == []


def test_labels_begin_a_line_and_a_question_needs_no_colon() -> None:
    assert shown(value(1, label="letzter Wert"))["label"] == "Letzter Wert:"
    assert shown(value(1, label="Wie viele?"))["label"] == "Wie viele?"


def test_the_value_before_and_features_of_the_round_are_not_told_twice() -> None:
    values = [value(1, name=name) for name in ("${a}", "prev(${a})", "prev(${b})", "wave('half')")]

    found = Wording(PACKAGE, "de").facts(delivery(alert("A", "new", *values)))["alerts"][0]["values"]

    assert len(found) == 2


def test_the_subject_takes_the_short_title_and_a_name_that_says_its_unit() -> None:
    named = delivery(alert("A"), programme_short={"de": "SF"}, site_name={"de": "Beispielverband Nord"})

    assert Wording(PACKAGE, "de").subject(named) == "[SF][Warnung] Beispielverband Nord: 1 neuer Hinweis: A"


def test_links_and_reasons_name_what_the_programme_calls_its_units() -> None:
    facts = Wording(PACKAGE, "de").facts(delivery(alert("A")))
    whole = Wording(PACKAGE, "en").facts(delivery(alert("A"), site="*"))

    assert (facts["place"], facts["link_text"]) == ("Verband Nord", "Verband ansehen")
    assert facts["why"] == "Sie erhalten diese Nachricht, weil Sie für Nord zuständig sind (House of Resources)."
    assert (whole["place"], whole["link_text"]) == ("Whole programme", "All flags")
    assert "you look after the whole programme" in whole["why"]
