"""Publishing a programme: an immutable version, told to the other services together with its sites and waves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain import refusals
from services.intake.handlers.calendar import WaveCalendar
from services.intake.handlers.desk import Desk
from services.intake.handlers.form_history import FormHistory
from services.intake.handlers.state import State, establish, state_event
from services.intake.ports import DEFINITIONS
from shared.errors import Conflict, NotFound, TransientError
from shared.outbox import stage
from shared.programme.changes import check_continuity
from shared.programme.entries import FormDraft
from shared.programme.json_form import programme_to_json
from shared.programme.model import Programme, Site
from shared.programme.place import Report
from shared.registry.registry import PROGRAMMES, SITES
from shared.store.port import Duplicate

_ATTEMPTS = 20


@dataclass(frozen=True)
class Published:
    """A published version; `created` is False when the very same had been published before."""

    programme: str
    version: str
    revision: int
    created: bool


class Publishing:
    """Publishes checked programmes."""

    def __init__(self, desk: Desk, calendar: WaveCalendar, history: FormHistory) -> None:
        self._desk = desk
        self._calendar = calendar
        self._history = history

    def publish(self, programme: Programme, *, by: str = "", after: int | None = None) -> Published:
        """Make this version the current one. Idempotent, also after a crash half way.

        `by` is the account that does so; `after` the revision this one must follow. Raises Conflict:
        `version_exists` when the version was published with other content, `changed_meanwhile` when
        another revision follows already; Invalid when a form breaks with its published versions.
        """
        digest = content_hash(programme_to_json(programme))
        published = self._existing(programme, digest)
        if published is None:
            self._check_forms(programme)
            published = self._insert(programme, digest, by, after)
        head = {"_id": programme.id, "revision": published.revision, "version": published.version}
        self._desk.collection(PROGRAMMES).put_if_newer(head)
        self._desk.forget()
        if self._desk.registry.revision(programme.id) == published.revision:
            self._establish_sites(programme)
            self._calendar.run(programme)
        return published

    def _existing(self, programme: Programme, digest: str) -> Published | None:
        where = {"programme": programme.id, "version": programme.version}
        found = self._desk.collection(DEFINITIONS).find(where, limit=1)
        if not found:
            return None
        if found[0]["content_hash"] != digest:
            raise Conflict("version_exists", refusals.EXISTS.format(version=programme.version))
        return Published(programme.id, programme.version, int(found[0]["revision"]), created=False)

    def _check_forms(self, programme: Programme) -> None:
        report, earlier = Report(), self._history.forms(programme.id)
        for form in programme.forms:
            draft = FormDraft(form, f"forms/{form.id}", {}, {})
            check_continuity(draft, [one for one in earlier if one.id == form.id], report)
        if report.faults:
            raise report.invalid()

    def _insert(self, programme: Programme, digest: str, by: str, after: int | None) -> Published:
        for _ in range(_ATTEMPTS):
            revision = self._next_revision(programme.id)
            if after is not None and revision != after + 1:
                raise Conflict("changed_meanwhile", refusals.CHANGED)
            try:
                self._desk.collection(DEFINITIONS).insert(self._document(programme, digest, revision, by))
            except Duplicate:
                existing = self._existing(programme, digest)
                if existing:
                    return existing
                continue
            return Published(programme.id, programme.version, revision, created=True)
        raise TransientError("others publish this programme at the same time")

    def _next_revision(self, programme: str) -> int:
        definitions = self._desk.collection(DEFINITIONS)
        try:
            revision = self._desk.registry.revision(programme) + 1
        except NotFound:
            revision = 1
        while definitions.get(f"{programme}/{revision}") is not None:
            revision += 1
        return revision

    def _document(self, programme: Programme, digest: str, revision: int, by: str) -> dict[str, Any]:
        now, id_ = self._desk.now(), f"{programme.id}/{revision}"
        told = {
            "programme": programme.id,
            "version": programme.version,
            "revision": revision,
            "definition": programme_to_json(programme),
        }
        event = state_event(self._desk, State(DEFINITIONS, id_, told, programme.id), told, "programme.published")
        return {
            "_id": id_,
            **told,
            "content_hash": digest,
            "published_at": now,
            "published_by": by,
            **stage(None, [event], now),
        }

    def _establish_sites(self, programme: Programme) -> None:
        wanted = {site.code: _site_data(programme.id, site, active=True) for site in programme.sites}
        for document in self._desk.collection(SITES).find({"programme": programme.id}):
            if document["site"] not in wanted:
                kept = ("programme", "site", "name", "features", "timezone")
                wanted[document["site"]] = {**{key: document[key] for key in kept}, "active": False}
        for code, data in wanted.items():
            state = State(SITES, f"{programme.id}/{code}", data, f"{programme.id}/{code}")
            establish(self._desk, state, "site.changed")


def _site_data(programme: str, site: Site, *, active: bool) -> dict[str, Any]:
    return {
        "programme": programme,
        "site": site.code,
        "name": dict(site.name),
        "features": dict(site.features),
        "active": active,
        "timezone": site.timezone,
    }


def content_hash(definition: Mapping[str, Any]) -> str:
    """Return a hash that is the same for the same definition."""
    text = json.dumps(definition, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
