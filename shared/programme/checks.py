"""Everything that can only be judged once the files are read: forms on their own, then the whole programme."""

from __future__ import annotations

from shared.programme.calendar_checks import check_calendar
from shared.programme.drafts import ProgrammeDraft
from shared.programme.entries import FormDraft
from shared.programme.form_checks import check_form
from shared.programme.place import Report
from shared.programme.plan_checks import check_plans, check_scales
from shared.programme.reach_checks import check_reach
from shared.programme.rule_checks import check_rules
from shared.programme.xlsform import check_convertible


def check_one_form(draft: FormDraft, report: Report) -> None:
    """Report faults of one form; what asks for a sound form is looked at only when nothing else is wrong."""
    check_form(draft, report)
    if not report.faults:
        check_reach(draft, report)
    if not report.faults:
        check_convertible(draft, report)


def check_programme(draft: ProgrammeDraft, report: Report) -> None:
    """Report faults between the parts of a programme."""
    check_calendar(draft, report)
    check_plans(draft, report)
    check_scales(draft, report)
    check_rules(draft, report)
