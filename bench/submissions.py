"""API submissions: forty answers, validated, durable, their event queued, against one bare insert."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

from bench import samples
from bench.load import PLACE, Seen, Spec, loaded
from bench.rows import Row
from bench.serving import installed, yardstick
from tests.support.pipeline.installation import Installation

BUDGET = 0.6


def measure(folder: Path, kind: str, mongodb_uri: str, rounds: int, seconds: float) -> Row:
    """Run intake and the yardstick side by side, in turns, and compare the medians."""
    content = {"instance_id": PLACE, "site": samples.code(1), "wave": samples.WAVE, "answers": samples.answers()}
    body = json.dumps(content)
    installation = Installation(folder, mongodb_uri, settings={"API_RATE": "0"})
    store = f"{mongodb_uri}/yardstick" if mongodb_uri else f"sqlite://{folder / 'yardstick.db'}"
    ours, bare = [], []
    with yardstick(folder, store) as port, installed(installation, 1, "web"):
        for turn in range(rounds + 1):  # the first round warms up
            run = f"{kind}{turn}"
            bare.append(loaded(Spec(port, "/submissions", body, seconds, run=run)))
            spec = Spec(installation.web_port, samples.PATH, body, seconds, key=installation.api_key, run=run)
            ours.append(loaded(spec))
    return _row(kind, ours[1:], bare[1:])


def _row(kind: str, ours: list[Seen], bare: list[Seen]) -> Row:
    ratio = median(mine.per_s / yard.per_s for mine, yard in zip(ours, bare, strict=True))
    refused = sum(seen.refused for seen in (*ours, *bare))
    spread = ", ".join(f"{mine.per_s / yard.per_s:.2f}" for mine, yard in zip(ours, bare, strict=True))
    return Row(
        what=f"API submission, {kind}",
        measured=f"{median(seen.per_s for seen in ours):.0f}/s",
        yardstick=f"{median(seen.per_s for seen in bare):.0f}/s",
        ratio=f"{ratio:.2f}",
        budget=f">= {BUDGET:.2f} of the yardstick",
        met=ratio >= BUDGET and not refused,
        note=f"ratios of the rounds {spread}; {refused} requests refused; only the web process runs",
    )
