"""Generated pages say what the code says; links in the documentation lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rules.generated import DOCS, PAGES

ROOT = DOCS.parent
TEXTS = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("programmes/*.md")]


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(text: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text.read_text(encoding="utf-8"))
    assert [target for target in targets if not (text.parent / target).exists()] == []


def test_paths_the_readme_names_exist() -> None:
    named = re.findall(
        r"`((?:shared|services|deploy|docs|tests|programmes)/[\w./-]+?)/?`", (ROOT / "README.md").read_text()
    )
    missing = [path for path in named if not (ROOT / path).exists() and "<" not in path]
    assert missing == []
