"""A form that takes the place of a programme's form of the same id: read, judged on its own and by all rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from shared.programme.as_draft import draft_of
from shared.programme.changes import check_continuity
from shared.programme.checks import check_one_form, check_programme
from shared.programme.entries import FormDraft
from shared.programme.flags_file import FLAGS_FILE
from shared.programme.form_source import form_draft, read_sheets
from shared.programme.grid import Sheet
from shared.programme.indicators_file import FILE as INDICATORS_FILE
from shared.programme.model import Form, Programme
from shared.programme.place import Finding, Place, Report, listed
from shared.programme.usage import users_of

_RULES = (INDICATORS_FILE, FLAGS_FILE)


@dataclass(frozen=True)
class Use:
    """How a programme uses a form it did not have: who answers, whether anonymously, in which waves."""

    respondents: Literal["one", "many"] = "one"
    anonymous: bool = False
    waves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exchange:
    """The outcome: `form` as the programme will have it and the `programme` with it, None when there are faults."""

    form: Form | None
    programme: Programme | None
    sheets: Sequence[Sheet]
    report: Report

    @property
    def faults(self) -> list[Finding]:
        """Every fault, in file order."""
        return sorted(self.report.faults)

    @property
    def notices(self) -> list[Finding]:
        """Everything left out or worth a look."""
        return sorted(self.report.notices)


def exchange(data: bytes, file: str, programme: Programme, earlier: Sequence[Form], expected: str = "") -> Exchange:
    """Read a form file for a programme. `earlier`: the published versions of all its forms, newest first.

    Never raises for what stands in the file. `expected` names the form it has to be, "" = any.
    """
    report = Report()
    sheets = read_sheets(data, file, report)
    draft = form_draft(sheets, file, report, programme.languages)
    if draft is None:
        return Exchange(None, None, sheets, report)
    check_one_form(draft, report)
    if expected and draft.form.id and draft.form.id != expected and draft.settings:
        message = f'This is the form "{draft.form.id}"; here only "{expected}" can be replaced. Correct form_id.'
        report.fault(draft.settings.at("form_id"), "form_id_differs", message)
    return _judged(draft, programme, earlier, Use(), sheets, report)


def exchange_form(form: Form, programme: Programme, earlier: Sequence[Form], use: Use) -> Exchange:
    """Judge a form that was read before against the programme as it is now."""
    draft = FormDraft(form, f"forms/{form.id}", {}, {})
    return _judged(draft, programme, earlier, use, (), Report())


def _judged(
    draft: FormDraft, programme: Programme, earlier: Sequence[Form], use: Use, sheets: Sequence[Sheet], report: Report
) -> Exchange:
    same = [form for form in earlier if form.id == draft.form.id]
    check_continuity(draft, same, report)
    draft = _as_used(draft, programme, use, report)
    changed = with_form(programme, draft.form, use)
    before, after = Report(), Report()
    check_programme(draft_of(programme), before)
    whole = draft_of(changed)
    whole.forms[draft.form.id] = draft
    check_programme(whole, after)
    report.faults |= set(_gathered(after.faults - before.faults, programme, draft))
    report.notices |= after.notices - before.notices
    if report.faults:
        return Exchange(None, None, sheets, report)
    return Exchange(draft.form, changed, sheets, report)


def _gathered(faults: Set[Finding], programme: Programme, draft: FormDraft) -> Iterator[Finding]:
    """Yield the faults; for a question that is missing now, one that names everything it is missed by."""
    users = users_of(programme)
    had = next((form.questions() for form in programme.forms if form.id == draft.form.id), ())
    missing = {question.name for question in had} - {question.name for question in draft.form.questions()}
    yield from (one for one in faults if one.code != "unknown_question" or one.place.file not in _RULES)
    for name in sorted(missing & users.keys()):
        message = (
            f'"{name}" is gone, but this needs it: {listed(users[name], 20)}. Put the question back, or publish the '
            "programme's folder with changed rules."
        )
        yield Finding(Place(draft.file, sheet="survey"), "used_question_removed", message)


def _as_used(draft: FormDraft, programme: Programme, use: Use, report: Report) -> FormDraft:
    """Return the draft with what the programme says about the use of the form."""
    form = draft.form
    known = next((one for one in programme.forms if one.id == form.id), None)
    if known is None:
        return replace(draft, form=replace(form, respondents=use.respondents, anonymous=use.anonymous))
    title = form.title
    if len(set(known.title.values())) > 1:
        title = known.title
        if form.title.get(form.default_language) not in title.values():
            place = draft.settings.at("form_title") if draft.settings else Place(draft.file)
            message = "The title stays as it is: the programme has one for every language."
            report.notice(place, "title_stays", message)
    used = replace(
        form,
        title=title,
        respondents=known.respondents,
        anonymous=known.anonymous,
        minutes=known.minutes,
        complete_min=known.complete_min,
        complete_with=known.complete_with,
        missing=known.missing,
    )
    return replace(draft, form=used)


def with_form(programme: Programme, form: Form, use: Use) -> Programme:
    """Return the programme with this form in place of the one with its id, or as a further one."""
    if any(one.id == form.id for one in programme.forms):
        return replace(programme, forms=tuple(form if one.id == form.id else one for one in programme.forms))
    waves = tuple(
        replace(wave, forms=(*wave.forms, form.id)) if wave.code in use.waves else wave for wave in programme.waves
    )
    return replace(programme, forms=(*programme.forms, form), waves=waves)
