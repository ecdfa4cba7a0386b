"""The tables of the programme page: site by site, or over all sites for leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.aggregates import FEWEST_SITES, Aggregate
from services.scoring.web.here import reading, roles
from services.scoring.web.wording import amount, target_text, verdict
from shared.programme.model import Programme, Texts, Wave


def site_table(programme: Programme, sites: Mapping[str, Texts], wave: Wave | None) -> list[dict[str, Any]]:
    """Return one row per indicator of the wave, with a cell per site: verdict and value."""
    if wave is None:
        return []
    cells = {code: reading().cell(programme, code, wave.code) for code in sites}
    seen = {code: {one.id for one in reading().indicators(roles, programme, code)} for code in sites}
    rows = []
    for indicator in programme.indicators:
        if indicator.form not in wave.forms or not any(indicator.id in one for one in seen.values()):
            continue
        entries = []
        for code, cell in cells.items():
            record = None if cell is None or indicator.id not in seen[code] else cell["values"].get(indicator.id)
            value = None if record is None else record["value"]
            shown = amount(value, "", indicator.decimals)
            entries.append({"site": code, "verdict": verdict(indicator, record), "shown": shown, "record": record})
        rows.append({"indicator": indicator, "target": target_text(indicator, None), "cells": entries})
    return rows


def aggregate_page(programme: Programme, waves: Sequence[Wave], wave: Wave | None) -> dict[str, Any]:
    """Return what somebody sees who may not see single sites."""
    figures = [] if wave is None else reading().aggregates(roles, programme, wave)
    return {
        "completeness": reading().completeness(programme),
        "site_count": reading().site_count(programme),
        "fewest": FEWEST_SITES,
        "prevalence": reading().prevalence(roles(programme.id, None), programme),
        "figures": [_aggregate_row(one) for one in figures],
    }


def _aggregate_row(one: Aggregate) -> dict[str, Any]:
    unit, decimals = one.indicator.unit, one.indicator.decimals
    return {
        "indicator": one.indicator,
        "sites": one.sites,
        "range": None if one.low is None else f"{amount(one.low, '', decimals)} – {amount(one.high, unit, decimals)}",
        "middle": None if one.middle is None else amount(one.middle, unit, decimals),
        "target": target_text(one.indicator, None),
        "met": one.met,
    }
