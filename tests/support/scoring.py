"""Scoring in one process: events in, cells, flags and outgoing events out, under a clock that tests move."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from services.scoring.app import Scoring
from services.scoring.config import ScoringSettings
from shared.clock import FixedClock, to_text
from shared.event_schemas import check, from_json
from shared.events import Event, derived_id
from shared.programme.json_form import programme_to_json
from shared.programme.loader import read_programme
from shared.programme.model import Programme
from shared.store.port import Store
from tests.support.fakes import MemoryStore

ROOT = Path(__file__).parents[2]
START = datetime(2026, 8, 1, 8, tzinfo=UTC)
SETTINGS = ScoringSettings(
    store_url="sqlite:///unused",
    bus_url="sqlite:///unused",
    secret_key="x" * 32,
    public_url="http://localhost:8080",
    secure_cookies=False,
)
_numbers = itertools.count(1)


@cache
def programme(folder: str) -> Programme:
    """Return a programme read from a folder below the repository's root."""
    return read_programme(ROOT / folder)


def minimal() -> Programme:
    """Return the smallest valid programme."""
    return programme("tests/programmes/valid/minimal")


class ScoringHarness:
    """Feeds events to scoring and lets its worker catch up."""

    def __init__(self, definition: Programme, store: Store | None = None, *, publish: bool = True) -> None:
        self.store: Store = store or MemoryStore()
        self.clock = FixedClock(START)
        self.scoring = Scoring(SETTINGS, self.store, self.clock, "test")
        self.scoring.migrate()
        self.handlers = self.scoring.handlers(purge=lambda: 0)
        self.worker = self.scoring.recompute()
        self.definition = definition
        if publish:
            self.publish()

    def deliver(self, name: str, data: Mapping[str, Any]) -> Event:
        """Hand one event to its handler, checked against its schema."""
        event = Event(name, data, "test", "intake", derived_id("test", next(_numbers)), to_text(self.clock.now()))
        check(event)
        self.handlers[name](event)
        return event

    def publish(self, definition: Programme | None = None, revision: int = 1) -> None:
        """Publish the programme and its sites."""
        self.definition = definition or self.definition
        one = self.definition
        self.deliver("programme.published", published(one, revision))
        for site in one.sites:
            self.deliver("site.changed", site_data(one, site.code, revision))

    def answer(self, site: str, wave: str, answers: Mapping[str, Any], **further: Any) -> dict[str, Any]:
        """Deliver `submission.received`; returns its data. Form: the programme's first unless `form` is given."""
        data = submission(self.definition, site, wave, answers, to_text(self.clock.now()), **further)
        self.deliver("submission.received", data)
        return data

    def overdue(self, site: str, wave: str, days: int, form: str | None = None) -> None:
        """Deliver `report.overdue`."""
        base = {"programme": self.definition.id, "site": site, "wave": wave}
        form = form or self.definition.forms[0].id
        self.deliver(
            "report.overdue", {**base, "form": form, "days_overdue": days, "due_at": "2026-07-31T22:00:00.000Z"}
        )

    def catch_up(self, steps: int = 5000) -> int:
        """Let the worker compute until nothing is due for a minute; return how many cells it computed."""
        done = idle = 0
        while idle < 2:
            self.clock.advance(seconds=30)
            before = done
            while self.worker.step():
                done += 1
                assert done < steps, "the worker does not come to rest"
            idle = 0 if done > before else idle + 1
        return done

    def cell(self, site: str, wave: str) -> dict[str, Any]:
        """Return a stored cell."""
        found = self.store.collection("cells").get(f"{self.definition.id}/{site}/{wave}")
        assert found is not None
        return found

    def value(self, site: str, wave: str, indicator: str) -> dict[str, Any]:
        """Return a stored value record."""
        found: dict[str, Any] = self.cell(site, wave)["values"][indicator]
        return found

    def flags(self, site: str) -> dict[str, Any]:
        """Return a site's stored flags ({} if there are none)."""
        return self.store.collection("site_flags").get(f"{self.definition.id}/{site}") or {}

    def episodes(self, site: str, flag: str) -> list[dict[str, Any]]:
        """Return a flag's episodes at a site, oldest first, without those withdrawn."""
        found = [e for e in self.flags(site).get("episodes", {}).values() if e["flag"] == flag and not e["withdrawn"]]
        return sorted(found, key=lambda episode: episode["sequence"])

    def told(self, site: str, name: str = "flag.") -> list[Event]:
        """Return the events staged in a site's outbox whose name begins so, in order of transition."""
        entries = self.flags(site).get("outbox", [])
        events = [from_json(entry["event"]) for entry in entries]
        for event in events:
            check(event)
        found = [event for event in events if event.name.startswith(name)]
        return sorted(found, key=lambda event: event.data["transition_seq"])


def published(one: Programme, revision: int) -> dict[str, Any]:
    """Return the data of `programme.published`."""
    return {
        "programme": one.id,
        "version": one.version,
        "revision": revision,
        "definition": programme_to_json(one),
    }


def site_data(one: Programme, code: str, revision: int = 1, **further: Any) -> dict[str, Any]:
    """Return the data of `site.changed`."""
    site = one.site(code)
    return {
        "programme": one.id,
        "site": code,
        "revision": revision,
        "name": dict(site.name),
        "features": dict(site.features),
        "active": True,
        "timezone": site.timezone,
        **further,
    }


def submission(
    one: Programme, site: str, wave: str, answers: Mapping[str, Any], received_at: str, **further: Any
) -> dict[str, Any]:
    """Return the data of `submission.received`; one respondent `report` unless told otherwise."""
    form = further.get("form", one.forms[0].id)
    return {
        "submission": derived_id("submission", site, wave, form, further.get("respondent", "report")),
        "programme": one.id,
        "form": form,
        "form_version": "1",
        "site": site,
        "wave": wave,
        "respondent": "report",
        "revision": 1,
        "received_at": received_at,
        "answers": dict(answers),
        **further,
    }
