"""A submission: one revision of one respondent's answers, its identity, its content and its event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.values import Answer
from shared.errors import Fault
from shared.events import Event, derived_id

ONE = "site"
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True)
class Place:
    """Where a response belongs: one questionnaire, one site, one wave."""

    programme: str
    form: str
    site: str
    wave: str


@dataclass(frozen=True)
class Sent:
    """What a client or a page hands in. `answers` are as sent; `deprecated_id` names the revision it replaces.

    `original` is the XML a device sent: such a submission is kept whatever is wrong with its answers.
    """

    place: Place
    instance_id: str
    answers: Mapping[str, Any]
    respondent: str | None = None
    form_version: str | None = None
    deprecated_id: str | None = None
    original: str | None = None

    @property
    def content_hash(self) -> str:
        """The same content gives the same hash, whatever the order of keys; empty answers do not count.

        XML is the same content only to the letter.
        """
        said = {name: value for name, value in self.answers.items() if value not in (None, "", [])}
        content = [self.place.site, self.place.wave, self.respondent, self.deprecated_id, self.original or said]
        return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()


@dataclass(frozen=True)
class Mark:
    """One thing that is wrong with a kept answer. `aside` is what was sent, when it is not among the answers."""

    question: str
    code: str
    aside: str | None = None

    @property
    def kind(self) -> str:
        """Whether the answer is missing, breaks a rule, or is none (`aside`)."""
        return self.code if self.code in ("required", "constraint") else "aside"


@dataclass(frozen=True)
class FieldRecord:
    """What is kept of a submission from a device besides its answers: the XML as received, and what is wrong."""

    xml: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Submission:
    """One revision as it is kept.

    `alias` is what the other services call the respondent: `site`, or the id of the response's first
    revision, for a respondent's code stays here. `received_at` is to the day for anonymous forms.
    `imported`: taken over from earlier records, so what follows from it is no news to anybody.
    """

    id: str
    place: Place
    respondent: str
    alias: str
    instance_id: str
    deprecated_id: str | None
    revision: int
    form_version: str
    content_hash: str
    received_at: str
    answers: Mapping[str, Answer]
    imported: bool = False
    erased: bool = False
    field: FieldRecord | None = None

    @property
    def told_as(self) -> dict[str, str]:
        """How every event about the response names it and its respondent."""
        return {"submission": response_id(self.place, self.alias), "respondent": self.alias}

    @property
    def response(self) -> str:
        """The key that all revisions of the response share."""
        return response_id(self.place, self.respondent)

    @property
    def next_revision(self) -> int:
        """The number of the revision that may replace this one; an erasure was told under a number of its own."""
        return self.revision + (2 if self.erased else 1)


def field_record(sent: Sent, answers: Mapping[str, Answer], faults: Sequence[Fault]) -> FieldRecord | None:
    """Return what is kept of a submission from a device besides its answers, None for any other."""
    if sent.original is None:
        return None
    aside = {name: _as_text(value) for name, value in sent.answers.items() if name not in answers}
    return FieldRecord(sent.original, tuple(Mark(at.path, at.code, aside.get(at.path)) for at in faults))


def _as_text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def submission_id(place: Place, instance_id: str) -> str:
    """Return the key of a revision: one per instance, so that sending again finds the first."""
    return derived_id("submission", place.programme, place.form, instance_id)


def response_id(place: Place, respondent: str) -> str:
    """Return the key of a response: all revisions of one respondent's answers share it."""
    return derived_id("response", place.programme, place.form, place.site, place.wave, respondent)


def respondent_of(respondents: str, sent: Sent) -> str:
    """Return who answered: the site itself, a named respondent, or the instance when nobody is named."""
    if respondents == "one":
        return ONE
    return sent.respondent or sent.instance_id


def reference(submission: str) -> str:
    """Return the short number a person can read out: `7K3M-9QX2`, derived from the submission's id."""
    number = int.from_bytes(hashlib.sha256(f"reference|{submission}".encode()).digest()[:5], "big")
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    picked = ""
    for _ in range(8):
        number, index = divmod(number, len(letters))
        picked += letters[index]
    return f"{picked[:4]}-{picked[4:]}"


def received(submission: Submission, travelling: Mapping[str, Answer], correlation_id: str = "") -> Event:
    """Return the event a submission causes; `travelling` are the coded answers."""
    place = submission.place
    return Event(
        name="submission.received",
        subject=f"{place.programme}/{place.site}",
        source="intake",
        id=derived_id("submission.received", submission.id),
        time=submission.received_at,
        correlation_id=correlation_id,
        origin=f"submissions/{submission.id}",
        data={
            **submission.told_as,
            "programme": place.programme,
            "form": place.form,
            "form_version": submission.form_version,
            "site": place.site,
            "wave": place.wave,
            "revision": submission.revision,
            "received_at": submission.received_at,
            "answers": dict(travelling),
            "imported": submission.imported,
        },
    )


def day_of(instant: str) -> str:
    """Return the instant cut down to its day, still an instant: what an anonymous submission may know."""
    return f"{instant[:10]}T00:00:00.000Z"
