"""What the pages say while the worker is away or does not get on, in German and English."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from services.scoring.domain.cells import CellKey
from shared.bus.contact import Contact
from tests.support.scoring import ScoringHarness
from tests.support.scoring_web import ScoringWeb

LATE_AFTER_S = 120


@pytest.fixture
def consultant(web: ScoringWeb) -> FlaskClient:
    """A consultant, just after a worker had contact."""
    reach_the_bus(web.harness)
    return web.person(("consultant", ("*",)))


def reach_the_bus(harness: ScoringHarness) -> None:
    """Start a worker that has contact now."""
    worker = Contact(harness.store, harness.clock, LATE_AFTER_S)
    worker.made()
    worker.keep()


def pages(web: ScoringWeb) -> list[str]:
    """Return the addresses of the pages."""
    base = f"/monitoring/{web.harness.definition.id}"
    flags = web.harness.flags("suedtal")["episodes"]
    return ["/monitoring/", base, f"{base}/sites/nordstadt", *(f"/monitoring/flags/{id_}" for id_ in flags)]


def notices(client: FlaskClient, path: str) -> list[str]:
    """Return the notices of a page."""
    answer = client.get(path)
    assert answer.status_code == 200
    return re.findall(r'class="notice notice--warn" role="status">([^<]*)<', answer.text)


def test_while_a_worker_has_contact_no_page_speaks_of_delay(
    web: ScoringWeb, consultant: FlaskClient, harness: ScoringHarness
) -> None:
    harness.clock.advance(seconds=LATE_AFTER_S)

    assert [notices(consultant, path) for path in pages(web)] == [[]] * len(pages(web))


def test_without_a_worker_every_page_says_since_when_it_is_behind(
    web: ScoringWeb, consultant: FlaskClient, harness: ScoringHarness
) -> None:
    since = harness.clock.now()
    harness.clock.advance(seconds=LATE_AFTER_S + 1)

    for path in pages(web):
        (german,), (english,) = notices(consultant, path), notices(consultant, f"{path}?lang=en")
        assert german.startswith("Auswertung verzögert seit 01.08.2026, "), path
        assert english.startswith("Evaluation delayed since 1 Aug 2026, "), path
        assert f":{since:%M}" in german
        consultant.get(f"{path}?lang=de")

    reach_the_bus(harness)
    assert notices(consultant, pages(web)[0]) == []


def test_a_page_that_does_not_exist_and_the_api_do_not_speak_of_delay(
    web: ScoringWeb, consultant: FlaskClient, harness: ScoringHarness
) -> None:
    harness.clock.advance(seconds=LATE_AFTER_S + 1)

    assert "verzögert" not in consultant.get("/monitoring/nowhere").text
    assert "verzögert" not in consultant.get("/api/scoring/v1/docs").text


def test_a_site_page_names_the_wave_whose_answers_have_waited_for_long(
    web: ScoringWeb, consultant: FlaskClient, harness: ScoringHarness
) -> None:
    page = f"/monitoring/{harness.definition.id}/sites/nordstadt"
    harness.answer("nordstadt", "2026-H2", {"proofs_due": 10, "proofs_overdue": 9}, revision=2)
    harness.clock.advance(seconds=LATE_AFTER_S)
    reach_the_bus(harness)
    assert notices(consultant, page) == []
    harness.clock.advance(seconds=1)

    (german,), (english,) = notices(consultant, page), notices(consultant, f"{page}?lang=en")

    assert ": noch nicht ausgewertet. Neue Angaben warten seit 01.08.2026, " in german
    assert ": not evaluated yet. New answers have been waiting since 1 Aug 2026, " in english
    assert notices(consultant, page.replace("nordstadt", "suedtal")) == []
    harness.catch_up()
    reach_the_bus(harness)
    assert notices(consultant, page) == []


def test_answers_that_come_while_a_cell_is_computed_have_waited_only_since(
    harness: ScoringHarness,
) -> None:
    key = CellKey(harness.definition.id, "nordstadt", "2026-H2")
    work = harness.scoring.work
    work.mark(key)
    harness.clock.advance(seconds=60)
    item = work.claim()
    assert item is not None
    work.mark(key)
    harness.clock.advance(seconds=60)
    work.done(item, 1, ("", ""))

    assert work.waiting([key], 59) == {}
    harness.clock.advance(seconds=61)
    assert list(work.waiting([key], 59)) == ["2026-H2"]
