"""A form file (.md, .csv, .xlsx) to a form draft, with every fault of its sheets."""

from __future__ import annotations

from shared.programme.choice_files import Attached, add_files, no_files
from shared.programme.choices import Lists, check_use, read_choices
from shared.programme.columns import columns_of, language_code
from shared.programme.entries import Entry, FormDraft, Languages
from shared.programme.fields import NAME, NAME_RULE
from shared.programme.grid import Sheet
from shared.programme.model import Form
from shared.programme.or_other import with_other
from shared.programme.place import Place, Report, did_you_mean
from shared.programme.survey import SurveyReader
from shared.programme.text_tables import read_csv_form, read_markdown
from shared.programme.vocabulary import NOT_YET, REFUSED_SHEETS, SETTINGS, SHEETS
from shared.programme.workbook import read_workbook


def read_sheets(data: bytes, file: str, report: Report) -> list[Sheet]:
    """Return the sheets of a form file by its ending: .md, .csv or .xlsx."""
    ending = file.rpartition(".")[2].lower()
    if ending == "md":
        return read_markdown(data, file, report)
    if ending == "csv":
        return read_csv_form(data, file, report)
    if ending == "xlsx":
        return read_workbook(data, file, report, (*SHEETS, *REFUSED_SHEETS))
    message = f"A form is a file ending in .xlsx, .md or .csv, not .{ending[:20]}; save it as one of these."
    report.fault(Place(file), "wrong_format", message)
    return []


def read_form_draft(
    data: bytes, file: str, report: Report, languages: tuple[str, ...] = (), attached: Attached = no_files
) -> FormDraft | None:
    """Read one form; None when there is no survey to read.

    `languages` are those of the programme, if any; `attached` reads a file beside the form, None = not there.
    """
    return form_draft(read_sheets(data, file, report), file, report, languages, attached)


def form_draft(
    found: list[Sheet], file: str, report: Report, languages: tuple[str, ...] = (), attached: Attached = no_files
) -> FormDraft | None:
    """Read the form that stands in these sheets; None when there is no survey, or too much of it, to read."""
    if any(fault.code == "too_large" for fault in report.faults):
        return None
    readable = not report.faults
    sheets = _known_sheets(found, report)
    survey = sheets.get("survey")
    if survey is None or not survey.rows:
        if readable and not report.faults:
            message = "There is no sheet survey with questions; see docs/xlsform.md for the layout."
            report.fault(Place(file), "no_survey", message)
        return None
    settings = _settings(sheets.get("settings"), file, report)
    spoken = _languages(sheets, settings, languages, Place(file), report)
    lists, choices = read_choices(sheets.get("choices"), spoken, report)
    add_files(survey, lists, attached, spoken, report)
    reader = SurveyReader(survey, lists, spoken, report)
    reader.read()
    check_use(lists, choices, reader.used, report)
    form = _form(reader, lists, settings, spoken)
    return FormDraft(form, file, reader.entries, choices, settings, frozenset(reader.unread))


def _form(reader: SurveyReader, lists: Lists, settings: Entry | None, spoken: Languages) -> Form:
    items, lists = with_other(tuple(reader.items), lists, reader.or_other, spoken.required)
    title = settings.text("form_title") if settings else ""
    return Form(
        id=settings.text("form_id") if settings else "",
        version=settings.text("version") if settings else "",
        title={code: title for code in spoken.required if title},
        default_language=spoken.default,
        languages=spoken.required,
        items=items,
        choices=lists,
    )


def _known_sheets(found: list[Sheet], report: Report) -> dict[str, Sheet]:
    sheets: dict[str, Sheet] = {}
    for sheet in found:
        name = sheet.name.lower()
        if name in sheets:
            report.fault(sheet.place, "duplicate_sheet", f"There are two sheets {name}; put them together.")
        elif name in SHEETS:
            sheets[name] = sheet
        elif name in REFUSED_SHEETS and sheet.rows:
            report.fault(sheet.place, "not_supported", f'The sheet "{sheet.name}" {NOT_YET}; remove it.')
        elif hint := did_you_mean(name, SHEETS):
            report.fault(sheet.place, "unknown_sheet", f'There is no sheet "{sheet.name}".{hint}')
        elif not name.startswith("_"):
            report.notice(sheet.place, "ignored_sheet", f'The sheet "{sheet.name}" is not part of a form; left out.')
    return sheets


def _settings(sheet: Sheet | None, file: str, report: Report) -> Entry | None:
    if sheet is None or not sheet.rows:
        message = "Add a sheet settings with form_title, form_id, version and default_language."
        report.fault(sheet.place if sheet else Place(file), "missing_settings", message)
        return None
    for row in sheet.rows[1:]:
        report.fault(row.place, "too_many_rows", "The sheet settings has one row of values; remove this one.")
    entry = Entry(sheet.rows[0], columns_of(sheet, SETTINGS, report), Languages("", ()))
    for name in ("form_title", "form_id", "version"):
        if not entry.text(name):
            report.fault(entry.place, "missing_setting", f"The sheet settings needs {name}.")
    form_id = entry.text("form_id")
    if form_id and not NAME.fullmatch(form_id):
        report.fault(entry.at("form_id"), "bad_name", f'"{form_id[:80]}" cannot be a form_id: {NAME_RULE}.')
    return entry


def _languages(
    sheets: dict[str, Sheet], settings: Entry | None, wanted: tuple[str, ...], place: Place, report: Report
) -> Languages:
    written = settings.text("default_language") if settings else ""
    default = language_code(written)
    if settings and written and not default:
        message = f'Write the language with its code, such as "Deutsch (de)", not "{written}".'
        report.fault(settings.at("default_language"), "unknown_language", message)
    offered = _offered(sheets)
    if not default and not offered and not wanted:
        message = "Say which language the texts are in: default_language = Deutsch (de) on the sheet settings."
        report.fault(settings.place if settings else place, "missing_setting", message)
    default = default or next(iter((*wanted, *offered)), "de")
    if wanted and default not in wanted:
        where = settings.at("default_language") if settings else place
        report.fault(where, "unknown_language", f"default_language must be one of {', '.join(wanted)}.")
    return Languages(default, wanted or tuple(dict.fromkeys((default, *offered))))


def _offered(sheets: dict[str, Sheet]) -> list[str]:
    silent = Report()
    columns = [columns_of(sheets[name], SHEETS[name], silent) for name in ("survey", "choices") if name in sheets]
    return [code for each in columns for code in each.languages()]
