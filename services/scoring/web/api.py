"""The JSON API: indicator values, flags and their explanations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scoring.domain.targets import bounds, met
from services.scoring.handlers.reading import Filters, rule_of
from services.scoring.web.here import STAFF, reading, roles
from services.scoring.web.paging import page
from services.scoring.web.schemas import EpisodeOut, FlagOut, FlagQuery, IndicatorOut, IndicatorQuery
from shared.errors import unknown
from shared.programme.model import Indicator, Programme
from shared.store.port import Document
from shared.web import api_key, declare, either, staff
from shared.web.api import ApiBlueprint
from shared.web.lists import listed

values = ApiBlueprint("values", __name__, url_prefix="/api/scoring/v1", description="Indicator values and flags")
declare(values, either(api_key("read"), staff(*STAFF)))
BLUEPRINTS = (values,)
IndicatorList, FlagList = listed(IndicatorOut), listed(FlagOut)


@values.on("GET", "/programmes/<programme>/sites/<site>/indicators")
@values.takes(IndicatorQuery, "query")
@values.answers(200, IndicatorList)
@values.refuses(404)
def indicators(query: dict[str, Any], programme: str, site: str) -> dict[str, Any]:
    """List a site's indicator values, by wave in order of time and by id."""
    definition = reading().programme(roles, programme)
    reading().site(roles, definition, site)
    wave = query["wave"]
    if wave and wave not in {one.code for one in reading().waves(definition)}:
        raise unknown("wave", wave)
    cells = reading().cells(definition, site)
    wanted = sorted((c for code, c in cells.items() if wave in ("", code)), key=lambda cell: int(cell["sequence"]))
    known = {one.id: one for one in reading().indicators(roles, definition, site)}
    pairs = [(cell, name) for cell in wanted for name in sorted(cell["values"]) if name in known]
    found, following = page(pairs, lambda pair: f"{pair[0]['sequence']:09d}/{pair[1]}", query["limit"], query["cursor"])
    return {"items": [_value(known[name], cell) for cell, name in found], "next": following}


@values.on("GET", "/programmes/<programme>/flags")
@values.takes(FlagQuery, "query")
@values.answers(200, FlagList)
@values.refuses(404)
def flags(query: dict[str, Any], programme: str) -> dict[str, Any]:
    """List flag episodes, by site and the wave they began in."""
    limit, cursor = query.pop("limit"), query.pop("cursor")
    definition = reading().programme(roles, programme)
    entries = reading().flags(roles, definition, Filters(**query))
    found, following = page(entries, _in_order, limit, cursor)
    return {"items": [_flag(definition, entry) for entry in found], "next": following}


@values.on("GET", "/flags/<episode_id>")
@values.answers(200, EpisodeOut)
@values.refuses(404)
def flag(episode_id: str) -> dict[str, Any]:
    """Return one episode with its explanation, the values behind it and everything told about it."""
    programme, document, entry = reading().episode(roles, episode_id)
    told = reading().explaining.transitions(document, episode_id)
    return {**_flag(programme, entry), **reading().detail(programme, entry), "transitions": told}


def _in_order(entry: Mapping[str, Any]) -> str:
    return f"{entry['site']}/{entry['sequence']:09d}/{entry['episode_id']}"


def _value(indicator: Indicator, cell: Document) -> dict[str, Any]:
    record = cell["values"][indicator.id]
    return {
        **{"num": None, "den": None, "suppressed": False},
        **record,
        "indicator": indicator.id,
        "label": dict(indicator.label),
        "form": indicator.form,
        "wave": cell["wave"],
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "good": indicator.good,
        "target": _target(indicator, record),
        "as_of_seq": cell["as_of_seq"],
        "computed_at": cell["computed_at"],
        "engine_version": cell["engine"],
        "inputs_digest": cell["inputs_digest"],
        "definition_version": cell["version"],
    }


def _target(indicator: Indicator, record: Mapping[str, Any]) -> dict[str, Any] | None:
    if indicator.target is None:
        return None
    low, high = bounds(indicator, record.get("benchmark"))
    return {"min": low, "max": high, "met": met(indicator, record["value"], record.get("benchmark"))}


def _flag(programme: Programme, entry: Mapping[str, Any]) -> dict[str, Any]:
    rule = rule_of(programme, entry["flag"])
    return {
        **entry,
        "programme": programme.id,
        "topic": rule.topic if rule else None,
        "support": list(rule.support) if rule else [],
    }
