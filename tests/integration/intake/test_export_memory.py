"""Exports hold a few rows at a time, however many there are."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.domain.submission import response_id, submission_id
from shared.programme.model import Form, Question
from shared.store import open_store
from tests.support.forms import GOOD, report_form
from tests.support.intake import PLACE, Bench

pytestmark = pytest.mark.slow

ROWS = 20_000
MORE_MB = 40
CPU_S = 30
FIGURES = tuple(f"n{number:02d}" for number in range(12))

# Reads every export to its end in a process of its own and says what that took.
READER = """
import json, resource, sys
from services.intake.app import build_web
from shared.store import open_store
from tests.support.intake import IN_H2, settings
from shared.clock import FixedClock

def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime

client = build_web(settings(), open_store(sys.argv[1]), FixedClock(IN_H2)).test_client()
path = "/api/intake/v1/programmes/sample/forms/report/export."
before, sizes = None, {}
for query in ("?wave=2026-H1", ""):
    before = before or (used() if not query else None)
    for suffix in ("csv", "json", "xlsx", "sav"):
        answer = client.get(path + suffix + query, headers={"Authorization": "Bearer key"}, buffered=False)
        sizes[suffix] = sum(len(part) for part in answer.response)
        answer.close()
after = used()
print(json.dumps({"more_mb": after[0] - before[0], "cpu_s": after[1] - before[1], "sizes": sizes}))
"""


def wide_form() -> Form:
    figures = tuple(Question(name, "decimal") for name in FIGURES)
    return report_form(respondents="many", items=(*report_form().items, *figures))


def rows() -> Iterator[tuple[str, str]]:
    """Yield submissions as they are kept, half of them from each site."""
    for number in range(ROWS):
        place = replace(PLACE, site=("nordstadt", "suedtal")[number % 2])
        instance_id = f"uuid:{number}"
        answers = {**GOOD, "comment": f"Antwort {number}: größer, schöner 😀 " * (number % 5)}
        answers |= {name: number / 8 for name in FIGURES}
        document = {
            "_id": submission_id(place, instance_id), "response": response_id(place, instance_id),
            "programme": place.programme, "form": place.form, "site": place.site, "wave": place.wave,
            "respondent": instance_id, "instance_id": instance_id, "revision": 1, "form_version": "1",
            "received_at": "2026-11-22T12:00:00.000Z", "answers": answers,
        }  # fmt: skip
        yield document["_id"], json.dumps(document, ensure_ascii=False)


def test_twenty_thousand_responses_are_exported_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "intake.db"
    store = open_store(f"sqlite://{file}")
    bench = Bench(store)
    bench.publish_report(wide_form())
    bench.office.people.add_key("analyst", ["read", "answers:read"], "key")
    with sqlite3.connect(file) as connection:
        connection.executemany("INSERT INTO submissions (_id, body) VALUES (?, ?)", rows())
    connection.close()
    store.close()

    done = subprocess.run(
        [sys.executable, "-c", READER, f"sqlite://{file}"], capture_output=True, text=True, check=False, timeout=300
    )

    assert done.returncode == 0, done.stderr
    took = json.loads(done.stdout)
    assert took["sizes"]["csv"] > 3_000_000
    assert took["more_mb"] < MORE_MB, took
    assert took["cpu_s"] < CPU_S, took
