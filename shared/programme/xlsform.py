"""Forms to XForm XML, as mobile clients read it; the only module that knows pyxform."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from shared.programme.entries import FormDraft
from shared.programme.model import Form, Group, Question, Texts
from shared.programme.place import Report

_ROW = re.compile(r"\[row : (\d+)\]\s*")
_TRANSLATED = ("label", "hint", "constraint_message", "required_message")
_PLAIN = ("relevant", "constraint", "required", "readonly", "calculation", "default", "choice_filter", "appearance")
_LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}
_REFUSALS = (PyXFormError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def xform(form: Form) -> str:
    """Return the form as XForm XML. Raises ValueError when pyxform refuses it (checked forms are not refused)."""
    try:
        return str(convert(workbook_of(form), warnings=[], validate=False, form_name="data").xform)
    except _REFUSALS as error:
        raise ValueError(str(error)) from error


def check_convertible(draft: FormDraft, report: Report) -> None:
    """Report what pyxform has against a form in which nothing else is wrong."""
    try:
        xform(draft.form)
    except ValueError as error:
        row = _ROW.search(str(error))
        entry = draft.entries.get(_name_in_row(draft.form, int(row.group(1)))) if row else None
        message = f"The converter for mobile devices (pyxform) refuses this: {_ROW.sub('', str(error)).strip()}"
        report.fault(entry.place if entry else draft.place, "pyxform", message)


def _name_in_row(form: Form, number: int) -> str:
    rows = _rows(form.items)
    return str(rows[number - 2].get("name", "")) if 2 <= number < len(rows) + 2 else ""


def workbook_of(form: Form) -> dict[str, Any]:
    """Return the form as the sheets survey, choices and settings: one mapping of heading to text per row."""
    settings = {
        "form_title": form.title.get(form.default_language) or form.id,
        "form_id": form.id,
        "version": form.version,
        "default_language": _language(form.default_language),
        "style": "pages",
        "client_editable": "yes",
    }
    choices = [
        {"list_name": name, "name": choice.name, **_texts("label", choice.label), **choice.columns}
        for name, options in form.choices.items()
        for choice in options
    ]
    survey = _rows(form.items)
    return {
        "survey": survey,
        "survey_header": _header(survey),
        "choices": choices,
        "choices_header": _header(choices),
        "settings": [settings],
        "settings_header": _header([settings]),
        "sheet_names": ["survey", "choices", "settings"],
    }


def _header(rows: list[dict[str, str]]) -> list[dict[str, None]]:
    return [dict.fromkeys(key for row in rows for key in row)]


def _rows(items: tuple[Question | Group, ...]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for item in items:
        if isinstance(item, Group):
            kind = "repeat" if item.repeat else "group"
            begin = {"type": f"begin_{kind}", "name": item.name, **_texts("label", item.label)}
            begin |= {key: value for key in ("relevant", "appearance") if (value := getattr(item, key))}
            begin |= {"repeat_count": item.count} if item.count else {}
            rows += [begin, *_rows(item.items), {"type": f"end_{kind}"}]
        else:
            rows.append(_question(item))
    return rows


def _question(question: Question) -> dict[str, str]:
    row = {"type": f"{question.type} {question.list_name or ''}".strip(), "name": question.name}
    for column in _TRANSLATED:
        row |= _texts(column, getattr(question, column))
    row |= {column: value for column in _PLAIN if (value := getattr(question, column))}
    if question.parameters:
        row["parameters"] = " ".join(f"{key}={value}" for key, value in question.parameters.items())
    return row


def _texts(column: str, texts: Texts) -> Mapping[str, str]:
    return {f"{column}::{_language(code)}": text for code, text in texts.items()}


def _language(code: str) -> str:
    return f"{_LANGUAGE_NAMES.get(code, code)} ({code})"
