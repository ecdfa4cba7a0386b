"""A long form: judging a whole record, as every page of a questionnaire does."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from bench import samples
from bench.rows import Row
from services.intake.domain.answers import judge
from services.intake.domain.compiled import compile_questions
from services.intake.domain.filling import Record, Surroundings
from services.intake.domain.pages import paginate, path
from shared.programme.model import Choice, Form, Group, Question

QUESTIONS, ON_A_PAGE, BUDGET_MS = 560, 10, 10.0
_CHOICES = tuple(Choice(name, {"de": name, "en": name}) for name in ("grants", "rooms", "none"))
_SHOWN = "selected(${{q{0}}}, 'grants') or not(selected(${{q{1}}}, 'rooms'))"


def form(questions: int, conditions: int = 0) -> Form:
    """Return a form of select_multiple questions, ten on a page; so many are shown by two `selected()` each."""
    asked = [
        Question(
            f"q{n}", "select_multiple", {"de": f"Frage {n}", "en": f"Question {n}"}, list_name="topics",
            relevant=_SHOWN.format(n - 10, n - 9) if 10 <= n < 10 + conditions else None,
        )
        for n in range(questions)
    ]  # fmt: skip
    pages = range(0, questions, ON_A_PAGE)
    groups = tuple(Group(f"g{at}", {"de": "Seite", "en": "Page"}, tuple(asked[at : at + ON_A_PAGE])) for at in pages)
    base = samples.programme(1).form(samples.FORM)
    return replace(base, items=groups, choices={"topics": _CHOICES}, respondents="many")


def measure(rounds: int) -> Row:
    """Evaluate 560 questions with 900 `selected()` calls and find the pages that are shown."""
    compiled = compile_questions(form(QUESTIONS, 450))
    around = Surroundings(datetime.now(UTC), "de", lambda: "")
    answers = {name: ["grants", "rooms"] for name in compiled.items}
    took: list[float] = []
    for _ in range(10 * rounds):
        started = time.process_time()
        record = Record(compiled, answers, around)
        faults = judge(record, {}, "de")
        shown = path(paginate(record.compiled.form), record).pages
        took.append(1000 * (time.process_time() - started))
        assert not faults
        assert len(shown) == QUESTIONS // ON_A_PAGE
    return Row(
        what="one page of a form with 560 questions",
        measured=f"{median(took):.1f} ms",
        budget=f"<= {BUDGET_MS:.0f} ms",
        met=median(took) <= BUDGET_MS,
        note=f"900 selected(); CPU time of one core, slowest {max(took):.1f} ms",
    )
