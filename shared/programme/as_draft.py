"""A published programme as the checks see one: every part with a place that says which rule it is and where in it."""

from __future__ import annotations

from collections.abc import Mapping as Data
from collections.abc import Sequence as Items
from dataclasses import dataclass
from typing import Any

from shared.programme.drafts import ProgrammeDraft
from shared.programme.entries import FormDraft
from shared.programme.flags_file import FLAGS_FILE, SUPPORT_FILE, read_flags, read_measures
from shared.programme.grid import Cell, Row, Sheet
from shared.programme.indicators_file import FILE as INDICATORS_FILE
from shared.programme.indicators_file import read_indicators
from shared.programme.json_form import programme_to_json
from shared.programme.model import Form, Programme
from shared.programme.place import Place, Report
from shared.programme.programme_file import FILE as PROGRAMME_FILE
from shared.programme.programme_file import KEYS, read_frame, read_plans, read_waves
from shared.programme.sites_file import FILE as SITES_FILE
from shared.programme.yaml_source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True)
class _Told(Scalar):
    """A text whose place is the rule it belongs to, not a character in a file."""

    def place_at(self, offset: int) -> Place:
        return self.place


def draft_of(programme: Programme) -> ProgrammeDraft:
    """Return the programme as a draft; its forms are without rows, so faults in them name the file alone."""
    report = Report()  # what was published is not judged again here
    data = programme_to_json(programme)
    frame = read_frame(_node(_frame(programme, data), Place(PROGRAMME_FILE)), report)
    draft = ProgrammeDraft(frame, plans=read_plans(frame), waves=read_waves(frame))
    draft.forms = {form.id: FormDraft(form, f"forms/{form.id}", {}, {}) for form in programme.forms}
    _sites(programme, draft)
    indicators = {"scales": {scale["id"]: scale for scale in data["scales"]}, "indicators": _indicators(data)}
    read_indicators(_node(indicators, Place(INDICATORS_FILE)), draft, report)
    read_measures(_node({"measures": data.get("measures", [])}, Place(SUPPORT_FILE)), draft, report)
    read_flags(_node({"flags": [_flag(flag) for flag in data["flags"]]}, Place(FLAGS_FILE)), draft, report)
    return draft


def _frame(programme: Programme, data: Data[str, Any]) -> dict[str, Any]:
    peers = {"enabled": programme.peers.enabled, "min": programme.peers.min}
    plain = {key: value for key, value in data.items() if key in KEYS}
    forms = {form.id: _plan(form) for form in programme.forms}
    return {**plain, "min_n": programme.min_n, "peers": peers, "forms": forms}


def _plan(form: Form) -> dict[str, Any]:
    include = {name: list(choices) for name, choices in form.complete_with.items()}
    return {
        "file": f"forms/{form.id}",
        "respondents": form.respondents,
        "anonymous": form.anonymous,
        "complete": {"min": form.complete_min, **({"include": include} if include else {})},
        "missing": list(form.missing),
    }


def _sites(programme: Programme, draft: ProgrammeDraft) -> None:
    place = Place(SITES_FILE)
    features = dict.fromkeys(feature for site in programme.sites for feature in site.features)
    draft.site_sheet = Sheet("", place, [Cell(feature, place) for feature in features])
    draft.sites = [(site, Row(0, Place(SITES_FILE, sheet=site.code))) for site in programme.sites]


def _indicators(data: Data[str, Any]) -> list[dict[str, Any]]:
    smallest = {"min_n": 1}
    return [{**smallest, **one, **_target(one.get("target"))} for one in data["indicators"]]


def _target(target: Data[str, Any] | None) -> dict[str, Any]:
    if target is None:
        return {}
    return {"target": {"peers": "median"} if target.get("peer_median") else dict(target)}


def _flag(flag: Data[str, Any]) -> dict[str, Any]:
    overdue = {severity: f"{days}d" for severity, days in flag.get("overdue", {}).items()}
    return {**flag, **({"overdue": overdue} if overdue else {})}


def _node(value: Any, place: Place) -> Node:
    """Return data as the nodes a file would have given; parts of a list are named by their id or code."""
    if isinstance(value, Data):
        entries = {str(key): _node(item, _inside(place, str(key))) for key, item in value.items() if item is not None}
        return Mapping(place, entries, {key: _Told(key, node.place) for key, node in entries.items()})
    if isinstance(value, Items) and not isinstance(value, str):
        return Sequence(place, [_node(item, _part(place, item)) for item in value])
    return _Told(str(value).lower() if isinstance(value, bool) else str(value), place)


def _part(place: Place, item: Any) -> Place:
    name = item.get("id") or item.get("code") if isinstance(item, Data) else None
    return Place(place.file, sheet=str(name)) if name else place


def _inside(place: Place, key: str) -> Place:
    return Place(place.file, sheet=f"{place.sheet}, {key}" if place.sheet else key)
