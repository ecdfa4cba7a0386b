"""Erasing a response for good, and tidying away what has served its purpose."""

from __future__ import annotations

from datetime import timedelta

from services.intake.domain.submission import Place, Submission, response_id, submission_id
from services.intake.domain.waves import calendar
from services.intake.handlers.consent import consent_id
from services.intake.handlers.desk import Desk
from services.intake.handlers.kept import from_document
from services.intake.handlers.submit import Submissions
from services.intake.ports import (
    CONSENTS,
    DRAFTS,
    FORM_UPLOADS,
    INVITATIONS,
    REGISTER,
    REGISTER_MAILS,
    SIGN_IN_LINKS,
    SUBMISSIONS,
)
from shared.clock import from_text, to_text
from shared.errors import NotFound, TransientError
from shared.events import Event, derived_id
from shared.outbox import stage
from shared.store.port import Change, CollectionSpec, Range, Where

DRAFT_DAYS = 30
_AT_ONCE = 500
_ATTEMPTS = 20
_EXPIRING = (SIGN_IN_LINKS, INVITATIONS, REGISTER, REGISTER_MAILS, FORM_UPLOADS)


class Erasing:
    """Removes answers; the other services are told to do the same."""

    def __init__(self, desk: Desk, submissions: Submissions) -> None:
        self._desk = desk
        self._submissions = submissions
        self._kept = desk.collection(SUBMISSIONS)

    def erase(self, place: Place, instance_id: str) -> int:
        """Remove every revision of the response this instance belongs to, and its drafts; return how many.

        What stays of a revision is that it was there: ids and dates, no answers. Raises NotFound.
        """
        named = self._submissions.find(place, instance_id)
        if named is None:
            raise NotFound(f"nothing was submitted under {instance_id[:80]}")
        response = response_id(named.place, named.respondent)
        revisions = [from_document(found) for found in self._kept.find({"response": response}, sort=("revision",))]
        last = max(revision.revision for revision in revisions)
        for revision in revisions:
            self._empty(revision, told=revision.revision == last)
            self._submissions.forget_sent_back(revision)
        self._drop_drafts(named.place, {revision.instance_id for revision in revisions})
        for revision in revisions:
            self._desk.collection(CONSENTS).delete(consent_id(revision.place, revision.instance_id))
        return len(revisions)

    def _drop_drafts(self, place: Place, instances: set[str]) -> None:
        """Remove the drafts these were handed in from, and drafts of changes to them."""
        drafts = self._desk.collection(DRAFTS)
        for draft in drafts.find(_where(place)):
            if {draft["instance_id"], draft["deprecated_id"]} & instances:
                drafts.delete(draft["_id"])

    def _empty(self, revision: Submission, *, told: bool) -> None:
        for _ in range(_ATTEMPTS):
            document = self._kept.get(revision.id) or {}
            before = {"outbox_rev": document.get("outbox_rev")}
            events = [_erased(revision, self._desk.now())] if told else []
            fields = {"answers": {}, "content_hash": "", "erased": True, **stage(before, events, self._desk.now())}
            unset = ("field",) if told else ("field", "outbox_due")
            if self._kept.update_if(revision.id, before, Change(set=fields, unset=unset)) is not None:
                return
        raise TransientError("the submission is being changed elsewhere")


def _erased(revision: Submission, now: str) -> Event:
    place = revision.place
    return Event(
        name="submission.erased",
        subject=f"{place.programme}/{place.site}",
        source="intake",
        id=derived_id("submission.erased", revision.id),
        time=now,
        origin=f"{SUBMISSIONS.name}/{revision.id}",
        data={
            **_where(place),
            **revision.told_as,
            "revision": revision.revision + 1,
        },
    )


def _where(place: Place) -> dict[str, str]:
    return {"programme": place.programme, "form": place.form, "site": place.site, "wave": place.wave}


class Tidying:
    """Removes links, addresses and the log of mails that have expired, and drafts 30 days after their wave."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run_once(self) -> int:
        """Remove what has served its purpose; return how much."""
        expired = {"expires_at": Range(lt=self._desk.now())}
        done = sum(self._remove(spec, expired) for spec in _EXPIRING)
        long_ago = to_text(from_text(self._desk.now()) - timedelta(days=DRAFT_DAYS))
        for programme in self._desk.registry.programmes():
            for wave in programme.waves:
                if calendar(wave, self._desk.zone).closes_at < long_ago:
                    done += self._remove(
                        DRAFTS, {"programme": programme.id, "wave": wave.code, "saved_at": Range(lt=long_ago)}
                    )
        return done + self._drop_consents()

    def _drop_consents(self) -> int:
        """Remove the records of what was begun and never handed in; the others are kept from now on."""
        consents, done = self._desk.collection(CONSENTS), 0
        for record in consents.find({"kept_until": Range(lt=self._desk.now()[:10])}, limit=_AT_ONCE):
            place = Place(record["programme"], record["form"], record["site"], record["wave"])
            if self._desk.collection(SUBMISSIONS).get(submission_id(place, record["instance_id"])) is None:
                done += consents.delete(record["_id"])
            else:
                consents.update_if(record["_id"], {}, Change(unset=("kept_until",)))
        return done

    def _remove(self, spec: CollectionSpec, where: Where) -> int:
        collection = self._desk.collection(spec)
        return sum(collection.delete(document["_id"]) for document in collection.find(where, limit=_AT_ONCE))
