"""What happens while a part is down, step by step: an installation with a programme, its reports, its mails."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.support.pipeline import letters, sink
from tests.support.pipeline.client import Client
from tests.support.pipeline.forward import visitor
from tests.support.pipeline.installation import Installation
from tests.support.pipeline.quiet import open_work
from tests.support.wait import eventually

PATH = f"/api/intake/v1/programmes/{letters.PROGRAMME}/forms/report/submissions"
LONG_S = 45


def furnished(installation: Installation) -> Installation:
    """Publish the programme, appoint its people, make a key."""
    programme = letters.programme(3)
    installation.office.publishing.publish(programme)
    for person in letters.people(programme):
        installation.office.people.save(person)
    installation.office.people.add_key("machine", ["submissions:write"], installation.api_key)
    return installation


def alarming(site: str = "s001", number: int = 1) -> dict[str, object]:
    """Return a report that raises a critical flag."""
    answers = {"proofs_due": 40, "proofs_overdue": 38}
    return {"instance_id": f"uuid:{site}-{number}", "site": site, "wave": "first", "answers": answers}


def send(installation: Installation, body: dict[str, object]) -> None:
    """Deliver a report."""
    client = Client(installation.web_port, installation.api_key)
    client.deliver(PATH, body, patience_s=20)
    client.close()


def mailed(installation: Installation, count: int, timeout_s: float = LONG_S) -> None:
    """Wait until everything has been worked off; exactly so many mails must have been accepted then."""

    def done() -> bool:
        left = open_work(installation)
        assert not left, left
        return len(sink.mails(installation.mail_file)) >= count

    try:
        eventually(done, timeout_s, every_s=0.2)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{installation.fleet.tails()}") from error
    ids = [mail["message_id"] for mail in sink.mails(installation.mail_file)]
    assert len(ids) == len(set(ids)) == count


def reader(installation: Installation, service: str) -> FlaskClient:
    """Return a browser in which the consultant of the first site is signed in at a service's pages."""
    pages = visitor(installation.ports[service])
    pages.set_cookie("peilung_session", installation.session("consultant-s001"))
    return pages
