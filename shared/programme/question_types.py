"""What stands in the `type`, `appearance` and `parameters` columns of a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shared.programme.entries import Entry
from shared.programme.place import Report, did_you_mean, listed
from shared.programme.vocabulary import (
    APPEARANCE_PATTERN,
    APPEARANCES,
    FILE_TYPES,
    IGNORED_APPEARANCES,
    IGNORED_PARAMETERS,
    IGNORED_TYPES,
    LIST_TYPES,
    NOT_YET,
    PARAMETERS,
    REFUSED_TYPES,
    STRUCTURE,
    TYPE_ALIASES,
    TYPES,
)

_KNOWN = {name.lower(): name for name in (*TYPES, *LIST_TYPES, *FILE_TYPES, *STRUCTURE, *IGNORED_TYPES, *REFUSED_TYPES)}
_OR_OTHER = (["or_other"], ["or", "other"], ["or", "specify", "other"])
_PARAMETER = re.compile(r"([A-Za-z_-]+)\s*=\s*([^\s,;]+)[\s,;]*")


@dataclass(frozen=True)
class TypeCell:
    """A type cell taken apart: what kind of row it is, its list, and whether `or_other` was asked for."""

    kind: Literal["question", "structure", "ignored", "broken"]
    type: str
    list_name: str | None = None
    or_other: bool = False


def read_type(entry: Entry, report: Report) -> TypeCell:
    """Return what the type cell means; faults for unknown and unsupported types."""
    text = entry.text("type")
    found = _known_type(text.split())
    if found is None:
        types = sorted({*TYPES, *LIST_TYPES, "begin_group", "end_group"})
        message = f'There is no type "{text[:80]}".{did_you_mean(text, types)} Types: {listed(types, 30)}.'
        report.fault(entry.at("type"), "unknown_type", message)
        return TypeCell("broken", "text")
    name, rest = found
    if name in REFUSED_TYPES:
        report.fault(entry.at("type"), "not_supported", f'The type "{name}" {NOT_YET}: {REFUSED_TYPES[name]}.')
        return TypeCell("broken", name)
    if name in LIST_TYPES:
        return _list_type(entry, name, rest, report)
    if name in FILE_TYPES:
        return _file_type(entry, name, rest, report)
    if rest and name not in STRUCTURE:
        report.fault(entry.at("type"), "unknown_type", f'"{" ".join(rest)}" has no meaning after {name}; remove it.')
    if name in IGNORED_TYPES:
        message = f'The row of type "{name}" is left out: the platform notes what it needs itself.'
        report.notice(entry.at("type"), "ignored_type", message)
        return TypeCell("ignored", name)
    return TypeCell("structure" if name in STRUCTURE else "question", name)


def _known_type(words: list[str]) -> tuple[str, list[str]] | None:
    for count in range(min(len(words), 6), 0, -1):
        name = "_".join(words[:count]).lower()
        name = TYPE_ALIASES.get(name, name)
        if name.lower() in _KNOWN:
            return _KNOWN[name.lower()], words[count:]
    return None


def _list_type(entry: Entry, name: str, rest: list[str], report: Report) -> TypeCell:
    place = entry.at("type")
    if not rest:
        report.fault(place, "missing_list", f'"{name}" needs the name of a choice list after it: {name} yes_no.')
        return TypeCell("broken", name)
    or_other = [word.lower() for word in rest[1:]] in _OR_OTHER and name != "rank"
    if rest[1:] and not or_other:
        report.fault(place, "unknown_type", f'"{" ".join(rest[1:])}" has no meaning after the list; remove it.')
    return TypeCell("question", name, rest[0], or_other)


def choice_file(text: str) -> str:
    """Return the file a type cell takes its choices from, '' if none."""
    found = _known_type(text.split())
    return found[1][0] if found and found[0] in FILE_TYPES and found[1] else ""


def list_of_file(file: str) -> str:
    """Return the name of the list a file becomes: `towns.csv` is `towns`."""
    return file.removesuffix(".csv")


def _file_type(entry: Entry, name: str, rest: list[str], report: Report) -> TypeCell:
    if len(rest) != 1 or not rest[0].endswith(".csv"):
        message = f'"{name}" needs the name of one CSV file after it: {name} towns.csv.'
        report.fault(entry.at("type"), "missing_list", message)
        return TypeCell("broken", name)
    return TypeCell("question", FILE_TYPES[name], list_of_file(rest[0]))


def read_appearance(entry: Entry, report: Report) -> str:
    """Return the appearance words that are read; unknown ones are faults, unused ones notices."""
    kept: list[str] = []
    for word in entry.text("appearance").split():
        lower = word.lower()
        if lower in APPEARANCES or APPEARANCE_PATTERN.fullmatch(lower):
            kept.append(lower)
        elif lower in IGNORED_APPEARANCES or lower.startswith("ex:"):
            report.notice(entry.at("appearance"), "ignored_appearance", f'The appearance "{word}" is left out.')
        else:
            message = f'There is no appearance "{word[:80]}".{did_you_mean(lower, APPEARANCES)}'
            report.fault(entry.at("appearance"), "unknown_appearance", message)
    return " ".join(kept)


def read_parameters(entry: Entry, type_: str, report: Report) -> dict[str, str]:
    """Return `key=value` parameters; a range must name its start and end."""
    text = entry.text("parameters")
    known = PARAMETERS.get(type_, set())
    found: dict[str, str] = {}
    if _PARAMETER.sub("", text).strip():
        report.fault(entry.at("parameters"), "bad_parameters", "Write parameters as start=0 end=10 step=1.")
    for key, value in _PARAMETER.findall(text):
        if key in known:
            found[key] = value
        elif key in IGNORED_PARAMETERS:
            report.notice(entry.at("parameters"), "ignored_parameter", f'The parameter "{key}" is left out.')
        else:
            message = f'The type {type_} has no parameter "{key}".{did_you_mean(key, known)}'
            report.fault(entry.at("parameters"), "bad_parameters", message)
    if type_ == "range":
        _check_range(entry, found, report)
    return found


def _check_range(entry: Entry, found: dict[str, str], report: Report) -> None:
    numbers = [found.get("start", ""), found.get("end", ""), found.setdefault("step", "1")]
    if not all(re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", number) for number in numbers):
        report.fault(entry.at("parameters"), "bad_parameters", "A range needs start=… and end=… as numbers.")
        return
    start, end, step = (float(number) for number in numbers)
    if not start < end or not 0 < step <= end - start or (end - start) / step > 1000:
        message = "A range needs start below end and a step above 0, with at most 1,000 steps."
        report.fault(entry.at("parameters"), "bad_parameters", message)
