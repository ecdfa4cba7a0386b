"""Wheels are chosen for the image's Python, not for the one at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.docker.wheels import pinned

LOCK = """
one==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via something
old==1.3 ; python_full_version < '3.12' \\
    --hash=sha256:cc
new==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
short==2 ; sys_platform == 'win32'
"""


@pytest.mark.parametrize(("python", "chosen"), [("3.11", "old==1.3"), ("3.13", "new==3.0")])
def test_entries_are_chosen_by_the_python_that_is_asked_for(python: str, chosen: str) -> None:
    lines = [line for line in pinned(LOCK, python).splitlines() if "==" in line]

    assert lines == ["one==1.0 \\", f"{chosen} \\"]


def test_every_entry_of_our_lock_keeps_its_hashes() -> None:
    lock = (Path(__file__).parents[3] / "requirements.lock").read_text(encoding="utf-8")
    entries = [entry for entry in pinned(lock, "3.11").split("\n") if "==" in entry]

    assert len(entries) > 20
    assert all(entry.endswith("\\") and ";" not in entry for entry in entries)
