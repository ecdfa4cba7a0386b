"""Scoring a submission when little and when much is already stored elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench import samples
from bench.rows import Row
from services.scoring.app import Scoring, build
from services.scoring.config import ScoringSettings
from services.scoring.ports import RESPONSES
from shared.clock import SystemClock, to_text
from shared.events import Event, derived_id
from shared.programme.json_form import programme_to_json

BUDGET = 1.2
SITES, PER_CELL = 50, 10


@dataclass
class Stored:
    """A scoring service whose store holds many responses; what is submitted belongs to the first programme."""

    scoring: Scoring

    def __post_init__(self) -> None:
        self.handlers, self.worker = self.scoring.handlers(), self.scoring.recompute()

    def submit(self, number: int) -> float:
        """Handle one submission and compute its cell; return the milliseconds that took."""
        event = received(programme_id(0), samples.code(number % SITES + 1), number % PER_CELL, number + 2)
        started = time.perf_counter()
        self.handlers["submission.received"](event)
        while not self.worker.step():
            pass
        return (time.perf_counter() - started) * 1000


def measure(folder: Path, few: int, many: int, submissions: int) -> Row:
    """Fill two stores, then score in both in turns; the medians are compared."""
    small, large = (filled(folder / f"{count}.db", count) for count in (few, many))
    took: dict[int, list[float]] = {few: [], many: []}
    for number in range(-10, submissions):
        for count, stored in ((few, small), (many, large)):
            milliseconds = stored.submit(number + 10)
            if number >= 0:
                took[count].append(milliseconds)
    for stored in (small, large):
        stored.scoring.store.close()
    ratio = median(took[many]) / median(took[few])
    return Row(
        what=f"scoring a submission, {many:,} against {few:,} stored",
        measured=f"{median(took[many]):.1f} ms",
        yardstick=f"{median(took[few]):.1f} ms",
        ratio=f"{ratio:.2f}",
        budget=f"<= {BUDGET}",
        met=ratio <= BUDGET,
        note=f"SQLite, one process, {PER_CELL} respondents a cell, medians of {submissions} submissions",
    )


def filled(file: Path, responses: int) -> Stored:
    """Return a service with this many responses stored, spread over programmes of fifty sites."""
    scoring = build(settings(file))
    scoring.migrate()
    store = scoring.store
    programmes = max(1, responses // (SITES * PER_CELL))
    for number in range(programmes):
        scoring.handlers()["programme.published"](published(programme_id(number)))
    kept = store.collection(RESPONSES.name)
    for number in range(responses):
        cell, respondent = divmod(number, PER_CELL)
        site, programme = cell % SITES, cell // SITES
        data = received(programme_id(programme), samples.code(site + 1), respondent, 1).data
        kept.insert(document(data))
    return Stored(scoring)


def settings(file: Path) -> ScoringSettings:
    """Return settings on this file under which every cell is due at once."""
    unused = "unused-but-long-enough-to-be-a-secret"
    return ScoringSettings(
        store_url=f"sqlite://{file}", bus_url=f"sqlite://{file}.bus", secret_key=unused, public_url="", quiet_s=0.0
    )


def programme_id(number: int) -> str:
    """Return the id of one of the programmes."""
    return f"bench{number:03d}"


def published(id_: str) -> Event:
    """Return the event that publishes a programme."""
    definition = programme_to_json(samples.programme(SITES, id_))
    data = {"programme": id_, "version": "1", "revision": 1, "definition": definition}
    return _event("programme.published", id_, data)


def received(programme: str, site: str, respondent: int, revision: int) -> Event:
    """Return the event of one respondent's submission."""
    coded = {name: value for name, value in samples.answers().items() if not name.startswith("x")}
    data = {
        "submission": f"{programme}-{site}-{respondent}",
        "programme": programme,
        "form": samples.FORM,
        "form_version": "1",
        "site": site,
        "wave": samples.WAVE,
        "respondent": f"r{respondent}",
        "revision": revision,
        "received_at": to_text(SystemClock().now() + timedelta(seconds=revision)),
        "answers": {**coded, "proofs_overdue": revision % 40},
    }
    return _event("submission.received", f"{programme}/{site}", data)


def document(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what scoring stores of a submission."""
    cell = f"{data['programme']}/{data['site']}/{data['wave']}"
    fields = {name: data[name] for name in ("form", "respondent", "revision", "received_at", "answers")}
    id_ = f"{data['programme']}/{data['form']}/{data['site']}/{data['wave']}/{data['respondent']}"
    return {"_id": id_, "cell": cell, **fields}


def _event(name: str, subject: str, data: dict[str, Any]) -> Event:
    now = to_text(SystemClock().now())
    return Event(name=name, subject=subject, source="intake", id=derived_id(name, subject, now), time=now, data=data)
