"""What people see while the store is down, that nothing is spent on it, and that all is worked off afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.domain.submission import Place
from services.intake.ports import SUBMISSIONS
from shared.bus import topology
from shared.bus.publisher import Publisher
from shared.clock import SystemClock, to_text
from shared.events import Event, derived_id
from tests.support.browsing import Person
from tests.support.pipeline import letters
from tests.support.pipeline.client import Client
from tests.support.pipeline.forward import visitor
from tests.support.pipeline.installation import PAGES, Installation
from tests.support.pipeline.quiet import parked_messages, waiting_messages
from tests.support.pipeline.reports import LONG_S, PATH, alarming, furnished, mailed, reader, send
from tests.support.servers import mongo_java
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun, ServerProcess
from tests.support.wait import eventually

pytestmark = pytest.mark.slow

ANSWERED_WITHIN_S = 8
SITE_PAGE, INBOX = f"/monitoring/{letters.PROGRAMME}/sites/s001", "/support/"


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[tuple[Installation, ServerProcess]]:
    """An installation on a MongoDB-wire server of its own, of which intake's web process runs."""
    folder = tmp_path / "server"
    folder.mkdir()
    try:
        server, uri = mongo_java.start(folder)
    except CannotRun as error:
        cannot_run(str(error))
        return
    installation = furnished(Installation(tmp_path, uri, replicas=1, pages=True))
    installation.start("web")
    yield installation, server
    server.resume()  # where a test failed while it stood still
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
    assert time.monotonic() - asked <= ANSWERED_WITHIN_S

    back = brought_back(installation, tmp_path)
    try:
        receipts = [client.deliver(PATH, alarming()) for _ in range(2)]
        assert receipts[0] == receipts[1]
        assert kept(installation) == 2
    finally:
        client.close()
        back.stop()


@pytest.mark.parametrize("hangs", [False, True], ids=["ended", "hanging"])
def test_while_the_store_is_down_a_page_keeps_what_was_typed_and_can_be_sent_again(
    wire: tuple[Installation, ServerProcess], tmp_path: Path, hangs: bool
) -> None:
    installation, server = wire
    invited = installation.office.invitations.invite(Place(letters.PROGRAMME, "report", "s002", "first"))
    person = Person(visitor(installation.web_port))
    for _ in range(20):  # every web process has shown the questionnaire before
        person.open(f"/q/{invited.token}")
    person.press()

    (server.pause if hangs else server.stop)()
    asked = time.monotonic()
    person.press(proofs_due="41", proofs_overdue="3")
    waited_s = time.monotonic() - asked

    assert person.status == 503
    assert waited_s <= ANSWERED_WITHIN_S
    assert person.page.forms[-1].values["proofs_due"] == ["41"]
    assert person.page.forms[-1].values["proofs_overdue"] == ["3"]

    back = resumed(installation, server) if hangs else brought_back(installation, tmp_path)
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


def resumed(installation: Installation, server: ServerProcess) -> ServerProcess:
    """Let the store go on and wait until intake can use it."""
    server.resume()
    installation.wait_until_ready()
    return server


def kept(installation: Installation) -> int:
    """Return how many submissions are stored."""
    return installation.stores["intake"].collection(SUBMISSIONS.name).count({})


def test_while_the_store_is_down_pages_say_so_and_workers_wait_without_using_attempts(
    wire: tuple[Installation, ServerProcess], tmp_path: Path
) -> None:
    installation, server = wire
    fleet = installation.fleet
    fleet.bring_up("sink", "relay", "scoring-1", "notify-1", *PAGES.values())
    send(installation, alarming("s001"))
    mailed(installation, 1)
    scoring, notify = (reader(installation, service) for service in PAGES)
    eventually(lambda: (scoring.get(SITE_PAGE).status_code, notify.get(INBOX).status_code) == (200, 200), LONG_S)
    fleet.take_down("scoring-1")
    send(installation, alarming("s002"))
    eventually(lambda: waiting_messages(installation.bus_url).get(topology.events_queue("scoring")), LONG_S)

    server.stop()
    fleet.bring_up("scoring-1")
    tell_everybody(installation)

    for pages, path in ((scoring, SITE_PAGE), (notify, INBOX)):
        asked = time.monotonic()
        answer = pages.get(path, headers={"Accept-Language": "de"})
        assert time.monotonic() - asked <= ANSWERED_WITHIN_S
        assert (answer.status_code, "Gerade nicht erreichbar" in answer.text) == (503, True)
        assert int(answer.headers["Retry-After"]) > 0
    eventually(lambda: all("consumer waits" in log(installation, name) for name in ("scoring-1", "notify-1")), LONG_S)

    back = brought_back(installation, tmp_path)
    try:
        mailed(installation, 2, timeout_s=LONG_S + 30)
        assert parked_messages(installation.bus_url) == {}
        assert "message waits for another attempt" not in log(installation, "scoring-1") + log(installation, "notify-1")
        eventually(lambda: (scoring.get(SITE_PAGE).status_code, notify.get(INBOX).status_code) == (200, 200))
    finally:
        back.stop()


def tell_everybody(installation: Installation) -> None:
    """Publish something that scoring and notify both consume."""
    data = {
        "account": "nobody", "revision": 1, "email": "nobody@example.org", "name": "Person Nobody", "language": "de",
        "roles": [], "active": True,
    }  # fmt: skip
    now = to_text(SystemClock().now())
    publisher = Publisher(installation.bus_url)
    publisher.publish(Event("account.changed", data, "accounts/nobody", "intake", derived_id("nobody", now), now))
    publisher.close()


def log(installation: Installation, member: str) -> str:
    """Return what a process has logged."""
    return installation.fleet.members[member].log.read_text(errors="replace")
