"""What a run leaves out it says: tests by their names (one that no test has hides nothing), stand-ins by theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import run
from tests.contract.store.conftest import LEFT_OUT
from tests.support.docker import standins

ROOT = Path(__file__).parents[2]


def collected(**environ: str) -> str:
    """Return what pytest says when it only collects the store's contract."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/contract/store"]
    told = {name: value for name, value in os.environ.items() if name != "TEST_MONGODB_URI"} | environ
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=True).stdout


def test_every_test_that_is_left_out_exists_and_is_named_at_the_end() -> None:
    said = collected()

    assert [name for name in LEFT_OUT if f"NOT RUN {name}: {LEFT_OUT[name]}" not in said] == []


def test_a_run_without_a_real_mongodb_or_ferretdb_says_so() -> None:
    said = collected()

    assert "NOT RUN the store on a real MongoDB" in said
    assert "NOT RUN FerretDB as it is: a turnstile" in said
    assert "real MongoDB" not in collected(TEST_MONGODB_URI="mongodb://127.0.0.1:1")


def test_stand_ins_for_images_are_named_with_what_they_leave_out() -> None:
    images = {role: f"{role}:1" for role in standins.INSIDE}
    nothing = dict.fromkeys(images, False)

    assert standins.not_run(images, nothing) == []
    assert standins.not_run(images, nothing | {"gateway": True}) == [
        "gateway:1: a stand-in took its place, nginx of Debian 12 (1.22)"
    ]
    told = standins.not_run(images, dict.fromkeys(images, True))
    assert [line.split(":")[0] for line in told[:-1]] == list(images)
    assert told[-1].startswith("MONGO_AUTH=on, deploy/mongo/init-users.js")


def test_what_did_not_run_is_in_the_summary_and_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    report = tmp_path / "report.xml"
    said = '<properties><property name="not run" value="this and that: no server"/></properties>'
    report.write_text(f'<testsuites><testsuite>{said}<testcase name="one"/></testsuite></testsuites>')
    outcome = run.Outcome("contract")

    run.read(report, outcome)
    run.show([outcome])

    assert "contract: not run, known: this and that: no server" in capsys.readouterr().out
    assert (outcome.ok, outcome.passed) == (True, 1)
