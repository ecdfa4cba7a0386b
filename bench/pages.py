"""Page POSTs: many respondents who think between pages, against a bare form that keeps what it is sent."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench import samples
from bench.load import percentile
from bench.respondents import Spec, answered
from bench.rows import Row
from bench.serving import installed, yardstick
from services.intake.domain.submission import Place
from tests.support.pipeline.installation import Installation

BUDGET_MS = 100.0


def measure(folder: Path, rounds: int, seconds: float) -> Row:
    """Let 64 respondents fill in intake's pages and the yardstick's form in turns; compare the 99th percentiles."""
    installation = Installation(folder, settings={"API_RATE": "0"})
    answers = {name: _typed(value) for name, value in samples.answers().items()}
    more, posts, failures = [], [], 0
    with yardstick(folder, f"sqlite://{folder / 'yardstick.db'}") as (port, _), installed(installation, 1, "web"):
        place = Place(samples.PROGRAMME, samples.FORM, samples.code(1), samples.WAVE)
        link = f"/q/{installation.office.invitations.invite(place).token}"
        for turn in range(rounds + 1):  # the first round warms up
            bare = answered(Spec(port, "/page", answers, seconds))
            ours = answered(Spec(installation.web_port, link, answers, seconds))
            if turn:
                more.append((percentile(ours.latencies_ms, 0.99), percentile(bare.latencies_ms, 0.99)))
                posts.append(len(ours.latencies_ms))
                failures += ours.failures + bare.failures
    mine, yard = (median(pair[side] for pair in more) for side in (0, 1))
    return Row(
        what="page POST, 64 respondents",
        measured=f"p99 {mine:.0f} ms",
        yardstick=f"p99 {yard:.0f} ms",
        ratio=f"+{mine - yard:.0f} ms",
        budget=f"<= {BUDGET_MS:.0f} ms more",
        met=mine - yard <= BUDGET_MS and not failures,
        note=f"SQLite; {median(posts) / seconds:.0f} POSTs a second with the pages between them; {failures} failures",
    )


def _typed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
