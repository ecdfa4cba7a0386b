"""Drafts: begun by a link, found again from anywhere, saved page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.intake.domain.defaults import defaults_of
from services.intake.domain.draft import Draft
from services.intake.domain.filling import Record
from services.intake.domain.invitation import Invitation
from services.intake.domain.refit import refit
from services.intake.domain.repeats import ids_of, is_repeat, key_of, name_of, with_first_items
from services.intake.domain.sealing import Unreadable
from services.intake.domain.submission import Submission, day_of
from services.intake.domain.unfolding import unfold
from services.intake.domain.values import Answer
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.draft_store import DraftStore
from services.intake.handlers.opening import check_open
from services.intake.handlers.submit import Submissions
from shared.errors import NotFound
from shared.events import derived_id


@dataclass(frozen=True)
class Begun:
    """A draft and, for a link that many share, the token of this respondent's own part of the link."""

    draft: Draft
    run: str | None


class Drafts:
    """Opens and saves drafts. `new_token` makes the part of a shared link that is a respondent's own."""

    def __init__(self, desk: Desk, submissions: Submissions, new_token: Callable[[], str]) -> None:
        self._desk = desk
        self._submissions = submissions
        self._new_token = new_token
        self._drafts = DraftStore(desk)

    def begin(self, invitation: Invitation) -> Begun:
        """Open the respondent's draft, or a fresh one when the link is shared. Raises Conflict when not open."""
        asked = self._desk.questionnaire(invitation.place)
        check_open(self._desk, asked)
        run = self._new_token() if invitation.shared else None
        existing = None if run else self.find(invitation, None)
        return Begun(existing or self._fresh(asked, invitation, run), run)

    def find(self, invitation: Invitation, run: str | None) -> Draft | None:
        """Return the draft behind a link, None if nothing was begun. Writes nothing.

        A response that came in another way (the API) shows as a submitted draft. Raises Unreadable.
        """
        if invitation.shared and run is None:
            return None
        draft = self._drafts.find(_draft_id(invitation, run), run or "")
        if draft is not None:
            return draft if draft.place == invitation.place else None
        if invitation.respondent is None:
            return None
        sent = self._submissions.latest(invitation.place, invitation.respondent)
        return of_submission(_draft_id(invitation, run), sent) if sent and not sent.erased else None

    def begin_again(self, invitation: Invitation, run: str | None) -> Draft:
        """Empty a draft that cannot be opened; any other is returned as it is. Raises NotFound, Conflict."""
        asked = self._desk.questionnaire(invitation.place)
        check_open(self._desk, asked)
        try:
            return self.get(invitation, run)
        except Unreadable:
            empty = self._drafts.find_empty(_draft_id(invitation, run), run or "")
        if empty is None or empty.place != invitation.place:
            raise NotFound("Nothing was begun under this link.")
        fresh = self._with_defaults(replace(empty, saved_at=self._moment(asked)), asked)
        return self._drafts.write(fresh, lambda now: now)

    def get(self, invitation: Invitation, run: str | None) -> Draft:
        """Return the draft behind a link. Raises NotFound."""
        draft = self.find(invitation, run)
        if draft is None:
            raise NotFound("Nothing was begun under this link.")
        return draft

    def save_page(self, draft: Draft, page: str, sent: Mapping[str, Sequence[str]], language: str) -> Draft:
        """Keep what was typed on a page, right or wrong, whatever another window saved meanwhile.

        A draft that was submitted meanwhile is returned as it is. Raises Conflict when not open.
        """
        asked = self._desk.questionnaire(draft.place)
        check_open(self._desk, asked, draft.deprecated_id)

        def with_page(now: Draft) -> Draft:
            if now.state == "submitted":
                return now
            fitted = refit(now, asked.compiled, language)
            return replace(fitted.with_page(asked.compiled, page, sent, language), saved_at=self._moment(asked))

        return self._drafts.write(draft, with_page)

    def add_item(self, draft: Draft, repeat: str, language: str) -> tuple[Draft, str]:
        """Add an item to a repeat; return the draft and the item's key. Not idempotent. Raises NotFound, Conflict."""
        asked, id_ = self._asked(draft, repeat), self._desk.new_id().replace("-", "")[:8].lower()

        def added(now: Draft) -> Draft:
            fresh = refit(now, asked.compiled, language).with_item(asked.compiled, repeat, id_)
            return replace(fresh, answers={**self._defaults(fresh, asked), **fresh.answers})

        return self._drafts.write(draft, added), key_of(name_of(repeat), (*ids_of(repeat), id_))

    def remove_item(self, draft: Draft, item: str) -> Draft:
        """Remove an item (by its key) with everything in it; one that is not there is no matter. Raises Conflict."""
        *around, id_ = ids_of(item) or ("",)
        repeat = key_of(name_of(item), around)
        asked = self._asked(draft, repeat)
        language = asked.form.default_language

        def removed(now: Draft) -> Draft:
            return refit(now, asked.compiled, language).without_item(asked.compiled, repeat, id_)

        return self._drafts.write(draft, removed)

    def _asked(self, draft: Draft, repeat: str) -> Questionnaire:
        asked = self._desk.questionnaire(draft.place)
        check_open(self._desk, asked, draft.deprecated_id)
        item = unfold(asked.compiled, draft.answers).items.get(repeat)
        if draft.state != "draft" or item is None or not is_repeat(item) or item.calculation:
            raise NotFound("There is no such list of entries.")
        return asked

    def record(self, draft: Draft, language: str) -> Record:
        """Return the draft's answers under the form's rules."""
        asked = self._desk.questionnaire(draft.place)
        respondent = draft.respondent or draft.instance_id
        around = self._submissions.surroundings(asked, respondent, language)
        return Record(asked.compiled, draft.known(asked.compiled), around)

    def _fresh(self, asked: Questionnaire, invitation: Invitation, run: str | None) -> Draft:
        erased = self._submissions.latest(invitation.place, invitation.respondent) if invitation.respondent else None
        draft = Draft(
            id=_draft_id(invitation, run),
            place=invitation.place,
            respondent=invitation.respondent,
            instance_id=f"uuid:{self._desk.new_id()}",
            deprecated_id=erased.instance_id if erased else None,
            saved_at=self._moment(asked),
            own=run or "",
        )
        begun = self._with_defaults(draft, asked)
        return self._drafts.write(begun, lambda now: now if now.rev else begun)

    def _with_defaults(self, empty: Draft, asked: Questionnaire) -> Draft:
        draft = replace(empty, answers=with_first_items(asked.compiled, {}), form_version=asked.form.version)
        return replace(draft, answers={**self._defaults(draft, asked), **draft.answers})

    def _defaults(self, draft: Draft, asked: Questionnaire) -> dict[str, Answer]:
        return defaults_of(self.record(draft, asked.form.default_language))

    def _moment(self, asked: Questionnaire) -> str:
        now = self._desk.now()
        return day_of(now) if asked.form.anonymous else now


def _draft_id(invitation: Invitation, run: str | None) -> str:
    if run is not None:
        return derived_id("draft", hashlib.sha256(run.encode()).hexdigest())
    place = invitation.place
    return derived_id("draft", place.programme, place.form, place.site, place.wave, invitation.respondent)


def of_submission(id_: str, submission: Submission) -> Draft:
    """Return the draft that stands for a response handed in."""
    return Draft(
        id=id_,
        place=submission.place,
        respondent=submission.respondent,
        instance_id=submission.instance_id,
        saved_at=submission.received_at,
        state="submitted",
    )
