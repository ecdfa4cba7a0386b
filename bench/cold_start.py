"""From the command to the first page, and to the printed links, of the embedded deployment once it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from bench.rows import Row
from tests.support.pipeline.processes import ROOT
from tests.support.servers.process import free_port

BUDGET_S, LIMIT_S = 10.0, 180.0


def measure(folder: Path, rounds: int) -> list[Row]:
    """Start with an empty state folder each time; the medians count."""
    runs = [_once(folder / f"home{turn}") for turn in range(rounds)]
    pages, links = [run[0] for run in runs], [run[1] for run in runs]
    return [
        Row(
            what="cold start to the first page",
            measured=f"{median(pages):.1f} s",
            budget=f"<= {BUDGET_S:.0f} s",
            met=median(pages) <= BUDGET_S,
            note=f"all runs {_listed(pages)} s; empty state folder",
        ),
        Row(
            what="cold start to the printed links",
            measured=f"{median(links):.1f} s",
            budget="-",
            met=None,
            note=f"all runs {_listed(links)} s; example data filled in and evaluated",
        ),
    ]


def _listed(seconds: list[float]) -> str:
    return ", ".join(f"{one:.1f}" for one in seconds)


def _once(home: Path) -> tuple[float, float]:
    """Return the seconds to the first page and to the links."""
    port = free_port()
    home.mkdir()
    environment = {**os.environ, "PEILUNG_HOME": str(home), "PEILUNG_PORT": str(port)}
    started = time.monotonic()
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        page = _passed(started, process, lambda: _page(port))
        return page, _passed(started, process, (home / "access.json").exists)
    finally:
        process.terminate()
        process.wait(60)


def _passed(started: float, process: subprocess.Popen[bytes], there: Callable[[], bool]) -> float:
    """Return the seconds since the start until it is there, infinity if the process ends or time is up."""
    while time.monotonic() - started < LIMIT_S and process.poll() is None:
        if there():
            return time.monotonic() - started
        time.sleep(0.05)
    return float("inf")


def _page(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/collection/sign-in", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
