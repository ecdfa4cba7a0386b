"""Taking in a submission: judged, kept with its outgoing event in one write, answered the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.intake.domain import refusals
from services.intake.domain.answers import accept, coded, take
from services.intake.domain.compiled import CompiledForm
from services.intake.domain.filling import Surroundings
from services.intake.domain.submission import (
    ONE,
    Place,
    Sent,
    Submission,
    day_of,
    field_record,
    received,
    respondent_of,
    response_id,
    submission_id,
)
from services.intake.domain.values import Answer
from services.intake.handlers.desk import Desk, Questionnaire
from services.intake.handlers.kept import from_document, to_document
from services.intake.handlers.opening import check_open
from services.intake.ports import SENT_BACK, SUBMISSIONS
from shared.errors import Conflict, Fault, Invalid
from shared.outbox import stage
from shared.programme.model import Programme, Site, Wave
from shared.runtime import context
from shared.store.port import Document, Duplicate

NAME = re.compile(r"[A-Za-z0-9._:-]{1,200}", re.ASCII)
# As the index over places: a server need not sort before it sends, and later revisions come after earlier ones.
_AS_INDEXED = ("programme", "wave", "form", "site", "response", "revision")


@dataclass(frozen=True)
class Accepted:
    """A kept submission; `created` is False when it had been kept before."""

    submission: Submission
    created: bool


@dataclass(frozen=True)
class _Identity:
    """Who answered, what others call them, and which revision this is."""

    respondent: str
    alias: str
    revision: int


class Submissions:
    """Takes submissions and finds them again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept = desk.collection(SUBMISSIONS)

    def submit(self, sent: Sent, language: str = "en") -> Accepted:
        """Keep a submission of an open wave; one from a device (`sent.original`) whatever rule it breaks.

        The same instance with the same content is answered as the first time, also after the wave
        has closed. Raises Invalid (all faults), NotFound, Conflict: `instance_conflict`,
        `wave_closed`, `wave_not_open`, `already_submitted`, `not_current`.
        """
        return self._once(sent, lambda: self._prepare(sent, language))

    def check(self, sent: Sent, language: str, past_at: str | None = None) -> Questionnaire:
        """Judge a submission without keeping it; return the questionnaire it answers. Raises as `submit`."""
        _check_names(sent)
        self._prepare(sent, language, past_at)
        return self._desk.questionnaire(sent.place, sent.form_version)

    def import_past(self, sent: Sent, received_at: str, language: str = "en") -> Accepted:
        """Keep a submission that was received at an earlier time, whatever the state of its wave."""
        return self._once(sent, lambda: self._prepare(sent, language, past_at=received_at))

    def _once(self, sent: Sent, prepare: Callable[[], tuple[Submission, Mapping[str, Answer]]]) -> Accepted:
        _check_names(sent)
        try:
            submission, travelling = prepare()
            self._insert(submission, travelling)
        except (Conflict, Invalid) as refused:
            existing = self.find(sent.place, sent.instance_id)
            if existing is None:
                raise _explained(refused, sent) from refused
            if existing.content_hash != sent.content_hash:
                raise Conflict("instance_conflict", refusals.OTHER_CONTENT) from refused
            return Accepted(existing, created=False)
        return Accepted(submission, created=True)

    def _prepare(
        self, sent: Sent, language: str, past_at: str | None = None
    ) -> tuple[Submission, Mapping[str, Answer]]:
        asked = self._desk.questionnaire(sent.place, sent.form_version)
        if past_at is None:
            check_open(self._desk, asked, sent.deprecated_id)
        if asked.form.anonymous and sent.respondent is not None:
            raise Invalid([Fault("respondent", "not_allowed", refusals.ANONYMOUS)])
        who = self._identity(asked, sent)
        around = self.surroundings(asked, who.respondent, language)
        answers, faults = _judged(asked.compiled, sent, around)
        now = past_at or self._desk.now()
        submission = Submission(
            id=submission_id(sent.place, sent.instance_id),
            place=sent.place,
            respondent=who.respondent,
            alias=who.alias,
            instance_id=sent.instance_id,
            deprecated_id=sent.deprecated_id,
            revision=who.revision,
            form_version=asked.form.version,
            content_hash=sent.content_hash,
            received_at=day_of(now) if asked.form.anonymous else now,
            answers=answers,
            imported=past_at is not None,
            field=field_record(sent, answers, faults),
        )
        return submission, coded(asked.compiled, answers)

    def _identity(self, asked: Questionnaire, sent: Sent) -> _Identity:
        respondent = respondent_of(asked.form.respondents, sent)
        if sent.deprecated_id is None:
            alias = ONE if asked.form.respondents == "one" else submission_id(sent.place, sent.instance_id)
            return _Identity(respondent, alias, 1)
        replaced = self.find(sent.place, sent.deprecated_id)
        named = sent.respondent is not None or asked.form.respondents == "one"
        if replaced is None or replaced.place != sent.place or (named and replaced.respondent != respondent):
            raise Conflict("not_current", refusals.NOT_OF_THIS)
        return _Identity(replaced.respondent, replaced.alias, replaced.next_revision)

    def _insert(self, submission: Submission, travelling: Mapping[str, Answer]) -> None:
        event = received(submission, travelling, context.correlation_id.get())
        self._kept.insert({**to_document(submission), **stage(None, [event], submission.received_at)})

    def surroundings(self, asked: Questionnaire, respondent: str, language: str) -> Surroundings:
        """Return what a record of this questionnaire knows besides its answers."""
        previous = self._previous(asked, respondent) if asked.compiled.asks_previous else {}
        return Surroundings(
            now=self._desk.local_now(),
            language=language,
            ids=self._desk.new_id,
            previous=previous,
            given=given_to(asked, previous, language),
        )

    def _previous(self, asked: Questionnaire, respondent: str) -> Mapping[str, Answer]:
        wave = wave_before(asked.programme, asked.wave, asked.place.form)
        if wave is None:
            return {}
        last = self.latest(replace(asked.place, wave=wave.code), respondent)
        return last.answers if last else {}

    def forget_sent_back(self, revision: Submission) -> None:
        """Remove what was said when this revision was sent back."""
        self._desk.collection(SENT_BACK).delete(revision.id)

    def find(self, place: Place, instance_id: str) -> Submission | None:
        """Return the revision sent under this instance id, None if there is none."""
        document = self._kept.get(submission_id(place, instance_id))
        return None if document is None else from_document(document)

    def latest(self, place: Place, respondent: str) -> Submission | None:
        """Return the newest revision of a respondent's answers, None if there is none."""
        where = {"response": response_id(place, respondent)}
        found = self._kept.find(where, sort=("-revision",), limit=1)
        return from_document(found[0]) if found else None

    def newest(self, where: Mapping[str, Any]) -> list[Submission]:
        """Return the newest revision of every response that matches and was not erased."""
        newest: dict[str, Document] = {}
        for document in self._kept.stream(where, sort=_AS_INDEXED):
            newest[document["response"]] = document
        return [from_document(document) for document in newest.values() if not document.get("erased")]


