"""How a programme uses its forms: identifiers, completeness, anonymity, codes for missing answers, scales."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from shared.programme.calendar_checks import check_known, list_items
from shared.programme.drafts import Draft, FormPlan, ProgrammeDraft
from shared.programme.entries import FormDraft
from shared.programme.fields import Record
from shared.programme.model import Question, Scale
from shared.programme.place import Report, listed

SMALLEST_GROUP = 3
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_SCALED = frozenset({"select_one", "integer", "decimal", "range"})


def check_plans(draft: ProgrammeDraft, report: Report) -> None:
    """Report faults of the `forms:` section against the forms themselves."""
    for plan in draft.plans.values():
        if plan.anonymous and plan.respondents == "one":
            message = f'With one respondent per site "{plan.id}" is not anonymous; write `respondents: many`.'
            report.fault(plan.record.at("anonymous"), "not_anonymous", message)
        form = draft.forms.get(plan.id)
        if form:
            _check_form_id(plan, form, report)
            _check_complete(plan, form)
            names = {choice.name for choices in form.form.choices.values() for choice in choices}
            check_known(plan.record, "missing", names, f'choice in the form "{plan.id}"', "unknown_choice")
    if any(plan.anonymous for plan in draft.plans.values()):
        _check_group_size(draft, report)


def _check_form_id(plan: FormPlan, form: FormDraft, report: Report) -> None:
    if form.form.id and form.form.id != plan.id and form.settings:
        message = f'The form_id is "{form.form.id}", but programme.yaml calls this form "{plan.id}"; make them equal.'
        report.fault(form.settings.at("form_id"), "form_id_differs", message)


def _check_complete(plan: FormPlan, form: FormDraft) -> None:
    complete = plan.record.record("complete", None)
    include = complete.record("include", None) if complete else None
    if include is None:
        return
    questions = {question.name: question for question in form.form.questions()}
    for name, scalar in include.node.keys.items():
        if name in form.unread:
            continue
        question = questions.get(name)
        if question is None:
            message = f'The form "{plan.id}" has no question "{name}".{include.report.hint(name, questions)}'
            include.fault(scalar.place, "unknown_question", message)
        elif question.type not in ("select_one", "select_multiple"):
            message = f'"{name}" offers no choices; `include` needs a question with a list.'
            include.fault(scalar.place, "wrong_type", message)
        else:
            names = [choice.name for choice in form.form.choices.get(question.list_name or "", ())]
            check_known(include, name, names, f'choice of "{name}"', "unknown_choice")


def _check_group_size(draft: ProgrammeDraft, report: Report) -> None:
    record = draft.frame.record
    why = f"An anonymous form shows groups of at least {SMALLEST_GROUP}; write {SMALLEST_GROUP} or more."
    if draft.frame.min_n < SMALLEST_GROUP:
        report.fault(record.at("min_n"), "group_too_small", why)
    for indicator in draft.indicators:
        plan = draft.plans.get(indicator.value.form)
        if plan and plan.anonymous and indicator.value.min_n < SMALLEST_GROUP:
            report.fault(indicator.record.at("min_n"), "group_too_small", why)


def check_scales(draft: ProgrammeDraft, report: Report) -> None:
    """Report faults of scales against the questions they are made of."""
    for scale in draft.scales:
        check_known(scale.record, "reversed", scale.value.items, "item of this scale", "reversed_not_an_item")
        if scale.value.items and scale.value.min_valid > len(scale.value.items):
            message = f"min_valid is {scale.value.min_valid}, but the scale has only {len(scale.value.items)} items."
            report.fault(scale.record.at("min_valid"), "min_valid_too_large", message)
        _check_items(scale, draft, report)


def _check_items(scale: Draft[Scale], draft: ProgrammeDraft, report: Report) -> None:
    home = home_of(scale.value, draft)
    unreadable = draft.plans.keys() - draft.forms.keys()
    if home is None:
        if draft.forms and not unreadable and scale.value.items:
            report.fault(scale.record.at("items"), "unknown_question", "No form has any of these questions.")
        return
    questions = {question.name: question for question in home.form.questions()}
    for item in list_items(scale.record, "items"):
        if item.text in home.unread:
            continue
        question = questions.get(item.text)
        if question is None:
            message = f'The form "{home.form.id}" has no question "{item.text}".{report.hint(item.text, questions)}'
            report.fault(item.place, "unknown_question", message)
        elif question.type not in _SCALED:
            message = f'"{item.text}" is of type {question.type}; a scale needs select_one or numbers.'
            report.fault(item.place, "wrong_type", message)
    _check_codes(scale, questions, home, scale.record, report)


def home_of(scale: Scale, draft: ProgrammeDraft) -> FormDraft | None:
    """Return the form that holds most of the scale's items."""
    wanted = set(scale.items)
    counts = {id_: sum(q.name in wanted for q in form.form.questions()) for id_, form in draft.forms.items()}
    best = max(counts, key=lambda id_: counts[id_], default="")
    return draft.forms[best] if counts.get(best) else None


def _check_codes(
    scale: Draft[Scale], questions: Mapping[str, Question], home: FormDraft, record: Record, report: Report
) -> None:
    low, high = scale.value.range
    lists = {q.list_name for name in scale.value.items if (q := questions.get(name)) and q.list_name}
    codes = {choice.name for name in lists for choice in home.form.choices.get(name or "", ())}
    if not codes or math.isinf(low):
        return
    outside = [
        code
        for code in sorted(codes - set(scale.value.missing))
        if not _NUMBER.fullmatch(code) or not low <= float(code) <= high
    ]
    if outside:
        message = (
            f"The choices {listed(outside)} do not lie in the range; widen it or list them under `missing:` "
            "(in quotes) when they mean no answer."
        )
        report.fault(record.at("range"), "outside_range", message)
    check_known(record, "missing", codes, "choice of these items", "unknown_choice")
