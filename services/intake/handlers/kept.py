"""Submissions and drafts as documents."""

from __future__ import annotations

from dataclasses import replace

from services.intake.domain.draft import Draft, Left
from services.intake.domain.review import SentBack
from services.intake.domain.sealing import Seal, Sealed
from services.intake.domain.submission import FieldRecord, Mark, Place, Submission, response_id
from shared.store.port import Document


def to_document(submission: Submission) -> Document:
    """Return the document a submission is kept as, without its outbox."""
    place = submission.place
    return {
        "_id": submission.id,
        "response": response_id(place, submission.respondent),
        "programme": place.programme,
        "form": place.form,
        "site": place.site,
        "wave": place.wave,
        "respondent": submission.respondent,
        "alias": submission.alias,
        "instance_id": submission.instance_id,
        "deprecated_id": submission.deprecated_id,
        "revision": submission.revision,
        "form_version": submission.form_version,
        "content_hash": submission.content_hash,
        "received_at": submission.received_at,
        "answers": dict(submission.answers),
        "imported": submission.imported,
        **({"field": _field_to_document(submission.field)} if submission.field else {}),
    }


def _field_to_document(record: FieldRecord) -> Document:
    marks = [{"question": mark.question, "code": mark.code, "aside": mark.aside} for mark in record.marks]
    return {"xml": record.xml, "marks": marks}


def _field_from_document(document: Document | None) -> FieldRecord | None:
    if document is None:
        return None
    marks = [Mark(mark["question"], mark["code"], mark["aside"]) for mark in document["marks"]]
    return FieldRecord(document["xml"], tuple(marks))


def from_document(document: Document) -> Submission:
    """Read what `to_document` wrote; without an alias the response was told of by its respondent."""
    return Submission(
        id=document["_id"],
        place=Place(document["programme"], document["form"], document["site"], document["wave"]),
        respondent=document["respondent"],
        alias=document.get("alias") or document["respondent"],
        instance_id=document["instance_id"],
        deprecated_id=document["deprecated_id"],
        revision=document["revision"],
        form_version=document["form_version"],
        content_hash=document["content_hash"],
        received_at=document["received_at"],
        answers=document["answers"],
        imported=document.get("imported", False),
        erased=document.get("erased", False),
        field=_field_from_document(document.get("field")),
    )


def sent_back_from(document: Document | None) -> SentBack | None:
    """Read how a revision was sent back, None if it was not."""
    if document is None:
        return None
    return SentBack(document["comment"], document["by"], document["at"], document["until"])


def draft_to_document(draft: Draft, seal: Seal) -> Document:
    """Return the document a draft is kept as: what the person said is sealed; once handed in it is gone."""
    place = draft.place
    return {
        "_id": draft.id,
        "programme": place.programme,
        "form": place.form,
        "site": place.site,
        "wave": place.wave,
        "respondent": draft.respondent,
        "instance_id": draft.instance_id,
        "deprecated_id": draft.deprecated_id,
        "saved_at": draft.saved_at,
        "state": draft.state,
        "rev": draft.rev,
        "sealed": None if draft.state == "submitted" else seal.seal(_content(draft), _about(draft)),
    }


def _content(draft: Draft) -> Document:
    return {
        "answers": dict(draft.answers),
        "typed": {name: list(given) for name, given in draft.typed.items()},
        "seen": list(draft.seen),
        "last_page": draft.last_page,
        "form_version": draft.form_version,
        "revised_from": draft.revised_from,
        "left": {name: {"version": left.version, "value": left.value} for name, left in draft.left.items()},
    }


def _about(draft: Draft) -> Sealed:
    return Sealed(draft.id, draft.rev, draft.own)


def opened(draft: Draft, document: Document, seal: Seal) -> Draft:
    """Return the draft with what is sealed in its document. Raises Unreadable."""
    content = document  # drafts were kept open once; the next save seals them
    if "sealed" in document:
        content = seal.open(document["sealed"], _about(draft)) if document["sealed"] else {}
    return replace(
        draft,
        answers=content.get("answers", {}),
        typed=content.get("typed", {}),
        seen=content.get("seen", ()),
        last_page=content.get("last_page", ""),
        form_version=content.get("form_version", ""),
        revised_from=content.get("revised_from", ""),
        left={name: Left(**left) for name, left in content.get("left", {}).items()},
    )


def draft_from_document(document: Document, own: str) -> Draft:
    """Read what `draft_to_document` wrote, without what is sealed. `own` as in `Draft`."""
    return Draft(
        id=document["_id"],
        place=Place(document["programme"], document["form"], document["site"], document["wave"]),
        respondent=document["respondent"],
        instance_id=document["instance_id"],
        deprecated_id=document["deprecated_id"],
        saved_at=document["saved_at"],
        state=document["state"],
        rev=document["rev"],
        own=own,
    )
