"""Submissions and drafts as documents."""

from __future__ import annotations

from services.intake.domain.draft import Draft
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


def draft_to_document(draft: Draft) -> Document:
    """Return the document a draft is kept as."""
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
        "answers": dict(draft.answers),
        "typed": {name: list(given) for name, given in draft.typed.items()},
        "seen": list(draft.seen),
        "state": draft.state,
        "rev": draft.rev,
    }


def draft_from_document(document: Document) -> Draft:
    """Read what `draft_to_document` wrote."""
    return Draft(
        id=document["_id"],
        place=Place(document["programme"], document["form"], document["site"], document["wave"]),
        respondent=document["respondent"],
        instance_id=document["instance_id"],
        deprecated_id=document["deprecated_id"],
        saved_at=document["saved_at"],
        answers=document["answers"],
        typed=document["typed"],
        seen=document.get("seen", ()),
        state=document["state"],
        rev=document["rev"],
    )
