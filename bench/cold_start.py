"""From the command to the first page of the embedded deployment, with its Python packages installed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from bench.rows import Row
from tests.support.pipeline.processes import ROOT
from tests.support.servers.process import free_port

BUDGET_S, LIMIT_S = 10.0, 60.0


def measure(folder: Path, rounds: int) -> Row:
    """Start with an empty state folder each time; the median counts."""
    seconds = [_once(folder / f"home{turn}") for turn in range(rounds)]
    found = median(seconds)
    return Row(
        what="cold start to the first page",
        measured=f"{found:.1f} s",
        budget=f"<= {BUDGET_S:.0f} s",
        met=found <= BUDGET_S,
        note="all runs " + ", ".join(f"{one:.1f}" for one in seconds) + " s; empty state folder, demo data included",
    )


def _once(home: Path) -> float:
    port = free_port()
    home.mkdir()
    environment = {**os.environ, "PEILUNG_HOME": str(home), "PEILUNG_PORT": str(port)}
    started = time.monotonic()
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        while time.monotonic() - started < LIMIT_S and process.poll() is None:
            if _page(port):
                return time.monotonic() - started
            time.sleep(0.05)
        return float("inf")
    finally:
        process.terminate()
        process.wait(60)


def _page(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/collection/sign-in", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
