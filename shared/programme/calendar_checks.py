"""Waves and sites: unique codes, dates in order, reporting periods that do not overlap."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from shared.programme.drafts import Draft, ProgrammeDraft
from shared.programme.fields import Record
from shared.programme.model import Wave
from shared.programme.place import Report
from shared.programme.yaml_source import Scalar, Sequence

_ORDER = (("starts_on", "ends_on"), ("opens_on", "due_on"), ("due_on", "closes_on"))


def check_calendar(draft: ProgrammeDraft, report: Report) -> None:
    """Report faults of waves, sites and the forms they name."""
    check_unique(((w.value.code, w.record, "code") for w in draft.waves), "wave", report)
    check_unique(((w.value.sequence, w.record, "sequence") for w in draft.waves), "wave with the sequence", report)
    if not draft.waves:
        report.fault(draft.frame.record.at("waves"), "no_waves", "Add at least one wave under `waves:`.")
    for wave in draft.waves:
        check_known(wave.record, "forms", draft.plans, "form", "unknown_form")
        for earlier, later in _ORDER:
            first, second = getattr(wave.value, earlier), getattr(wave.value, later)
            if first and second and first > second:
                message = f"{later} ({second}) lies before {earlier} ({first}); correct one of them."
                report.fault(wave.record.at(later), "dates_out_of_order", message)
    for form in draft.plans:
        fielding = [wave for wave in draft.waves if form in wave.value.forms and wave.value.sequence]
        _check_periods(sorted(fielding, key=lambda wave: wave.value.sequence), form, report)
        if draft.waves and not fielding:
            place = draft.plans[form].record.place
            report.notice(place, "unused_form", f'No wave uses the form "{form}".')
    _check_sites(draft, report)


def _check_periods(waves: list[Draft[Wave]], form: str, report: Report) -> None:
    for before, after in zip(waves, waves[1:], strict=False):
        end, start = before.value.ends_on, after.value.starts_on
        if end and start and start <= end:
            message = (
                f'The period starts on {start}, but that of "{before.value.code}", the wave before it with the '
                f'form "{form}", ends on {end}. Correct the dates or the sequence.'
            )
            report.fault(after.record.at("starts_on"), "periods_overlap", message)


def _check_sites(draft: ProgrammeDraft, report: Report) -> None:
    seen: dict[str, int] = {}
    for site, row in draft.sites:
        if site.code in seen:
            message = f'The site code "{site.code}" already stands in row {seen[site.code]}; give each site its own.'
            report.fault(row.at("code"), "duplicate_code", message)
        seen.setdefault(site.code, row.number)


def check_unique(items: Iterable[tuple[Hashable, Record, str]], what: str, report: Report) -> None:
    """Report every later item whose identifier an earlier one already has."""
    seen: dict[Hashable, Record] = {}
    for name, record, key in items:
        first = seen.setdefault(name, record)
        if name and first is not record:
            message = f'Another {what} "{name}" stands in line {first.place.line}; give each its own.'
            report.fault(record.at(key), "duplicate_id", message)


def list_items(record: Record, key: str) -> Iterator[Scalar]:
    """Yield the texts of a list that has been read before, with their places."""
    node = record.node.entries.get(key)
    if isinstance(node, Sequence):
        yield from (item for item in node.items if isinstance(item, Scalar) and item.text)


def check_known(record: Record, key: str, known: Iterable[str], what: str, code: str) -> None:
    """Report every entry of a list that names nothing known."""
    names = set(known)
    for scalar in list_items(record, key):
        if scalar.text not in names:
            message = f'"{scalar.text[:80]}" is no {what}.{record.report.hint(scalar.text, names)}'
            record.fault(scalar.place, code, message)
