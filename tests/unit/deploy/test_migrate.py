"""The migration waits for a database that is still starting, but not for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.migrate import migrate, wait_for
from shared.errors import StoreUnavailable
from tests.support.servers.process import free_port


class Starting:
    """A database that answers at the third question."""

    def __init__(self) -> None:
        self.asked = 0

    def ping(self) -> None:
        """Be away twice."""
        self.asked += 1
        if self.asked < 3:
            raise StoreUnavailable("not yet")


def test_a_database_that_is_still_starting_is_waited_for_and_that_is_said_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    starting = Starting()

    wait_for(starting, "scoring", 30)

    assert starting.asked == 3
    assert capsys.readouterr().out == "scoring: waiting up to 30 s for the database (not yet)\n"


def test_a_database_that_never_answers_ends_the_migration() -> None:
    with pytest.raises(StoreUnavailable):
        migrate("scoring", {"MONGODB_URI": f"mongodb://127.0.0.1:{free_port()}/peilung_scoring"}, wait_s=0.6)


def test_a_database_that_answers_is_migrated_at_once(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/scoring.db"

    assert migrate("scoring", {"MONGODB_URI": url}, wait_s=30)
    assert migrate("scoring", {"MONGODB_URI": url}, wait_s=30) == []
