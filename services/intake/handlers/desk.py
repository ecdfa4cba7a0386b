"""What every use case of intake works with: store, catalogue of programmes, clock, ids."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from services.intake.domain.compiled import CompiledForm, compile_questions
from services.intake.domain.sealing import Seal
from services.intake.domain.submission import Place
from services.intake.domain.waves import Calendar, calendar
from shared.clock import Clock, to_text
from shared.errors import Bilingual, NotFound, unknown
from shared.programme.json_form import programme_from_json
from shared.programme.model import Form, Programme, Site, Wave
from shared.registry import Registry
from shared.store.port import Collection, CollectionSpec, Store

T = TypeVar("T")
_CACHED_FORMS = 200
_NOT_FIELDED = Bilingual(
    "The wave {wave} does not ask the form {form}.", "Die Erhebung {wave} stellt den Fragebogen {form} nicht."
)
_NO_VERSION = Bilingual(
    "The form {form} has no version {version}.", "Den Fragebogen {form} gibt es nicht in der Fassung {version}."
)


@dataclass(frozen=True)
class Questionnaire:
    """One form of one programme where it is answered: at a site, in a wave that fields it."""

    programme: Programme
    place: Place
    compiled: CompiledForm
    site: Site
    wave: Wave
    calendar: Calendar

    @property
    def form(self) -> Form:
        """The form, in the version in use."""
        return self.compiled.form


@dataclass
class Desk:
    """Everything a use case needs.

    `zone` is the time zone in which waves open and close; `seal` closes drafts; `forget` makes the registry read anew,
    `away` makes it answer from memory, as the store has just not answered.
    """

    store: Store
    registry: Registry
    clock: Clock
    new_id: Callable[[], str]
    zone: str
    seal: Seal
    forget: Callable[[], None] = lambda: None
    away: Callable[[], None] = lambda: None
    _forms: dict[tuple[str, int, str, str], CompiledForm] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> str:
        """Return the current instant as text."""
        return to_text(self.clock.now())

    def local_now(self) -> datetime:
        """Return the current instant in the installation's time zone."""
        return self.clock.now().astimezone(ZoneInfo(self.zone))

    def collection(self, spec: CollectionSpec) -> Collection:
        """Return the collection of a spec."""
        return self.store.collection(spec.name)

    def questionnaire(self, place: Place, version: str | None = None) -> Questionnaire:
        """Return the questionnaire at this place; `version` None = the current one.

        Raises NotFound for an unknown programme, form, site, wave or form version, and for a wave
        that does not field the form.
        """
        programme = self.registry.programme(place.programme)
        wave = _found(programme.wave, place.wave, "wave")
        site = _found(programme.site, place.site, "site")
        _found(programme.form, place.form, "form")
        if place.form not in wave.forms:
            raise NotFound(_NOT_FIELDED.format(wave=place.wave, form=place.form))
        compiled = self.compiled(programme, place.form, version)
        return Questionnaire(programme, place, compiled, site, wave, calendar(wave, self.zone))

    def compiled(self, programme: Programme, form_id: str, version: str | None = None) -> CompiledForm:
        """Return a form ready to run, compiled once per programme revision. Raises NotFound."""
        revision = self.registry.revision(programme.id)
        key = (programme.id, revision, form_id, version or "")
        with self._lock:
            known = self._forms.get(key)
        if known is None:
            form = _found(programme.form, form_id, "form")
            if version not in (None, form.version):
                form = self._older(programme.id, revision, form_id, str(version))
            known = compile_questions(form)
            with self._lock:
                if len(self._forms) >= _CACHED_FORMS:
                    self._forms.clear()
                self._forms[key] = known
        return known

    def _older(self, programme: str, revision: int, form_id: str, version: str) -> Form:
        """Return a form version that an earlier version of the programme carried."""
        for earlier in range(revision - 1, 0, -1):
            document = self.store.collection("registry_definitions").get(f"{programme}/{earlier}")
            if document is None:
                continue
            for form in programme_from_json(document["definition"]).forms:
                if form.id == form_id and form.version == version:
                    return form
        raise NotFound(_NO_VERSION.format(form=form_id, version=version[:40]))


def _found(lookup: Callable[[str], T], key: str, what: str) -> T:
    try:
        return lookup(key)
    except KeyError:
        raise unknown(what, key) from None
