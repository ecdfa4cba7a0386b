"""sites.csv: the sites or associations of a programme with their features."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from shared.programme.drafts import ProgrammeDraft
from shared.programme.fields import CODE, CODE_RULE, NAME, NAME_RULE
from shared.programme.grid import Row, Sheet
from shared.programme.model import Site
from shared.programme.place import Place, Report, did_you_mean
from shared.programme.text_tables import read_csv_list

FILE = "sites.csv"
DEFAULT_TIMEZONE = "Europe/Berlin"


def read_sites(data: bytes, draft: ProgrammeDraft, report: Report) -> None:
    """Fill the draft's sites; every column but code, name_… and timezone is a feature."""
    before = len(report.faults)
    sheet = read_csv_list(data, FILE, report)
    if len(report.faults) > before and not sheet.headings:
        return
    draft.site_sheet = sheet
    headings = [cell.text for cell in sheet.headings]
    names = {f"name_{language}": language for language in draft.frame.languages}
    _check_headings(sheet, ("code", *names), report)
    names = {heading: language for heading, language in names.items() if heading in headings}
    features = [h for h in headings if h not in ("code", "timezone") and not h.startswith("name_")]
    draft.sites = [(_site(row, names, features, report), row) for row in sheet.rows]
    if not draft.sites and len(report.faults) == before:
        report.fault(Place(FILE), "no_sites", "sites.csv lists no site; add a row for each.")


def _check_headings(sheet: Sheet, needed: tuple[str, ...], report: Report) -> None:
    headings = [cell.text for cell in sheet.headings]
    place = sheet.headings[0].place if sheet.headings else Place(FILE)
    for heading in needed:
        if heading not in headings:
            report.fault(place, "missing_column", f"sites.csv needs a column {heading}.")
    for cell in sheet.headings:
        if cell.text in ("timezone", *needed):
            continue
        hint = did_you_mean(cell.text, ("timezone", *needed))
        if hint or cell.text.startswith("name_"):
            report.fault(cell.place, "unknown_column", f'sites.csv has no column "{cell.text}".{hint}')
        elif not NAME.fullmatch(cell.text):
            report.fault(cell.place, "bad_name", f'"{cell.text[:80]}" cannot be a feature: {NAME_RULE}.')


def _site(row: Row, names: dict[str, str], features: list[str], report: Report) -> Site:
    code = row.text("code")
    if not CODE.fullmatch(code):
        report.fault(row.at("code"), "bad_name", f'"{code[:80]}" cannot be a site code: {CODE_RULE}.')
    for heading, language in names.items():
        if not row.text(heading):
            report.fault(row.at(heading), "missing_translation", f'The site "{code}" has no name in {language}.')
    timezone = row.text("timezone") or DEFAULT_TIMEZONE
    if timezone not in _timezones():
        message = f'There is no time zone "{timezone[:80]}".{did_you_mean(timezone, _timezones())}'
        report.fault(row.at("timezone"), "unknown_word", message)
    return Site(
        code=code,
        name={language: row.text(heading) for heading, language in names.items() if row.text(heading)},
        features={feature: row.text(feature) for feature in features if row.text(feature)},
        timezone=timezone,
    )


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())
