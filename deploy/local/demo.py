"""Publishes the example programmes with synthetic people and answers, once, and hands out the links."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from deploy.local.people import HOR, LINKED, PEOPLE, SCOPES
from deploy.local.sampling import Sample, samples
from services.intake.domain.practice import with_practice
from services.intake.domain.submission import Place, Sent
from services.intake.domain.waves import open_wave
from services.intake.handlers.office import Office
from services.intake.ports import WITH_OUTBOX
from shared.events import derived_id
from shared.programme.loader import read_programme
from shared.programme.model import Programme, Wave
from shared.store.port import Exists

PROGRAMMES = Path(__file__).parents[2] / "programmes"
QUESTIONNAIRE = ("hor_site_report", "dortmund")
Told = Callable[[int, int], None]


def publish(office: Office) -> list[Programme]:
    """Publish every programme folder and save the demo's people. Idempotent within a month.

    A questionnaire that could not be answered today gets a practice wave.
    """
    folders = [folder for folder in sorted(PROGRAMMES.iterdir()) if (folder / "programme.yaml").exists()]
    zone, now = office.desk.zone, office.desk.now()
    found = [with_practice(read_programme(folder), zone, now) for folder in folders]
    for programme in found:
        office.publishing.publish(programme)
    for person in PEOPLE:
        office.people.save(person)
    return found


def fill(office: Office, programmes: list[Programme], told: Told) -> int:
    """Import the synthetic answers of past waves; return how many there are. Idempotent.

    `told(done, of)` is called after each; what it raises ends the import.
    """
    drawn = [
        (programme, sample)
        for programme in programmes
        for sample in samples(PROGRAMMES / programme.id, [site.code for site in programme.sites])
    ]
    for count, (programme, sample) in enumerate(drawn, start=1):
        wave = programme.wave(sample.wave)
        place = Place(programme.id, sample.form, sample.site, sample.wave)
        instance_id = (
            f"uuid:{derived_id('demo', programme.id, sample.form, sample.site, sample.wave, sample.respondent)}"
        )
        office.submissions.import_past(Sent(place, instance_id, sample.answers), _received_at(wave, sample))
        told(count, len(drawn))
    return len(drawn)


def on_their_way(office: Office) -> int:
    """Return how many things intake has told that the other services have not confirmed yet."""
    return sum(office.desk.collection(spec).count({"outbox_due": Exists()}) for spec in WITH_OUTBOX)


def _received_at(wave: Wave, sample: Sample) -> str:
    hour, minute = 8 + sample.respondent % 9, (7 * len(sample.site)) % 60
    return f"{wave.due_on}T{hour:02d}:{minute:02d}:00.000Z"


def links(office: Office, base_url: str, mailbox: bool, sign_in: Callable[[str], str]) -> dict[str, object]:
    """Return the content of `access.json`: a fresh API key, sign-in links, a questionnaire link.

    `mailbox_url` is null when mails go to another server.
    """
    key = secrets.token_urlsafe(32)
    office.people.add_key("demo-machine", SCOPES, key)
    form, site = QUESTIONNAIRE
    desk = office.desk
    wave = open_wave(desk.registry.programme(HOR), form, desk.zone, desk.now())
    assert wave, f"{form} was published with an open wave"
    invited = office.invitations.invite(Place(HOR, form, site, wave.code), by="demo")
    people = {role: base_url + sign_in(account) for role, account in LINKED.items()}
    return {
        "base_url": base_url,
        "api_key": key,
        "mailbox_url": f"{base_url}/mailbox/" if mailbox else None,
        "links": {**people, "questionnaire": f"{base_url}/q/{invited.token}"},
    }
