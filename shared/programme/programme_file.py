"""programme.yaml: frame, waves and the forms in use."""

from __future__ import annotations

import re
from typing import Any

from shared.programme.drafts import Draft, FormPlan, Frame
from shared.programme.fields import CODE, NAME, NAME_RULE, Record, texts_of
from shared.programme.model import Peers, Texts, Wave
from shared.programme.place import Report
from shared.programme.yaml_source import Node, Scalar

FILE = "programme.yaml"
KEYS = (
    "id", "version", "title", "short_title", "languages", "unit", "unit_label", "min_n", "peers", "purpose",
    "legal_basis", "retention_days", "flag_defaults", "topics", "feature_labels", "waves", "forms",
)  # fmt: skip
WAVE_KEYS = (
    "code", "sequence", "label", "forms", "starts_on", "ends_on", "opens_on", "due_on", "closes_on", "features",
)  # fmt: skip
FORM_KEYS = ("file", "title", "respondents", "anonymous", "minutes", "complete", "missing")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?")


def read_frame(node: Node, report: Report) -> Frame:
    """Read what the rest of the programme depends on."""
    record = Record(node, report, "programme.yaml", KEYS)
    languages = record.names("languages", required=True) or ("de", "en")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            message = f'"{language[:80]}" is not a language code; write de, en or the like.'
            report.fault(record.at("languages"), "unknown_language", message)
    defaults = record.record("flag_defaults", ("raise_after", "clear_after"))
    return Frame(
        record=record,
        id=record.code("id"),
        version=record.text("version", required=True),
        languages=languages,
        min_n=record.integer("min_n", 5, 1, 1000),
        raise_after=defaults.integer("raise_after", 1, 1, 12) if defaults else 1,
        clear_after=defaults.integer("clear_after", 1, 1, 12) if defaults else 1,
        topics=_labelled(record, "topics", "topic", languages),
    )


def _labelled(record: Record, key: str, what: str, languages: tuple[str, ...]) -> dict[str, Texts]:
    found: dict[str, Texts] = {}
    for name, node in record.named(key):
        if not CODE.fullmatch(name.text):
            record.fault(name.place, "bad_name", f'"{name.text[:80]}" cannot be a {what}: use letters, digits, _ or -.')
        found[name.text] = texts_of(node, record.report, f'{what} "{name.text}"', languages)
    return found


def programme_fields(frame: Frame) -> dict[str, Any]:
    """Return the plain fields of the Programme."""
    record, languages = frame.record, frame.languages
    peers = record.record("peers", ("enabled", "min"))
    return {
        "id": frame.id,
        "version": frame.version,
        "title": record.texts("title", languages),
        "short_title": record.texts("short_title", languages, required=False),
        "languages": languages,
        "unit": record.choice("unit", ("site", "association"), "site", required=True),
        "unit_label": record.texts("unit_label", languages),
        "topics": frame.topics,
        "feature_labels": _labelled(record, "feature_labels", "feature", languages),
        "min_n": frame.min_n,
        "peers": Peers(peers.flag("enabled", default=True), peers.integer("min", 5, 2, 1000)) if peers else Peers(),
        "retention_days": _retention(record),
        "purpose": record.texts("purpose", languages, required=False),
        "legal_basis": record.texts("legal_basis", languages, required=False),
    }


def _retention(record: Record) -> dict[str, int]:
    days = record.record("retention_days", ("named", "invitations"))
    if days is None:
        return {}
    return {key: days.integer(key, 0, 1, 36_500) for key in ("named", "invitations") if days.has(key)}


def read_waves(frame: Frame) -> list[Draft[Wave]]:
    """Read the waves in file order."""
    return [_wave(record, frame) for record in frame.record.records("waves", "A wave", WAVE_KEYS)]


def _wave(record: Record, frame: Frame) -> Draft[Wave]:
    wave = Wave(
        code=record.code("code"),
        sequence=record.integer("sequence", 0, 1, 10_000, required=True),
        label=record.texts("label", frame.languages),
        forms=record.names("forms", required=True),
        starts_on=record.day("starts_on"),
        ends_on=record.day("ends_on"),
        opens_on=record.day("opens_on"),
        due_on=record.day("due_on"),
        closes_on=record.day("closes_on"),
        features=record.plain("features"),
    )
    return Draft(wave, record)


def read_plans(frame: Frame) -> dict[str, FormPlan]:
    """Read the forms in use by id."""
    plans: dict[str, FormPlan] = {}
    if not frame.record.has("forms"):
        frame.record.missing("forms")
    for name, node in frame.record.named("forms"):
        if not NAME.fullmatch(name.text):
            frame.record.fault(name.place, "bad_name", f'"{name.text[:80]}" cannot be a form id: {NAME_RULE}.')
        record = Record(node, frame.record.report, f'form "{name.text}"', FORM_KEYS)
        plans[name.text] = _plan(name, record, frame)
    return plans


def _plan(name: Scalar, record: Record, frame: Frame) -> FormPlan:
    complete = record.record("complete", ("min", "include"))
    return FormPlan(
        id=name.text,
        file=record.text("file", required=True),
        record=record,
        title=record.texts("title", frame.languages, required=False),
        respondents=record.choice("respondents", ("one", "many"), "one"),
        anonymous=record.flag("anonymous", default=False),
        minutes=record.integer("minutes", 0, 1, 600) or None,
        complete_min=complete.integer("min", 1, 1, 10_000) if complete else 1,
        complete_with=_included(complete),
        missing=record.names("missing"),
    )


def _included(complete: Record | None) -> dict[str, tuple[str, ...]]:
    include = complete.record("include", None) if complete else None
    return {name: include.names(name) for name in include.node.entries} if include else {}
