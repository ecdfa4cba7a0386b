from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.adapters.catalogue import AWAY_S, FRESH_S, Catalogue
from shared.errors import StoreUnavailable
from shared.store import open_store
from tests.support.intake import Bench


class Watch:
    """A clock that is set by hand."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(open_store(f"sqlite://{tmp_path / 'intake.db'}"))
    bench.publish_report()
    return bench


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def catalogue(bench: Bench, watch: Watch) -> Catalogue:
    """A catalogue that has read the programme, long enough ago to read it again; then the store went away."""
    known = Catalogue(bench.store, watch)
    known.programme("sample")
    known.revision("sample")
    watch.now += FRESH_S
    bench.outage.begin()
    return known


def test_while_the_store_is_away_one_question_waits_and_the_others_are_answered_from_memory(
    bench: Bench, catalogue: Catalogue
) -> None:
    assert catalogue.programme("sample").id == "sample"
    assert catalogue.revision("sample") == 1
    assert bench.outage.refused == 1


def test_whoever_knows_that_the_store_is_away_waits_for_nothing(
    bench: Bench, catalogue: Catalogue, watch: Watch
) -> None:
    catalogue.away()
    assert catalogue.programme("sample").id == "sample"
    assert bench.outage.refused == 0

    watch.now += AWAY_S
    catalogue.programme("sample")
    assert bench.outage.refused == 1


def test_what_was_never_read_is_not_there_while_the_store_is_away(catalogue: Catalogue) -> None:
    with pytest.raises(StoreUnavailable):
        catalogue.programme("another")
