"""Responses read one by one and sent back: open for changes again, with a comment, until a day."""

from __future__ import annotations

from dataclasses import replace

from services.intake.domain.export_access import Reader, reader_of
from services.intake.domain.review import SentBack, Stated
from services.intake.domain.submission import ONE, Place, Submission
from services.intake.handlers.desk import Desk
from services.intake.handlers.form_history import FormHistory
from services.intake.handlers.invite import Invitations
from services.intake.handlers.kept import from_document, sent_back_from
from services.intake.handlers.submit import Submissions
from services.intake.ports import SENT_BACK, SUBMISSIONS, Mailer
from shared.clock import plus
from shared.errors import Bilingual, Conflict, Forbidden, NotFound, TransientError
from shared.programme.model import Form
from shared.registry import Account
from shared.store.port import Change, Document, Duplicate
from shared.web.language import day

AGAIN_S, _LEASE_S = 20, 60
TEXTS = {
    "de": (
        "Bitte ergänzen: {form}",
        "Guten Tag,\n\nIhre Antworten auf den Fragebogen „{form}“ wurden mit einer Anmerkung zurückgegeben. "
        "Bis {until} können Sie sie ändern. Die Anmerkung steht auf der Seite:\n\n{url}\n",
    ),
    "en": (
        "Please look again: {form}",
        "Hello,\n\nyour answers to the questionnaire “{form}” were sent back with a comment. "
        "You can change them until {until}. The comment is on this page:\n\n{url}\n",
    ),
}
NO_SINGLE = Bilingual(
    "Your roles do not read single answers of this form here.",
    "Ihre Rollen lesen hier keine einzelnen Antworten dieses Fragebogens.",
)
NO_RESPONSE = Bilingual("There is no such response.", "Diese Antwort gibt es nicht.")
ANONYMOUS = Bilingual(
    "Anonymous answers are not sent back.", "Anonyme Antworten werden nicht zur Korrektur zurückgegeben."
)
OLDER = Bilingual(
    "A newer revision has come in, or somebody has sent this one back already.",
    "Inzwischen ist eine neuere Fassung eingegangen, oder diese wurde schon zurückgegeben.",
)
REVIEWERS = ("consultant", "evaluator")


class Reviewing:
    """Finds single responses for those who may read them, and sends them back."""

    def __init__(
        self, desk: Desk, submissions: Submissions, invitations: Invitations, history: FormHistory, public_url: str
    ) -> None:
        self._desk = desk
        self._history = history
        self._submissions = submissions
        self._invitations = invitations
        self._public_url = public_url
        self._sent_back = desk.collection(SENT_BACK)

    def responses(self, place: Place, account: Account) -> list[Submission]:
        """Return the newest revision of every response at this place, the latest first. Raises Forbidden, NotFound."""
        self._reader(place, account)
        where = {"programme": place.programme, "wave": place.wave, "form": place.form, "site": place.site}
        return sorted(self._submissions.newest(where), key=lambda one: one.received_at, reverse=True)

    def revisions(self, programme: str, response: str, account: Account) -> list[Submission]:
        """Return all revisions of a response, oldest first. Raises NotFound, Forbidden."""
        kept = self._desk.collection(SUBMISSIONS).find({"response": response}, sort=("revision",))
        found = [from_document(document) for document in kept]
        if not found or found[-1].erased or found[-1].place.programme != programme:
            raise NotFound(NO_RESPONSE)
        self._reader(found[-1].place, account)
        return [revision for revision in found if not revision.erased]

    def stated(self, revision: Submission) -> Stated:
        """Return the revision with its form. Raises NotFound."""
        return Stated(revision, self._desk.questionnaire(revision.place, revision.form_version).compiled)

    def sent_back(self, revision: Submission) -> SentBack | None:
        """Return how this revision was sent back, None if it was not."""
        return sent_back_from(self._sent_back.get(revision.id))

    def may_send_back(self, revision: Submission, account: Account) -> bool:
        """Return whether the account may send this response back."""
        return not self._form(revision.place).anonymous and account.may(
            REVIEWERS, revision.place.programme, revision.place.site
        )

    def send_back(self, revision: Submission, account: Account, comment: str, until: str) -> None:
        """Open the newest revision for changes until this instant and tell the site's coordinators, where they answer.

        Raises Forbidden; Conflict `not_current` when it is not the newest, or was sent back before.
        """
        if not self.may_send_back(revision, account):
            raise Forbidden(ANONYMOUS)
        newest = self._submissions.latest(revision.place, revision.respondent)
        if newest is None or newest.id != revision.id:
            raise Conflict("not_current", OLDER)
        now, place = self._desk.now(), revision.place
        told = self._coordinators(place) if revision.respondent == ONE else []
        document: Document = {
            "_id": revision.id,
            "programme": place.programme,
            "form": place.form,
            "site": place.site,
            "wave": place.wave,
            "comment": comment,
            "by": account.name,
            "at": now,
            "until": until,
            "to_tell": told,
            **({"mail_due": now} if told else {}),
        }
        try:
            self._sent_back.insert(document)
        except Duplicate as error:
            raise Conflict("not_current", OLDER) from error

    def _coordinators(self, place: Place) -> list[str]:
        known = self._desk.registry.accounts_for(place.programme, place.site, "coordinator")
        return [account.id for account in known if account.email]

    def mail_one(self, mailer: Mailer, owner: str) -> int:
        """Tell one coordinator of one response sent back; 0 when nobody is to be told."""
        now = self._desk.now()
        lease = self._sent_back.claim({}, due="mail_due", now=now, until=plus(now, _LEASE_S), owner=owner)
        if lease is None:
            return 0
        document = lease.document
        first, *rest = document["to_tell"]
        try:
            self._mail(mailer, first, document)
        except TransientError:
            change = Change(set={"mail_due": plus(now, AGAIN_S)})
        else:
            change = Change(set={"to_tell": rest}, unset=() if rest else ("mail_due",))
        self._sent_back.finish(document["_id"], lease.fence, change)
        return 1

    def _mail(self, mailer: Mailer, account_id: str, document: Document) -> None:
        account = self._desk.registry.account(account_id)
        if account is None or not account.active or self._desk.now() >= document["until"]:
            return
        place = Place(document["programme"], document["form"], document["site"], document["wave"])
        title = self._desk.questionnaire(place).form.title
        subject, text = TEXTS.get(account.language, TEXTS["en"])
        form = title.get(account.language) or next(iter(title.values()), place.form)
        url = f"{self._public_url.rstrip('/')}/q/{self._invitations.own(place, account.id).token}"
        until = day(document["until"], account.language, zone=self._desk.zone)
        mailer.send(account.email, subject.format(form=form), text.format(form=form, until=until, url=url))

    def _reader(self, place: Place, account: Account) -> Reader:
        """Return what the account may read of single answers here. Raises Forbidden, NotFound."""
        form = self._form(place)
        reader = reader_of(account, place.programme, form)
        outside = reader is None or not (reader.sites is None or place.site in reader.sites)
        if reader is None or outside or (form.anonymous and not reader.full):
            raise Forbidden(NO_SINGLE)
        return reader

    def _form(self, place: Place) -> Form:
        """Return the form; anonymous, or answered by many, if any of its versions was."""
        form = self._desk.questionnaire(place).form
        versions = [form, *(one for one in self._history.forms(place.programme) if one.id == form.id)]
        many = any(one.respondents == "many" for one in versions)
        anonymous = any(one.anonymous for one in versions)
        return replace(form, anonymous=anonymous, respondents="many" if many else "one")
