"""Which privacy notice was shown when a person began: its text once, and its version with every response."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import date, timedelta

from services.intake.domain.submission import Place, day_of
from services.intake.handlers.desk import Desk
from services.intake.ports import CONSENTS, NOTICES
from shared.events import derived_id
from shared.store.port import Document, Duplicate

UNUSED_DAYS = 30


def version_of(text: str) -> str:
    """Return the version of a notice: the same text, the same version."""
    return hashlib.sha256(text.encode()).hexdigest()


class Consents:
    """Keeps a record per response, found by its first `instance_id`; of an anonymous one it knows the day."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._notices = desk.collection(NOTICES)
        self._consents = desk.collection(CONSENTS)

    def keep(self, place: Place, instance_id: str, text: str) -> None:
        """Keep that this notice was shown before this response was begun; the first record stays."""
        now, version, asked = self._desk.now(), version_of(text), self._desk.questionnaire(place)
        kept_until = date.fromisoformat(asked.wave.closes_on) + timedelta(days=UNUSED_DAYS)
        with contextlib.suppress(Duplicate):
            self._notices.insert({"_id": version, "text": text})
        record = {
            "_id": consent_id(place, instance_id),
            "programme": place.programme,
            "form": place.form,
            "site": place.site,
            "wave": place.wave,
            "instance_id": instance_id,
            "notice": version,
            "begun_at": day_of(now) if asked.form.anonymous else now,
            "kept_until": kept_until.isoformat(),
        }
        with contextlib.suppress(Duplicate):
            self._consents.insert(record)

    def of(self, place: Place, instance_id: str) -> Document | None:
        """Return the record of a response with the notice's text, None if there is none (devices, API)."""
        record = self._consents.get(consent_id(place, instance_id))
        notice = self._notices.get(record["notice"]) if record else None
        return {**record, "text": notice["text"] if notice else ""} if record else None


def consent_id(place: Place, instance_id: str) -> str:
    """Return the key of a response's record."""
    return derived_id("consent", place.programme, place.form, instance_id)
