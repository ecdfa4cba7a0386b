"""What a page's script asks while somebody fills it in: save what is typed so far, show the page as it is now."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from services.intake.web.drawing import draw_page
from services.intake.web.here import office
from services.intake.web.printing import blueprint
from services.intake.web.questionnaire import AWAY, as_shown, page_of, typed_on, under_link
from services.intake.web.visit import record_of, visit
from shared.errors import StoreUnavailable
from shared.web.language import current

__all__ = ["blueprint"]


@under_link("/p/<key>/live", "POST")
def live(token: str, key: str, run: str | None = None) -> ResponseReturnValue:
    """Save the page without going on; return it with the questions that are relevant now, no faults named yet.

    409 when the answers can no longer be changed here, 503 when nothing could be saved.
    """
    try:
        here = visit(token, run)
        draft = here.editable()
        if draft is None:
            return "", 409
        record = record_of(as_shown(here, draft))
        draft = office().drafts.save_page(draft, "", typed_on(page_of(record, key), record), current())
        record = record_of(draft)
        return draw_page(here.now_with(draft), page_of(record, key), draft, record)
    except StoreUnavailable:
        return "", 503, AWAY
