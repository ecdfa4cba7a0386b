"""Telling everything again, so that a service that lost its database can be rebuilt."""

from __future__ import annotations

from collections.abc import Callable

from services.intake.domain.answers import coded
from services.intake.domain.submission import Submission, received
from services.intake.handlers.desk import Desk
from services.intake.handlers.kept import from_document
from services.intake.handlers.state import State, state_event
from services.intake.handlers.submit import Submissions
from services.intake.ports import DEFINITIONS, SUBMISSIONS
from shared.events import Event
from shared.outbox import stage
from shared.registry.registry import ACCOUNTS, PROGRAMMES, SITES, WAVES
from shared.store.port import Change, CollectionSpec, Document

_OWN = ("_id", "outbox", "outbox_due", "outbox_rev", "lease_until", "lease_owner", "fence", "historic")
_ATTEMPTS = 20


class Republishing:
    """Stages the events of everything that is current. Consumers keep the highest revision: nothing doubles."""

    def __init__(self, desk: Desk, submissions: Submissions) -> None:
        self._desk = desk
        self._submissions = submissions

    def everything(self) -> dict[str, int]:
        """Stage all events again; return how many of each kind."""
        desk = self._desk
        counts = {"programme.published": sum(self._programme(head) for head in desk.collection(PROGRAMMES).find({}))}
        counts["account.changed"] = self._states(ACCOUNTS, lambda _: "account.changed", lambda _: "accounts")
        counts["site.changed"] = self._states(SITES, lambda _: "site.changed", lambda site: str(site["_id"]))
        counts["wave.opened"] = self._states(WAVES, _wave_event, lambda wave: str(wave["programme"]))
        counts["submission.received"] = sum(
            self._submission(submission)
            for head in desk.collection(PROGRAMMES).find({})
            for submission in self._submissions.newest({"programme": head["_id"]})
        )
        return counts

    def _programme(self, head: Document) -> bool:
        def event(document: Document) -> Event:
            told = ("programme", "version", "revision", "definition")
            data = {key: document[key] for key in told}
            state = State(DEFINITIONS, document["_id"], data, document["programme"])
            return state_event(self._desk, state, data, "programme.published")

        return self._restage(DEFINITIONS, f"{head['_id']}/{head['revision']}", event)

    def _states(self, spec: CollectionSpec, name: Callable[[Document], str], subject: Callable[[Document], str]) -> int:
        def event(document: Document) -> Event:
            data = {key: value for key, value in document.items() if key not in _OWN}
            return state_event(self._desk, State(spec, document["_id"], data, subject(document)), data, name(document))

        known = [document["_id"] for document in self._desk.collection(spec).find({}) if name(document)]
        return sum(self._restage(spec, id_, event) for id_ in known)

    def _submission(self, submission: Submission) -> bool:
        def event(document: Document) -> Event:
            kept = from_document(document)
            compiled = self._desk.questionnaire(kept.place, kept.form_version).compiled
            return received(kept, coded(compiled, kept.answers))

        return self._restage(SUBMISSIONS, submission.id, event)

    def _restage(self, spec: CollectionSpec, id_: str, event: Callable[[Document], Event]) -> bool:
        collection = self._desk.collection(spec)
        for _ in range(_ATTEMPTS):
            document = collection.get(id_)
            if document is None:
                return False
            fields = stage(document, [event(document)], self._desk.now())
            if collection.update_if(id_, {"outbox_rev": document.get("outbox_rev")}, Change(set=fields)) is not None:
                return True
        return False


def _wave_event(wave: Document) -> str:
    if wave["state"] == "planned":
        return ""
    return "wave.closed" if wave["state"] == "closed" else "wave.opened"
