"""What the pages show, as plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from services.scoring.domain.targets import bounds
from services.scoring.handlers.reading import rule_of
from services.scoring.web.wording import amount, target_text, term_value, verdict
from shared.programme.model import Indicator, Measure, Programme, Texts, Wave
from shared.store.port import Document
from shared.web.charts import line_chart, sparkline
from shared.web.language import current, pick

Cells = Mapping[str, Document]


@dataclass(frozen=True)
class Figure:
    """One indicator of a site: its value in the wave shown, and its way there."""

    indicator: Indicator
    verdict: str
    shown: str
    reason: str | None
    n: int | None
    target: str
    banded: bool
    trend: Sequence[tuple[str, str]]
    chart: Markup | None
    spark: Markup | None


def figure(waves: Sequence[Wave], cells: Cells, wave: str, indicator: Indicator) -> Figure:
    """Return an indicator as shown on the site page."""
    upto = _upto(waves, cells, wave, indicator.form)
    records = [(one, _record(cells, one.code, indicator.id)) for one in upto]
    record = _record(cells, wave, indicator.id)
    points = _told([(one, None if found is None else found["value"]) for one, found in records])
    known = sum(value is not None for _, value in points)
    coded = [(one.code, value) for one, value in points]
    benchmark = None if record is None else record.get("benchmark")
    return Figure(
        indicator=indicator,
        verdict=verdict(indicator, record),
        shown=_shown(indicator, None if record is None else record["value"]),
        reason=None if record is None else record["reason"],
        n=None if record is None else record["n"],
        target=target_text(indicator, benchmark),
        banded=None not in bounds(indicator, benchmark),
        trend=[(pick(one.label, current()) or one.code, _shown(indicator, value)) for one, value in points],
        chart=_chart(indicator, coded, benchmark) if known > 1 else None,
        spark=sparkline(pick(indicator.label, current()), coded) if known > 1 else None,
    )


def _told(points: Sequence[tuple[Wave, float | None]]) -> Sequence[tuple[Wave, float | None]]:
    """Return the points from the first value on."""
    first = next((position for position, (_, value) in enumerate(points) if value is not None), len(points))
    return points[first:]


def _upto(waves: Sequence[Wave], cells: Cells, wave: str, form: str) -> list[Wave]:
    """Return the waves that field the form, from the first the site is known in to the one shown."""
    codes = [one.code for one in waves]
    first = next((codes.index(code) for code in codes if code in cells), 0)
    return [one for one in waves[first : codes.index(wave) + 1] if form in one.forms]


def _record(cells: Cells, wave: str, indicator: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = cells[wave]["values"].get(indicator) if wave in cells else None
    return found


def _shown(indicator: Indicator, value: float | None) -> str:
    return amount(value, indicator.unit, indicator.decimals)


def _chart(indicator: Indicator, points: Sequence[tuple[str, float | None]], benchmark: float | None) -> Markup:
    low, high = bounds(indicator, benchmark)
    label = pick(indicator.label, current())
    said = "; ".join(f"{wave}: {_shown(indicator, value)}" for wave, value in points)
    both = (low, high) if low is not None and high is not None else None
    line = None if both else low if low is not None else high
    unit, decimals = indicator.unit, indicator.decimals
    return line_chart(label, said, points, target=line, band=both, unit=unit, decimals=decimals, language=current())


def raised(programme: Programme, entry: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return an episode with its reason in words, the values behind it and the support suggested."""
    rule, explanation = rule_of(programme, entry["flag"]), detail["explanation"]
    return {
        **entry,
        "since": wave_label(programme.waves, entry["wave"]),
        "until": wave_label(programme.waves, entry["cleared_wave"] or entry["last_wave"]),
        "description": dict(rule.description) if rule else {},
        "topic": programme.topics.get(rule.topic or "") if rule else None,
        "support": measures(programme, rule.support if rule else ()),
        "rule": explanation["rule"],
        "counterfactual": explanation["counterfactual"],
        "unknown": explanation.get("unknown"),
        "values": [value(programme, one) for one in detail["values"]],
    }


def value(programme: Programme, term: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operand of a rule with its history: wave and value as text."""
    history = term.get("history", ())
    return {
        "label": term["label"],
        "shown": term_value(term, term),
        "worded": isinstance(term["value"], str),
        "reason": term["reason"],
        "n": term["n"],
        "history": [(wave_label(programme.waves, one["wave"]), term_value(term, one)) for one in history],
        "chart": _term_chart(term, [(one["wave"], one["value"]) for one in history]),
    }


def _term_chart(term: Mapping[str, Any], points: Sequence[tuple[str, Any]]) -> Markup | None:
    if sum(isinstance(value, int | float) for _, value in points) < 2:
        return None
    label = pick(term["label"], current())
    said = "; ".join(f"{wave}: {term_value(term, {'value': value})}" for wave, value in points)
    unit, decimals = term.get("unit") or "", term.get("decimals")
    return line_chart(label, said, points, unit=unit, decimals=decimals, language=current())


def measures(programme: Programme, ids: Sequence[str]) -> list[Measure]:
    """Return the support measures with these ids."""
    known = {measure.id: measure for measure in programme.measures}
    return [known[id_] for id_ in ids if id_ in known]


def wave_label(waves: Sequence[Wave], code: str) -> Texts:
    """Return a wave's label, its code where it is no longer defined."""
    return next((wave.label for wave in waves if wave.code == code), {"de": code, "en": code})


def wave_names(waves: Sequence[Wave]) -> dict[str, Texts]:
    """Return the labels of the waves by code."""
    return {wave.code: wave.label or {"de": wave.code} for wave in waves}


def with_values(cells: Cells) -> dict[str, Document]:
    """Return the cells that have a value to show; one without answers (a round that closed) has none."""
    return {code: cell for code, cell in cells.items() if any(r["value"] is not None for r in cell["values"].values())}


def newest(waves: Sequence[Wave], with_news: Mapping[str, Any]) -> Wave | None:
    """Return the newest wave anything is known of, else the first; None if the programme has no waves."""
    known = [wave for wave in waves if wave.code in with_news]
    return known[-1] if known else (waves[0] if waves else None)