def wave_before(programme: Programme, wave: Wave, form: str) -> Wave | None:
    """Return the last wave before this one that fields the form."""
    earlier = [w for w in programme.waves if w.sequence < wave.sequence and form in w.forms]
    return max(earlier, key=lambda w: w.sequence, default=None)


def given_to(asked: Questionnaire, previous: Mapping[str, Answer], language: str) -> dict[str, Answer]:
    """Return what intake fills in for hidden questions: wave, site code, `site_<feature>`, `prev_<question>`."""
    place, form = asked.place, asked.form
    known: dict[str, Answer] = {
        name: feature_of(asked.site, name.removeprefix("site_"), (language, form.default_language))
        for name in asked.compiled.hidden
        if name.startswith("site_")
    }
    known |= {"wave": place.wave, "site_code": place.site, "org_code": place.site}
    known |= {f"prev_{name}": value for name, value in previous.items()}
    return {name: known[name] for name in asked.compiled.hidden if name in known}


def feature_of(site: Site, feature: str, languages: Sequence[str]) -> str:
    """Return a site's feature, else its variant in the first language that has one (`goal_1_de`), else ''."""
    variants = (feature, *(f"{feature}_{language}" for language in languages))
    return next((site.features[name] for name in variants if site.features.get(name)), "")


def _judged(compiled: CompiledForm, sent: Sent, around: Surroundings) -> tuple[dict[str, Answer], list[Fault]]:
    """Return the answers to keep. Faults are refused (Invalid), but returned for what a device sent."""
    if sent.original is None:
        return accept(compiled, sent.answers, around), []
    return take(compiled, sent.answers, around)


def _check_names(sent: Sent) -> None:
    """Refuse odd names; those of a device were held to its own rules when its XML was read."""
    if sent.original is not None:
        return
    wanted = {
        "instance_id": sent.instance_id,
        "deprecated_id": sent.deprecated_id,
        "respondent": sent.respondent,
        "form_version": sent.form_version,
    }
    bad = [path for path, name in wanted.items() if name is not None and not NAME.fullmatch(name)]
    faults = [Fault(path, "bad_name", refusals.BAD_NAME) for path in bad]
    if faults:
        raise Invalid(faults)


def _explained(refused: Conflict | Invalid, sent: Sent) -> Conflict | Invalid:
    if not isinstance(refused, Duplicate):
        return refused
    if sent.deprecated_id is None:
        return Conflict("already_submitted", refusals.ALREADY)
    return Conflict("not_current", refusals.REPLACED)
