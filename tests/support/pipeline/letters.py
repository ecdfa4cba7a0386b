"""What is sent in a run: the programme, its people, and every submission, all drawn from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from shared.clock import SystemClock
from shared.programme.loader import read_programme
from shared.programme.model import Programme, Site
from shared.registry import Account, Grant

PULSE = Path(__file__).with_name("pulse")
PROGRAMME = "pulse"


@dataclass(frozen=True)
class Letter:
    """One submission as a client sends it; `number` counts the revisions of its chain from 1."""

    form: str
    body: dict[str, Any]
    number: int

    @property
    def path(self) -> str:
        """Where it is posted."""
        return f"/api/intake/v1/programmes/{PROGRAMME}/forms/{self.form}/submissions"


Chain = list[Letter]


def programme(sites: int) -> Programme:
    """Return the programme with this many sites and waves that are open today."""
    base = read_programme(PULSE)
    today = SystemClock().now().date()
    opens, due, closes = (day(today, offset) for offset in (-10, 40, 50))
    waves = tuple(replace(wave, opens_on=opens, due_on=due, closes_on=closes) for wave in base.waves)
    return replace(base, sites=tuple(site(number) for number in range(1, sites + 1)), waves=waves)


def day(today: date, offset: int) -> str:
    """Return the day this many days from today, as text."""
    return (today + timedelta(days=offset)).isoformat()


def site(number: int) -> Site:
    """Return an invented site."""
    name = {"de": f"Musterhaus {number}", "en": f"Sample House {number}"}
    return Site(f"s{number:03d}", name)


def people(of: Programme) -> list[Account]:
    """Return one consultant per site and one programme lead."""
    consultants = [
        Account(f"consultant-{s.code}", f"{s.code}@example.org", f"Person {s.code}", "de",
                (Grant("consultant", of.id, (s.code,)),))
        for s in of.sites
    ]  # fmt: skip
    lead = Account("lead", "lead@example.org", "Person Lead", "en", (Grant("lead", of.id, lead=True),))
    return [*consultants, lead]


def chains(of: Programme, total: int, chance: random.Random) -> list[Chain]:
    """Return chains of revisions, `total` letters in all: a report per site and wave, the rest survey answers."""
    found = [
        _chain("report", s.code, wave, None, chance.randint(3, 5), chance)
        for s in of.sites
        for wave in ("first", "second")
    ]
    left = total - sum(map(len, found))
    for number in range(left):
        if left <= 0:
            break
        length = min(left, 2 if chance.random() < 0.1 else 1)
        s = of.sites[number % len(of.sites)]
        found.append(_chain("survey", s.code, "second", f"r{number:04d}", length, chance))
        left -= length
    chance.shuffle(found)
    return found


def _chain(form: str, where: str, wave: str, respondent: str | None, length: int, chance: random.Random) -> Chain:
    letters: Chain = []
    before: str | None = None
    for number in range(1, length + 1):
        instance = f"uuid:{form}-{where}-{wave}-{respondent or 'site'}-{number}-{chance.randrange(10**9)}"
        body = {"instance_id": instance, "site": where, "wave": wave, "answers": _answers(form, chance)}
        if respondent:
            body["respondent"] = respondent
        if before:
            body["deprecated_id"] = before
        letters.append(Letter(form, body, number))
        before = instance
    return letters


def _answers(form: str, chance: random.Random) -> dict[str, int]:
    """Return answers that raise, worsen, ease and clear flags about equally often."""
    if form == "survey":
        return {"mood": chance.choice((1, 2, 2, 3, 3, 4, 5))}
    due = chance.randint(20, 60)
    share = chance.choice((0.0, 0.05, 0.12, 0.2, 0.28, 0.4, 0.7))
    return {"proofs_due": due, "proofs_overdue": round(due * share)}


def letters(of: list[Chain]) -> Iterator[Letter]:
    """Yield every letter."""
    for chain in of:
        yield from chain
