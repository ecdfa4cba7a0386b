"""Handing a draft in, once however often it is sent; opening it again; settling what came in twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.intake.domain.answers import judge
from services.intake.domain.draft import Draft
from services.intake.domain.pages import paginate
from services.intake.domain.submission import ONE, Sent, Submission
from services.intake.domain.values import Answer
from services.intake.handlers.desk import Desk
from services.intake.handlers.draft_store import DraftStore
from services.intake.handlers.drafts import Drafts, of_submission
from services.intake.handlers.opening import check_open
from services.intake.handlers.submit import Submissions
from shared.errors import Conflict, Invalid, NotFound


class HandingIn:
    """Turns drafts into submissions and back."""

    def __init__(self, desk: Desk, submissions: Submissions, drafts: Drafts) -> None:
        self._desk = desk
        self._submissions = submissions
        self._opened = drafts
        self._drafts = DraftStore(desk)

    def submit(self, draft: Draft, language: str) -> Submission:
        """Hand the draft in; submitting again gives the same submission.

        Raises Invalid with every fault, Conflict as `Submissions.submit`.
        """
        if draft.state == "submitted":
            return self.submission(draft)
        asked = self._desk.questionnaire(draft.place)
        faults = judge(self._opened.record(draft, language), draft.refused(asked.compiled, language), language)
        if faults:
            raise Invalid(faults)
        try:
            accepted = self._submissions.submit(_sent(draft, draft.known(asked.compiled)), language)
        except Conflict as refused:
            if refused.code != "instance_conflict":
                raise
            # handed in before, changed since: the change is the next revision
            return self.submit(self._renew(draft, draft.instance_id), language)
        self._drafts.write(draft, lambda now: replace(now, state="submitted", answers={}, typed={}))
        return accepted.submission

    def submission(self, draft: Draft) -> Submission:
        """Return what was handed in with this draft. Raises NotFound."""
        found = self._submissions.find(draft.place, draft.instance_id)
        if found is None:
            raise NotFound("Nothing was submitted under this link.")
        return found

    def change(self, draft: Draft) -> Draft:
        """Open a submitted response again; what is handed in next replaces it. Raises Conflict when not open."""
        asked = self._desk.questionnaire(draft.place)
        if draft.state == "draft":
            return draft
        latest = self._latest(draft)
        check_open(self._desk, asked, latest.instance_id)
        opened = replace(
            draft,
            state="draft",
            instance_id=self._instance(),
            deprecated_id=latest.instance_id,
            answers=latest.answers,
            form_version=latest.form_version,
            seen=[page.key for page in paginate(asked.form)],
        )
        return self._drafts.write(draft, lambda now: replace(opened, rev=now.rev) if now.state != "draft" else now)

    def replace_other(self, draft: Draft) -> Draft:
        """Let the draft replace what came in by another way meanwhile. Raises NotFound when nothing did."""
        return self._renew(draft, self._latest(draft).instance_id)

    def give_up(self, draft: Draft) -> Draft:
        """Give up the draft for what came in by another way meanwhile. Raises NotFound when nothing did."""
        kept = replace(of_submission(draft.id, self._latest(draft)), respondent=draft.respondent)
        return self._drafts.write(draft, lambda now: replace(kept, rev=now.rev))

    def _latest(self, draft: Draft) -> Submission:
        """Return the newest submission of the response the draft belongs to. Raises NotFound."""
        known = (draft.instance_id, draft.deprecated_id)
        sent = [self._submissions.find(draft.place, instance) for instance in known if instance]
        names = [draft.respondent, *(submission.respondent for submission in sent if submission)]
        found = next((self._submissions.latest(draft.place, name) for name in names if name), None)
        if found is None:
            raise NotFound("Nothing was submitted under this link.")
        return found

    def _renew(self, draft: Draft, deprecated_id: str) -> Draft:
        fresh = self._instance()
        return self._drafts.write(draft, lambda now: replace(now, instance_id=fresh, deprecated_id=deprecated_id))

    def _instance(self) -> str:
        return f"uuid:{self._desk.new_id()}"


def _sent(draft: Draft, answers: Mapping[str, Answer]) -> Sent:
    return Sent(
        place=draft.place,
        instance_id=draft.instance_id,
        answers=answers,
        respondent=None if draft.respondent == ONE else draft.respondent,
        deprecated_id=draft.deprecated_id,
    )
