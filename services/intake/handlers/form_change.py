"""A form on its way from a file to the programme: checked, kept for a while, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from services.intake.domain import refusals
from services.intake.handlers.desk import Desk
from services.intake.handlers.form_history import FormHistory
from services.intake.handlers.publish import Published, Publishing
from services.intake.ports import FORM_UPLOADS
from shared.clock import from_text, to_text
from shared.errors import Conflict, Fault, Invalid, NotFound
from shared.programme.changes import Changes, compare
from shared.programme.exchange import Exchange, Use, exchange, exchange_form
from shared.programme.json_form import form_from_json, form_to_json
from shared.programme.model import Form, Programme
from shared.store.port import Document

KEPT_FOR = timedelta(hours=2)


@dataclass(frozen=True)
class Upload:
    """A form without faults that waits for a decision, with the notices about it."""

    id: str
    programme: str
    form: Form
    file: str
    notices: Sequence[Fault]
    expires_at: str


@dataclass(frozen=True)
class Proposal:
    """What publishing an upload would do now. `old` is None for a form the programme does not have.

    `revision` is that of the programme it was compared with.
    """

    upload: Upload
    programme: Programme
    revision: int
    old: Form | None
    changes: Changes
    faults: Sequence[Fault]


class FormChanges:
    """Checks form files against programmes, keeps those without faults for their uploader, publishes them."""

    def __init__(self, desk: Desk, publishing: Publishing, history: FormHistory) -> None:
        self._desk = desk
        self._publishing = publishing
        self._history = history

    def check(self, programme: str, data: bytes, file: str, expected: str = "") -> Exchange:
        """Judge a form file; nothing is kept. Raises NotFound for an unknown programme."""
        found = self._desk.registry.programme(programme)
        return exchange(data, file, found, self._history.forms(programme), expected)

    def keep(self, programme: str, form: Form, file: str, notices: Sequence[Fault], by: str) -> Upload:
        """Keep a form without faults for the account that sent it, in place of its earlier upload of this form."""
        uploads = self._desk.collection(FORM_UPLOADS)
        for before in uploads.find({"by": by, "programme": programme, "form": form.id}):
            uploads.delete(before["_id"])
        upload = Upload(self._desk.new_id(), programme, form, file, notices, self._expiry())
        uploads.insert(
            {
                "_id": upload.id,
                "programme": programme,
                "form": form.id,
                "definition": form_to_json(form),
                "file": file,
                "notices": [[notice.path, notice.code, notice.message] for notice in notices],
                "by": by,
                "expires_at": upload.expires_at,
            }
        )
        return upload

    def _expiry(self) -> str:
        return to_text(from_text(self._desk.now()) + KEPT_FOR)

    def find(self, programme: str, id_: str, by: str) -> Upload:
        """Return an upload of this account. Raises NotFound when it is somebody else's or its time is over."""
        document = self._desk.collection(FORM_UPLOADS).get(id_)
        if document is None or (document["programme"], document["by"]) != (programme, by):
            raise NotFound(refusals.NO_UPLOAD)
        if document["expires_at"] <= self._desk.now():
            raise NotFound(refusals.NO_UPLOAD)
        return _upload(document)

    def discard(self, upload: Upload) -> None:
        """Forget an upload."""
        self._desk.collection(FORM_UPLOADS).delete(upload.id)

    def proposal(self, upload: Upload, use: Use | None = None) -> Proposal:
        """Compare an upload with the programme as it is now and judge it by all its rules."""
        self._desk.forget()  # the revision first, so that a programme read later is never older than it says
        revision = self._desk.registry.revision(upload.programme)
        programme = self._desk.registry.programme(upload.programme)
        old = next((form for form in programme.forms if form.id == upload.form.id), None)
        outcome = exchange_form(upload.form, programme, self._history.forms(programme.id), use or Use())
        return Proposal(
            upload=upload,
            programme=outcome.programme or programme,
            revision=revision,
            old=old,
            changes=compare(old, upload.form) if old else Changes(added=upload.form.questions()),
            faults=[finding.as_fault() for finding in outcome.faults],
        )

    def publish(self, proposal: Proposal, version: str, by: str) -> Published:
        """Publish the programme with the form under this version.

        Raises Invalid (every fault) and Conflict: `version_exists`, `changed_meanwhile`.
        """
        if proposal.faults:
            raise Invalid(list(proposal.faults), language="en")
        if version == self._desk.registry.programme(proposal.programme.id).version:
            raise Conflict("version_exists", refusals.EXISTS.format(version=version))
        programme = replace(proposal.programme, version=version)
        published = self._publishing.publish(programme, by=by, after=proposal.revision)
        self.discard(proposal.upload)
        return published


def _upload(document: Document) -> Upload:
    return Upload(
        id=document["_id"],
        programme=document["programme"],
        form=form_from_json(document["definition"]),
        file=document["file"],
        notices=[Fault(*notice) for notice in document["notices"]],
        expires_at=document["expires_at"],
    )
