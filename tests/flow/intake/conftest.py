from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.store import open_store
from tests.support.intake import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Intake's use cases on a fresh embedded store."""
    store = open_store(f"sqlite://{tmp_path}/intake.db")
    yield Bench(store)
    store.close()
