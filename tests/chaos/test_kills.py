"""The promise under fire: processes die all the time, and nothing accepted is lost, stale, unmailed or mailed twice."""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.scoring.ports import SITE_FLAGS
from shared.errors import StoreUnavailable
from shared.programme.model import Programme
from tests.support.pipeline import expected, letters, oracle, sink, size
from tests.support.pipeline.installation import PATIENT, QUICK, Installation
from tests.support.pipeline.quiet import open_work, parked_messages
from tests.support.pipeline.storm import Broker, Storm
from tests.support.pipeline.traffic import Traffic
from tests.support.servers import rabbitmq
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun
from tests.support.wait import eventually

pytestmark = pytest.mark.slow

SITES = 40
STORM_LIMIT_S, REST_LIMIT_S = 600, 600  # guards against hanging; alone on two cores both take a third of it
MAIL_DELAY_S = 0.5  # long enough that some workers die between the mail server's having a mail and their knowing it
VICTIMS = ["web", "relay", "scoring-1", "scoring-2", "notify-1", "notify-2"]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[rabbitmq.RabbitMQ]:
    """A RabbitMQ of this test's own, to be killed."""
    folder = tmp_path / "rabbitmq"
    folder.mkdir()
    try:
        launched = rabbitmq.launch(folder)
    except CannotRun as error:
        cannot_run(str(error))
        return
    yield launched
    launched.stop()


@pytest.mark.parametrize(("server", "settings"), [("ferretdb", PATIENT), ("mongo_java", QUICK)])
def test_nothing_is_lost_while_workers_and_broker_are_killed(
    server: str, settings: dict[str, str], tmp_path: Path, broker: rabbitmq.RabbitMQ, request: pytest.FixtureRequest
) -> None:
    uri = request.getfixturevalue(f"{server}_uri")
    run(Installation(tmp_path, uri, broker.url, settings, mail_delay_s=MAIL_DELAY_S), broker)


def test_nothing_is_lost_while_the_embedded_deployment_is_killed(tmp_path: Path) -> None:
    run(Installation(tmp_path, mail_delay_s=MAIL_DELAY_S), None)


def test_the_run_cannot_be_made_smaller_where_it_is_the_gate() -> None:
    assert size.wanted({"CI": "true"}) == size.Size(letters=2000, kills=60, broker_kills=2)
    assert size.wanted({"CHAOS_LETTERS": "400"}) == size.Size(letters=400)
    for name in ("CHAOS_LETTERS", "CHAOS_KILLS"):
        with pytest.raises(AssertionError, match=name):
            size.wanted({"CI": "true", name: "5000"})


def run(installation: Installation, broker: Broker | None) -> None:
    """Send everything under fire, wait until it has been worked off, then count."""
    full = size.wanted(os.environ)
    seed = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
    print(f"\nCHAOS_SEED={seed}")
    chance = random.Random(seed)
    programme = letters.programme(SITES)
    chains = letters.chains(programme, full.letters, chance)
    started = time.monotonic()
    try:
        furnish(installation, programme)
        installation.start()
        traffic = Traffic(installation.web_port, installation.api_key, chains, chance)
        aim = at_the_dot(installation.mail_file)
        storm = Storm(installation.fleet, VICTIMS, chance, full, lambda: traffic.progress, aim, broker)
        traffic.start()
        storm.rage(STORM_LIMIT_S)
        traffic.finish(1)
        stormy_s = time.monotonic() - started
        at_rest(installation)
        installation.fleet.stop()
        judge(installation, chains, traffic, storm, (stormy_s, time.monotonic() - started))
    finally:
        installation.stop()


def furnish(installation: Installation, programme: Programme) -> None:
    """Publish the programme, appoint its people, make the client's key."""
    installation.office.publishing.publish(programme)
    for person in letters.people(programme):
        installation.office.people.save(person)
    installation.office.people.add_key("machine", ["submissions:write"], installation.api_key)


def at_the_dot(mail_file: Path) -> Callable[[str], None]:
    """Return what waits with killing a sender for a mail that the mail server has and has not yet said yes to."""

    def aim(victim: str) -> None:
        if victim.startswith("notify"):
            before = sink.size(mail_file)
            with contextlib.suppress(AssertionError):  # none comes: killed all the same
                eventually(lambda: sink.size(mail_file) > before, 1, every_s=0.01)

    return aim


def at_rest(installation: Installation) -> None:
    """Return when there is nothing left to do."""

    def resting() -> bool:
        try:
            left = open_work(installation)
        except StoreUnavailable as error:
            raise AssertionError("the store is too slow to be asked") from error
        assert not left, left
        return True

    try:
        eventually(resting, REST_LIMIT_S, every_s=0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{installation.fleet.tails()}") from error


def judge(
    installation: Installation,
    chains: list[letters.Chain],
    traffic: Traffic,
    storm: Storm,
    seconds: tuple[float, float],
) -> None:
    """Print the count; fail if anything is wrong."""
    sent = list(letters.letters(chains))
    verdict = oracle.Verdict()
    oracle.check_kept(verdict, installation.stores["intake"], sent, traffic.receipts)
    oracle.check_scored(verdict, installation.scoring, sent)
    mails = sink.mails(installation.mail_file)
    killed = sum(count for victim, count in storm.killed.items() if victim.startswith("notify"))
    oracle.check_mailed(verdict, installation.stores["scoring"], installation.stores["notify"], mails, killed)
    for queue, count in parked_messages(installation.bus_url).items():
        verdict.fault("messages parked", f"{count} in {queue}")
    if traffic.tally["500"]:
        verdict.fault("answers 500", str(traffic.tally["500"]))
    assert_by_hand(verdict, installation, sent)
    print(
        f"{len(sent)} sent in {seconds[0]:.0f} s, at rest after {seconds[1]:.0f} s; "
        f"{storm.total} workers killed: {dict(storm.killed)}, broker away {storm.recovery_s} s; "
        f"answers {dict(traffic.tally)}; counted {verdict.counted}"
    )
    assert len(sent) >= storm.size.letters
    assert storm.complete, dict(storm.killed)
    assert not verdict.wrong, verdict.in_words()


def assert_by_hand(verdict: oracle.Verdict, installation: Installation, sent: list[letters.Letter]) -> None:
    """Compare the open flags with those worked out by hand."""
    found: dict[tuple[str, str], str] = {}
    for flags in installation.stores["scoring"].collection(SITE_FLAGS.name).find({}):
        if flags["site"] != "*":
            raised = [e for e in flags["episodes"].values() if e["state"] == "raised"]
            found |= {(flags["site"], e["flag"]): e["severity"] for e in raised}
    for key, severity in expected.open_flags(sent).items() ^ found.items():
        verdict.fault("flags that answers do not give", f"{key} {severity}: {found.get(key)}")
