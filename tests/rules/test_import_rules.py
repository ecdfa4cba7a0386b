"""`make check` refuses imports that the architecture rules out: a planted breach is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the product's code and of the rules."""
    for folder in ("shared", "services", "deploy"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.whl"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def found(copy: Path, *command: str) -> str:
    """Return what the command says about the copy; it must refuse it."""
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def plant(file: Path, line: str) -> None:
    """Add an import to a file."""
    file.write_text(f"{file.read_text()}\n{line}\n", encoding="utf-8")


def test_an_adapter_that_imports_a_handler_is_refused(copy: Path) -> None:
    plant(copy / "services/intake/adapters/links.py", "import services.intake.handlers.desk")

    assert "Adapters never call handlers BROKEN" in found(copy, "lint-imports", "--no-cache")


@pytest.mark.parametrize("library", ["amqp", "kombu", "pymongo", "pyxform", "sqlite3"])
def test_a_library_with_a_place_of_its_own_is_refused_elsewhere(copy: Path, library: str) -> None:
    modules = ["services/intake/handlers/desk.py", "shared/programme/loader.py", "shared/clock.py"]
    for module in modules:
        plant(copy / module, f"import {library}")

    said = found(copy, "ruff", "check", "--select", "TID251", "--output-format", "concise", ".")

    assert [module for module in modules if f"{module}:" not in said] == []
