"""The test command: runs every tier this machine can run and says which ran, and why one did not.

`python -m tests.run [TIER …]`. In CI (`CI=true`) a skipped test is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

TIERS = ("rules", "unit", "contract", "flow", "integration", "browser", "chaos", "system")
ROOT = Path(__file__).parent


@dataclass
class Outcome:
    """What one tier did."""

    tier: str
    code: int = 0
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    not_run: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing failed and, in CI, nothing was left out."""
        return self.code == 0 and self.failed == 0 and not (in_ci() and self.skipped)


def in_ci() -> bool:
    """True where every tier must run."""
    return os.environ.get("CI") == "true"


def run(tier: str) -> Outcome:
    """Run one tier in a process of its own and read its report."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="peilung-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", str(ROOT / tier)]
        code = subprocess.run(command, cwd=ROOT.parent, check=False).returncode
        outcome = Outcome(tier, code, time.monotonic() - started)
        if report.exists():
            read(report, outcome)
    return outcome


def read(report: Path, outcome: Outcome) -> None:
    """Add what a report of pytest says."""
    tree = ElementTree.parse(report)
    outcome.not_run = [str(said.get("value")) for said in tree.iter("property") if said.get("name") == "not run"]
    for case in tree.iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            outcome.skipped[skip.get("message") or "no reason given"] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        else:
            outcome.passed += 1


def show(outcomes: list[Outcome]) -> None:
    """Print the summary: one line a tier, the reasons below."""
    print("\ntier          passed  failed  left out   seconds")
    for outcome in outcomes:
        left_out = sum(outcome.skipped.values())
        print(f"{outcome.tier:<12} {outcome.passed:>7} {outcome.failed:>7} {left_out:>9} {outcome.seconds:>9.0f}")
    for outcome in outcomes:
        for reason, count in outcome.skipped.most_common():
            print(f"  {outcome.tier}: {count} left out: {reason}")
        for line in outcome.not_run:
            print(f"  {outcome.tier}: not run, known: {line}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    skipped = sum(sum(o.skipped.values()) for o in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped")


def main(tiers: list[str]) -> int:
    """Run the named tiers, or all; exit 1 if one failed."""
    unknown = [tier for tier in tiers if tier not in TIERS]
    if unknown:
        print(f"unknown tier: {', '.join(unknown)}; choose from {', '.join(TIERS)}")
        return 2
    outcomes = [run(tier) for tier in tiers or TIERS]
    show(outcomes)
    if in_ci() and any(outcome.skipped for outcome in outcomes):
        print("left out in CI: counts as failed")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
