"""One request under a questionnaire link: what is asked, the draft behind it, addresses within the link."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, url_for

from services.intake.domain.answers import judge
from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.pages import Page, Path, paginate, path
from services.intake.domain.refit import refit
from services.intake.domain.review import SentBack
from services.intake.handlers.desk import Questionnaire
from services.intake.handlers.opening import reopened
from services.intake.web.here import office
from services.intake.web.page_view import said
from services.intake.web.revised import News, news_of
from shared.clock import from_text
from shared.errors import Fault
from shared.web.language import current


@dataclass(frozen=True)
class Visit:
    """What a questionnaire page works with. `draft` is None before anything was begun.

    `sent_back`: what was handed in is open for changes, whatever the calendar says.
    `refitted`: the draft meets another version of the form in this request, the person was not told yet.
    """

    token: str
    run: str | None
    asked: Questionnaire
    draft: Draft | None
    refitted: bool = field(default=False, kw_only=True)
    sent_back: SentBack | None = field(default=None, kw_only=True)

    @property
    def template(self) -> str:
        """The template that draws a page."""
        return "page.html"

    @property
    def state(self) -> str:
        """Whether the wave is planned, open (or what was handed in was sent back) or closed now."""
        return "open" if self.sent_back else self.asked.calendar.state(office().desk.now())

    def editable(self) -> Draft | None:
        """Return the draft if answers can be changed now, else None: show the start page instead."""
        usable = self.state == "open" and self.draft is not None and self.draft.state == "draft"
        return self.draft if usable else None

    def url(self, view: str, **parts: str) -> str:
        """Return the address of a view in this link, in the respondent's own part when the link is shared."""
        values: dict[str, Any] = {"token": self.token, **parts}
        if self.run:
            values["run"] = self.run
        return url_for(f"questionnaire.{view}", **{name: value for name, value in values.items() if value})

    @property
    def until(self) -> str:
        """The last day on which answers are taken: the wave's, or a later one until which they were sent back."""
        closes = self.asked.calendar.closes_at
        last = max(closes, self.sent_back.until) if self.sent_back else closes
        return str((from_text(last) - timedelta(seconds=1)).astimezone(ZoneInfo(self.zone)).date())

    @property
    def zone(self) -> str:
        """The time zone in which times are shown."""
        return office().desk.zone

    @property
    def shared_start(self) -> bool:
        """True on the start page of a link that many share, before a respondent's own part begins."""
        return self.run is None and self.asked.form.respondents == "many" and self.draft is None

    @property
    def outside_url(self) -> str:
        """The full address to come back to."""
        return str(current_app.config["PUBLIC_URL"]) + self.url("start")

    def shown(self, record: Record) -> Path:
        """Return the pages that are shown for these answers."""
        return path(paginate(record.compiled.form), record)

    @property
    def news(self) -> News | None:
        """What has changed since the draft was begun under an earlier version of the form."""
        return news_of(self.asked, self.draft) if self.draft else None

    def last_page(self, record: Record) -> tuple[str, str] | None:
        """Return key and name of the page that was sent last, None if there is none or it is not shown."""
        page = self.shown(record).page(self.draft.last_page) if self.draft else None
        return (page.key, _name(page, record)) if page else None

    def now_with(self, draft: Draft, run: str | None = None) -> Visit:
        """Return the visit with the draft as it is now."""
        return replace(self, draft=draft, run=run or self.run)


def _name(page: Page, record: Record) -> str:
    """Return the heading of a page; one without is called by its first question."""
    label = page.label or record.compiled.items[page.names[0]].question.label
    return said(label, record.compiled, record.values, current())


def visit(token: str, run: str | None) -> Visit:
    """Return the visit behind a link. Raises NotFound for links that do not work."""
    invitation = office().invitations.find(token)
    asked = office().desk.questionnaire(invitation.place)
    draft = office().drafts.find(invitation, run)
    fitted = refit(draft, asked.compiled, current()) if draft else None
    sent_back = reopened(office().desk, invitation.place, _handed_in(draft)) if draft else None
    return Visit(token, run, asked, fitted, refitted=fitted is not draft, sent_back=sent_back)


def _handed_in(draft: Draft) -> str | None:
    """Return the instance of the revision that was handed in last, as far as the draft knows."""
    return draft.instance_id if draft.state == "submitted" else draft.deprecated_id


def without_draft(token: str, run: str | None) -> Visit:
    """Return the visit behind a link without looking at what was begun. Raises NotFound."""
    return Visit(token, run, office().desk.questionnaire(office().invitations.find(token).place), None)


def record_of(draft: Draft) -> Record:
    """Return the draft's answers under the form's rules, in the language of the request."""
    return office().drafts.record(draft, current())


def faults_of(draft: Draft, record: Record) -> list[Fault]:
    """Return every fault of the draft in the order of the form."""
    language = current()
    return judge(record, draft.refused(record.compiled, language), language)
