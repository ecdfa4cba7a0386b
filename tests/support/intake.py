"""Intake's use cases on a real embedded store, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path

from services.intake.adapters.folder import read_files
from services.intake.adapters.links import signer
from services.intake.adapters.sealing import DraftSeal
from services.intake.config import IntakeSettings
from services.intake.domain.submission import Place
from services.intake.handlers.desk import Desk
from services.intake.handlers.office import Links, open_office
from services.intake.ports import COLLECTIONS
from shared.clock import FixedClock
from shared.programme.loader import read_programme
from shared.programme.model import Form, Programme, Wave
from shared.registry import Registry
from shared.store.port import Store
from tests.support.forms import both, report_form
from tests.support.outage import Outage

MINIMAL = Path(__file__).parents[1] / "programmes" / "valid" / "minimal"
PLACE = Place("sample", "report", "nordstadt", "2026-H2")
IN_H2 = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def numbered_ids(prefix: str = "id") -> Iterator[str]:
    """Yield ids that never repeat."""
    return (f"{prefix}-{number}" for number in count(1))


def settings(**more: object) -> IntakeSettings:
    """Return settings as the tests need them; no connection is ever made with them."""
    fields: dict[str, object] = {
        "store_url": "sqlite:////unused",
        "bus_url": "sqlite:////unused",
        "secret_key": "a secret for tests that is long enough",
        "public_url": "https://peilung.example.org",
        "smtp_url": "smtp://localhost:1?from=peilung@example.org",
        "secure_cookies": False,
        "api_rate": 0,
    }
    return IntakeSettings(**{**fields, **more})  # type: ignore[arg-type]


@dataclass
class Bench:
    """A desk with a published programme and what hangs on it."""

    store: Store
    clock: FixedClock = field(default_factory=lambda: FixedClock(IN_H2))

    def __post_init__(self) -> None:
        self.store.migrate(COLLECTIONS)
        self.outage = Outage(self.store)
        self.store = self.outage
        ids = numbered_ids()
        seal = DraftSeal(settings().secret_key)
        desk = Desk(self.store, Registry(self.store), self.clock, lambda: next(ids), "Europe/Berlin", seal)
        tokens = numbered_ids("token")
        links = Links(lambda: next(tokens), signer(settings().secret_key), settings().public_url, settings().rhythms)
        self.office = open_office(desk, links, read_files)
        self.submissions = self.office.submissions
        self.publishing = self.office.publishing

    def publish_minimal(self) -> Programme:
        """Publish the small example from the folder."""
        programme = minimal()
        self.publishing.publish(programme)
        return programme

    def publish_report(self, *forms: Form) -> Programme:
        """Publish the sample programme with the hand-built report form (or these forms)."""
        programme = sample_programme(*forms)
        self.publishing.publish(programme)
        return programme

    def publish_report_version(self, version: str, *forms: Form) -> Programme:
        """Publish another version of the sample programme."""
        programme = sample_programme(*forms, version=version)
        self.publishing.publish(programme)
        return programme


@lru_cache
def minimal() -> Programme:
    """Return the small example, read once."""
    return read_programme(MINIMAL)


def sample_programme(*forms: Form, version: str = "1") -> Programme:
    """Return the minimal programme with other forms: `report`, or those given."""
    base = minimal()
    fielded = forms or (report_form(),)
    waves = tuple(replace(wave, forms=tuple(form.id for form in fielded)) for wave in base.waves)
    return replace(base, id="sample", version=version, forms=fielded, waves=waves, indicators=(), flags=(), scales=())


def wave(code: str, sequence: int, opens_on: str, due_on: str, closes_on: str, *forms: str) -> Wave:
    """Return a wave."""
    return Wave(code, sequence, both(code, code), forms, opens_on, due_on, opens_on, due_on, closes_on)
