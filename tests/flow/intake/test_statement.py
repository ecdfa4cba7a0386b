from __future__ import annotations

from services.intake.app import build_web
from tests.support.browsing import Person
from tests.support.intake import Bench, settings


def test_the_accessibility_statement_is_a_click_away_from_everywhere_without_signing_in(bench: Bench) -> None:
    person = Person(build_web(settings(), bench.store, bench.clock).test_client(), "de").open("/collection/sign-in")
    assert "/collection/accessibility" in person.page.links

    person.open("/collection/accessibility")

    assert person.status == 200
    assert person.page.h1 == "Erklärung zur Barrierefreiheit"
    assert "an die Stelle, die Sie" in person.page.text


def test_it_names_whom_to_write_to(bench: Bench) -> None:
    app = build_web(settings(contact_email="help@example.org"), bench.store, bench.clock)

    person = Person(app.test_client()).open("/collection/accessibility")

    assert "mailto:help@example.org" in person.page.links
    assert person.page.h1 == "Accessibility statement"
