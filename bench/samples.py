"""The programme and the answers that are measured with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import SystemClock
from shared.programme.loader import read_programme
from shared.programme.model import Programme, Site
from shared.registry import Account, Grant

FOLDER = Path(__file__).with_name("programme")
PROGRAMME, FORM, WAVE = "bench", "report", "now"
PATH = f"/api/intake/v1/programmes/{PROGRAMME}/forms/{FORM}/submissions"


def programme(sites: int, id_: str = PROGRAMME) -> Programme:
    """Return the programme with this many sites and a wave that is open today."""
    base = read_programme(FOLDER)
    today = SystemClock().now().date()
    opens, due, closes = ((today + timedelta(days=days)).isoformat() for days in (-10, 40, 50))
    waves = tuple(replace(wave, opens_on=opens, due_on=due, closes_on=closes) for wave in base.waves)
    places = tuple(Site(code(n), {"de": f"Musterhaus {n}", "en": f"Sample House {n}"}) for n in range(1, sites + 1))
    return replace(base, id=id_, waves=waves, sites=places)


def code(number: int) -> str:
    """Return the code of the site with this number, counted from 1."""
    return f"s{number:04d}"


def consultant(id_: str = PROGRAMME) -> Account:
    """Return the one consultant of all sites."""
    return Account("consultant", "consultant@example.org", "Person Consultant", "de", (Grant("consultant", id_),))


def answers(overdue: int = 12, due: int = 40) -> dict[str, Any]:
    """Return forty answers, all valid; with these numbers the one flag is critical above 30 %."""
    found: dict[str, Any] = {"proofs_due": due, "proofs_overdue": overdue}
    found |= {f"n{n:02d}": 7 * n for n in range(3, 11)}
    found |= {f"r{n:02d}": str(n % 5 + 1) for n in range(11, 21)}
    found |= {f"m{n:02d}": ["grants", "rooms"] for n in range(21, 26)}
    found |= {f"d{n:02d}": n * 12.5 for n in range(26, 31)}
    found |= {f"t{n:02d}": f"2026-03-{n - 20:02d}" for n in range(31, 34)}
    found |= {f"y{n:02d}": "yes" for n in range(34, 38)}
    found |= {f"x{n:02d}": "Ein Satz, wie er in einem Bericht stehen könnte." for n in range(38, 41)}
    return found
