"""What people see while a part is down, and that everything is worked off when it is back, without anybody's help."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.domain.submission import Place
from services.intake.ports import SUBMISSIONS
from services.notify.documents import DELIVERIES
from tests.support.browsing import Person
from tests.support.bus import empty
from tests.support.pipeline import letters, sink
from tests.support.pipeline.client import Client
from tests.support.pipeline.forward import visitor
from tests.support.pipeline.installation import QUICK, Installation
from tests.support.pipeline.quiet import open_work
from tests.support.proxy import proxied
from tests.support.servers import mongo_java
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun, ServerProcess
from tests.support.wait import eventually

pytestmark = pytest.mark.slow

PATH = f"/api/intake/v1/programmes/{letters.PROGRAMME}/forms/report/submissions"
LONG_S = 45


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Installation]:
    """An embedded installation with three sites, nothing started yet."""
    installation = furnished(Installation(tmp_path, settings={**QUICK, "OUTBOX_RESEND_S": "3"}, replicas=1))
    yield installation
    installation.stop()


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


@pytest.mark.parametrize("down", ["relay", "scoring-1", "notify-1"])
def test_while_a_worker_is_down_answers_are_taken_and_worked_off_afterwards(embedded: Installation, down: str) -> None:
    embedded.start()
    embedded.fleet.take_down(down)

    send(embedded, alarming("s001"))
    send(embedded, alarming("s002"))
    embedded.fleet.bring_up(down)

    mailed(embedded, 2)


def test_while_the_mail_server_is_down_the_mail_waits_and_is_sent_once(embedded: Installation) -> None:
    embedded.start("web", "relay", "scoring-1", "notify-1")
    kept = embedded.stores["notify"].collection(DELIVERIES.name)

    send(embedded, alarming())
    eventually(lambda: kept.count({"state": "retry"}) == 1, LONG_S)
    embedded.fleet.bring_up("sink")

    mailed(embedded, 1, timeout_s=LONG_S + 30)


def test_a_bus_that_forgets_everything_loses_nothing(embedded: Installation) -> None:
    embedded.start("web", "relay", "sink")
    send(embedded, alarming("s001"))
    submissions = embedded.stores["intake"].collection(SUBMISSIONS.name)
    eventually(lambda: [d["outbox"][0]["sent"] for d in submissions.find({})] == [1], LONG_S)

    embedded.fleet.take_down("relay")
    for file in embedded.folder.glob("bus.db*"):
        file.unlink()
    embedded.fleet.bring_up("relay", "scoring-1", "notify-1")
    send(embedded, alarming("s002"))

    mailed(embedded, 2)


def test_while_the_bus_is_down_answers_are_taken_and_told_afterwards(tmp_path: Path, amqp_url: str) -> None:
    port = int(amqp_url.rsplit(":", 1)[1].split("/")[0])
    empty(amqp_url)
    with proxied(port) as proxy:
        installation = furnished(
            Installation(tmp_path, bus_url=amqp_url.replace(f":{port}", f":{proxy.port}"), replicas=1)
        )
        try:
            installation.start()
            mailed(installation, 0)
            proxy.refuse()
            send(installation, alarming())
            assert open_work(installation)["intake.submissions outbox_due"] == 1
            proxy.welcome()
            mailed(installation, 1)
        finally:
            installation.stop()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[tuple[Installation, ServerProcess]]:
    """Intake's web process on a MongoDB-wire server of its own."""
    folder = tmp_path / "server"
    folder.mkdir()
    try:
        server, uri = mongo_java.start(folder)
    except CannotRun as error:
        cannot_run(str(error))
        return
    installation = furnished(Installation(tmp_path, uri))
    installation.start("web")
    yield installation, server
    installation.stop()
    server.stop()


def test_while_the_store_is_down_nothing_is_taken_and_a_retry_gives_one_receipt(
    wire: tuple[Installation, ServerProcess], tmp_path: Path
) -> None:
    installation, server = wire
    client = Client(installation.web_port, installation.api_key, timeout_s=15)
    client.deliver(PATH, alarming("s003"))

    server.stop()
    asked = time.monotonic()
    refused = client.post(PATH, alarming())

    assert refused.status == 503
    assert int(refused.retry_after or 0) > 0
    assert refused.body["code"] == "unavailable"
    assert time.monotonic() - asked < 8

    back = brought_back(installation, tmp_path)
    try:
        receipts = [client.deliver(PATH, alarming()) for _ in range(2)]
        assert receipts[0] == receipts[1]
        assert kept(installation) == 2
    finally:
        client.close()
        back.stop()


def test_while_the_store_is_down_a_page_keeps_what_was_typed_and_can_be_sent_again(
    wire: tuple[Installation, ServerProcess], tmp_path: Path
) -> None:
    installation, server = wire
    invited = installation.office.invitations.invite(Place(letters.PROGRAMME, "report", "s002", "first"))
    person = Person(visitor(installation.web_port))
    for _ in range(20):  # every web process has shown the questionnaire before
        person.open(f"/q/{invited.token}")
    person.press()

    server.stop()
    person.press(proofs_due="41", proofs_overdue="3")

    assert person.status == 503
    assert person.page.forms[-1].values["proofs_due"] == ["41"]
    assert person.page.forms[-1].values["proofs_overdue"] == ["3"]

    back = brought_back(installation, tmp_path)
    try:
        assert kept(installation) == 0
        person.press()
        assert person.status == 200
        person.press()
        assert person.page.h1.startswith("Thank you")
        assert kept(installation) == 1
    finally:
        back.stop()


def brought_back(installation: Installation, folder: Path) -> ServerProcess:
    """Start the store again with its data, on its port, and wait until intake can use it."""
    server, _ = mongo_java.start(folder / "server", int(installation.mongodb_uri.rsplit(":", 1)[1]))
    installation.wait_until_ready()
    return server


def kept(installation: Installation) -> int:
    """Return how many submissions are stored."""
    return installation.stores["intake"].collection(SUBMISSIONS.name).count({})
