"""What people see while a part is down, and that everything is worked off when it is back, without anybody's help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.ports import SUBMISSIONS
from services.notify.documents import DELIVERIES
from tests.support.bus import empty
from tests.support.pipeline import letters
from tests.support.pipeline.installation import PAGES, QUICK, Installation
from tests.support.pipeline.quiet import open_work
from tests.support.pipeline.reports import LONG_S, alarming, furnished, mailed, reader, send
from tests.support.proxy import proxied
from tests.support.wait import eventually

pytestmark = pytest.mark.slow

DELAYED = "Evaluation delayed since"


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Installation]:
    """An embedded installation with three sites, nothing started yet."""
    installation = furnished(Installation(tmp_path, settings={**QUICK, "OUTBOX_RESEND_S": "3"}, replicas=1))
    yield installation
    installation.stop()


@pytest.mark.parametrize("down", ["relay", "scoring-1", "notify-1"])
def test_while_a_worker_is_down_answers_are_taken_and_worked_off_afterwards(embedded: Installation, down: str) -> None:
    embedded.start()
    embedded.fleet.take_down(down)

    send(embedded, alarming("s001"))
    send(embedded, alarming("s002"))
    embedded.fleet.bring_up(down)

    mailed(embedded, 2)


def test_while_scorings_worker_is_down_its_pages_say_so_until_it_is_back(tmp_path: Path) -> None:
    settings = {**QUICK, "LATE_AFTER_S": "20"}
    installation = furnished(Installation(tmp_path, settings=settings, replicas=1, pages=True))
    try:
        installation.start("web", "relay", "scoring-1", "notify-1", *PAGES.values())
        send(installation, alarming("s001"))
        scoring, inbox = (reader(installation, service) for service in PAGES)
        site = f"/monitoring/{letters.PROGRAMME}/sites/s001?lang=en"
        eventually(lambda: (scoring.get(site).status_code, inbox.get("/support/").status_code) == (200, 200), LONG_S)
        assert DELAYED not in scoring.get(site).text

        installation.fleet.take_down("scoring-1")
        eventually(lambda: DELAYED in scoring.get(site).text, LONG_S)
        assert "delayed since" not in inbox.get("/support/?lang=en").text

        installation.fleet.bring_up("scoring-1")
        eventually(lambda: DELAYED not in scoring.get(site).text, LONG_S)
    finally:
        installation.stop()


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
