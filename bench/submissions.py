"""API submissions: forty answers, validated, durable, their event queued, against one bare insert."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import samples
from bench.load import PLACE, Spec, loaded
from bench.rows import Row
from bench.serving import cpu_s, installed, yardstick
from tests.support.pipeline.installation import Installation

BUDGET = 0.6


def measure(folder: Path, kind: str, mongodb_uri: str, rounds: int, seconds: float) -> Row:
    """Run intake and the yardstick side by side, in turns, and compare the medians."""
    content = {"instance_id": PLACE, "site": samples.code(1), "wave": samples.WAVE, "answers": samples.answers()}
    body = json.dumps(content)
    installation = Installation(folder, mongodb_uri, settings={"API_RATE": "0"})
    store = f"{mongodb_uri}/yardstick" if mongodb_uri else f"sqlite://{folder / 'yardstick.db'}"
    ours, bare = [], []
    with yardstick(folder, store) as (port, pid), installed(installation, 1, "web"):
        for turn in range(rounds + 1):  # the first round warms up
            run = f"round{turn}"
            bare.append(_load(Spec(port, "/submissions", body, seconds, run=run), pid))
            spec = Spec(installation.web_port, samples.PATH, body, seconds, key=installation.api_key, run=run)
            ours.append(_load(spec, installation.fleet.members["web"].pid))
    return _row(kind, ours[1:], bare[1:])


@dataclass(frozen=True)
class Round:
    """What one round gave."""

    per_s: float
    refused: int
    cpu_ms: float


def _load(spec: Spec, pid: int) -> Round:
    before = cpu_s(pid)
    seen = loaded(spec)
    accepted = seen.per_s * seen.seconds
    return Round(seen.per_s, seen.refused, 1000 * (cpu_s(pid) - before) / max(accepted, 1))


def _row(kind: str, ours: list[Round], bare: list[Round]) -> Row:
    ratios = [mine.per_s / yard.per_s for mine, yard in zip(ours, bare, strict=True)]
    refused = sum(one.refused for one in (*ours, *bare))
    spread = ", ".join(f"{one:.2f}" for one in ratios)
    cpu = f"{median(one.cpu_ms for one in ours):.2f} ms against {median(one.cpu_ms for one in bare):.2f} ms"
    return Row(
        what=f"API submission, {kind}",
        measured=f"{median(one.per_s for one in ours):.0f}/s",
        yardstick=f"{median(one.per_s for one in bare):.0f}/s",
        ratio=f"{median(ratios):.2f}",
        budget=f">= {BUDGET:.2f} of the yardstick",
        met=median(ratios) >= BUDGET and not refused,
        note=f"ratios of the rounds {spread}; CPU time of the server a request {cpu}; "
        f"{refused} requests refused; only the web process runs",
    )
