"""Drawing the questionnaire's pages."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.pages import Page, paginate, progress
from services.intake.web import unsaved
from services.intake.web.page_view import said, sections, summary
from services.intake.web.visit import Visit
from shared.errors import Fault
from shared.web.language import current


def back_to_check() -> str:
    """Return "check" when the person came from the check page and shall return there, else ""."""
    return "check" if request.values.get("back") == "check" else ""


def draw_page(
    here: Visit, known: Page, draft: Draft, record: Record, faults: Sequence[Fault] = (), *, not_saved: bool = False
) -> str:
    """Return one page with its fields as HTML."""
    parts = sections(known, draft, record, faults, current())
    fields = [field for part in parts for field in part.fields]
    shown = [page.key for page in here.shown(record).pages]
    heading = said(known.label, record.compiled, record.values, current())
    before = shown[: shown.index(known.key)] if known.key in shown else []
    return render_template(
        here.template,
        visit=here,
        key=known.key,
        heading=heading,
        sections=parts,
        alone=len(fields) == 1 and not heading,
        shown=" ".join(name for part in parts for name in part.sent),
        remove=next((part for part in parts if part.item and part.item == request.args.get("remove")), None),
        faults=faults,
        progress=progress(paginate(record.compiled.form), record, known.key),
        previous=here.url("page", key=before[-1]) if before else here.url("start"),
        carried=unsaved.pack(draft, record),
        back=back_to_check(),
        live=here.url("live", key=known.key),
        more=request.method == "GET" and bool(request.args.get("more")),
        not_saved=not_saved,
    )


def draw_check(
    here: Visit, draft: Draft, record: Record, faults: Sequence[Fault] = (), *, not_saved: bool = False
) -> str:
    """Return the page that shows all answers before they are handed in."""
    pages = paginate(record.compiled.form)
    where = {name: page.key for page in pages for name in page.names}
    return render_template(
        "check.html",
        visit=here,
        blocks=summary(pages, record.compiled, {**record.values, **_as_typed(draft)}, record.shown, current()),
        faults=[(fault, _label(record, fault.path), where.get(fault.path, "")) for fault in faults],
        previous=here.url("page", key=here.shown(record).pages[-1].key),
        carried=unsaved.pack(draft, record),
        last=here.last_page(record),
        not_saved=not_saved,
    )


def _label(record: Record, name: str) -> str:
    item = record.compiled.items.get(name)
    return (said(item.question.label, record.compiled, record.values, current()) if item else "") or name


def _as_typed(draft: Draft) -> dict[str, str]:
    return {name: ", ".join(given) for name, given in draft.typed.items()}
