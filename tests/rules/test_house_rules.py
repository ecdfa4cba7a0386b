"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for folder in ("shared", "services", "deploy", "bench") for path in sorted((ROOT / folder).rglob("*.py"))
]
GRAB_BAGS = {"utils.py", "helpers.py", "common.py", "models.py", "constants.py", "misc.py"}
ids = {"ids": lambda path: str(path.relative_to(ROOT))}


@pytest.mark.parametrize("path", SOURCES, **ids)
def test_a_file_is_short_enough_to_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


@pytest.mark.parametrize("path", SOURCES, **ids)
def test_functions_are_short_and_modules_say_what_they_are_for(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    too_long = [
        f"{node.name}: {_body_lines(node)} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _body_lines(node) > 30
    ]
    assert not too_long
    assert ast.get_docstring(tree) or not tree.body, "a module starts with one line saying what it is for"


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end, without the docstring."""
    lines = (node.end_lineno or 0) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_files_are_named_after_their_subject() -> None:
    assert [path for path in SOURCES if path.name in GRAB_BAGS] == []


def test_templates_escape_by_default() -> None:
    found = [
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "deploy")
        for path in (ROOT / folder).rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_nothing_unfinished_and_no_foreign_paths_are_committed() -> None:
    marks = "TO" + "DO|FIX" + "ME|raise NotImplemented" + "Error"
    found = subprocess.run(
        ["git", "grep", "-nE", marks, "--", "*.py", "*.html", "*.md", "Makefile"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""
