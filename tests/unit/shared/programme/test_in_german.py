"""Every code that a form file can earn has a German sentence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.programme.in_german import SAYS, in_german

SHARED = Path(__file__).parents[4] / "shared"
FORM_MODULES = (
    "changes", "choice_checks", "choice_files", "choices", "columns", "cycle_checks", "entries", "exchange",
    "form_checks", "form_source", "grid", "question_types", "reach_checks", "rule_checks", "survey", "text_tables",
    "workbook", "xlsform",
)  # fmt: skip
OF_WHOLE_PROGRAMMES = {
    "cycle", "min_sites_too_large", "peers_off", "single_site_for_leads", "form_differs", "unknown_topic",
    "unknown_form", "unknown_role", "unknown_measure",
}  # fmt: skip


def codes(path: Path) -> Iterator[str]:
    """Yield the codes of the faults and notices that stand in a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        position = {"fault": 1, "notice": 1, "Finding": 1, "ExpressionFault": 0}.get(name)
        given = node.args[position] if position is not None and len(node.args) > position else None
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value


@pytest.mark.parametrize("module", FORM_MODULES)
def test_faults_of_forms_are_said_in_german(module: str) -> None:
    found = set(codes(SHARED / "programme" / f"{module}.py")) - OF_WHOLE_PROGRAMMES

    assert sorted(found - set(SAYS)) == []


def test_faults_of_expressions_are_said_in_german() -> None:
    found = {code for path in (SHARED / "expressions").glob("*.py") for code in codes(path)}

    assert len(found) > 5
    assert sorted(found - set(SAYS)) == []


def test_sentences_say_what_to_do_in_one_line_and_others_are_left_out() -> None:
    assert all(text.endswith(".") and len(text) < 130 for text in SAYS.values())
    assert in_german("of_the_future") == ""
