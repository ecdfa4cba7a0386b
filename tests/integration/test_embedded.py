"""The embedded deployment keeps everything over a restart, `reset` clears it, given servers take its parts' place."""

from __future__ import annotations

import contextlib
import functools
import http.cookiejar
import json
import signal
import stat
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
import pytest

from deploy.local import demo
from deploy.local.config import read, service_environment
from services.intake.app import build_office
from services.intake.config import IntakeSettings
from shared.bus import topology
from shared.bus.connection import BusOptions, borrowed
from shared.runtime.settings import load
from tests.support.bus import empty
from tests.support.embedded import ROOT, environment, two_free_ports
from tests.support.smtp_sink import SmtpSink
from tests.support.wait import eventually

PROGRAMME, FORM, SITE = "house-of-resources", "hor_site_report", "dortmund"
REPORT = json.loads((ROOT / "tests" / "system" / "site_report.json").read_text(encoding="utf-8"))
OVERDUE = {**REPORT, "mp_proof_due": 20, "mp_overdue": 8}
ALERTS = f"/api/notify/v1/alerts?programme={PROGRAMME}&site={SITE}"


@dataclass
class Home:
    """An installation of its own, started and stopped as a person does; `given` replaces embedded parts."""

    folder: Path
    given: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=two_free_ports)
    key: str = ""
    links: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> dict[str, str]:
        """The environment it runs with: without the demo's answers, so that it starts quickly."""
        return {**environment(self.folder, self.port), "PEILUNG_DEMO": "false", **self.given}

    def command(self, *words: str) -> list[str]:
        """Return the command `make run` or `make reset` becomes."""
        return [sys.executable, "-m", "deploy.local", *words]

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it inside the context; SIGTERM ends it with success."""
        with self.folder.with_suffix(".log").open("ab") as log:
            process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.told, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            eventually(lambda: process.poll() is not None or self.status("/readyz") == 200, timeout_s=60)
            eventually(lambda: process.poll() is not None or (self.folder / "access.json").exists())
            assert process.poll() is None, self.folder.with_suffix(".log").read_text()[-2000:]
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(45) == 0

    def fill(self) -> None:
        """Publish the example programmes, keep what the demo hands out, wait until every service knows."""
        settings = read(self.told)
        intake = load(IntakeSettings, service_environment(settings, "intake"))
        office = build_office(intake)
        demo.publish(office)
        links: Any = demo.links(office, settings.base_url, True, functools.partial(office.sign_in.link_for, demo=True))
        self.key, self.links = links["api_key"], links["links"]
        eventually(lambda: demo.on_their_way(office) == 0, timeout_s=60)
        office.desk.store.close()

    def status(self, path: str) -> int:
        """Return the status of a page; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def call(self, path: str, body: Any = None) -> Any:
        """Call the API with the demo's key."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def report(self, instance_id: str) -> Any:
        """Send the report with overdue proofs; return the receipt."""
        waves = self.call(f"/api/intake/v1/programmes/{PROGRAMME}/waves")["items"]
        wave = [one["code"] for one in waves if one["state"] == "open" and FORM in one["forms"]][-1]
        body = {"instance_id": instance_id, "site": SITE, "wave": wave, "answers": OVERDUE}
        return self.call(f"/api/intake/v1/programmes/{PROGRAMME}/forms/{FORM}/submissions", body)

    def flags(self) -> list[str]:
        """Return the episodes of the flags raised at the site."""
        found = self.call(f"/api/scoring/v1/programmes/{PROGRAMME}/flags?site={SITE}&state=raised")["items"]
        return sorted(flag["episode_id"] for flag in found)

    def acknowledged(self) -> dict[str, str]:
        """Return who acknowledged which alert."""
        return {one["id"]: one["acknowledged"]["account"] for one in self.call(ALERTS)["items"] if one["acknowledged"]}

    def mails(self) -> dict[str, bytes]:
        """Return the mails in the mailbox, by their files."""
        return {file.name: file.read_bytes() for file in (self.folder / "mailbox").glob("*.eml")}


@dataclass
class Browser:
    """Follows links and keeps cookies, nothing more."""

    base_url: str

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def open(self, url: str) -> tuple[int, str, str]:
        """Return status, path and text of the page that a link or a path leads to."""
        address = url if url.startswith("http") else self.base_url + url
        try:
            with self._opener.open(address, timeout=30) as answer:
                return answer.status, answer.url.removeprefix(self.base_url), answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.url.removeprefix(self.base_url), ""


@pytest.mark.slow
def test_a_restart_keeps_everything_and_reset_clears_it(tmp_path: Path) -> None:
    home, instance_id = Home(tmp_path / "home"), f"uuid:{uuid.uuid4()}"
    with home.running():
        home.fill()
        receipt = home.report(instance_id)
        flags = eventually(home.flags, timeout_s=60)
        mails = eventually(home.mails, timeout_s=60)
        alert = eventually(lambda: home.call(ALERTS)["items"], timeout_s=60)[0]["id"]
        home.call(f"/api/notify/v1/alerts/{alert}/acknowledge", {})
        access = (home.folder / "access.json").read_bytes()
        acknowledged = home.acknowledged()

    assert list(acknowledged) == [alert]
    assert stat.S_IMODE((home.folder / "access.json").stat().st_mode) == 0o600

    with home.running() as process:
        assert home.report(instance_id) == receipt
        assert (home.flags(), home.acknowledged()) == (flags, acknowledged)
        assert mails.items() <= home.mails().items()
        assert home.status(home.links["questionnaire"].removeprefix(f"http://localhost:{home.port}")) == 200
        assert (home.folder / "access.json").read_bytes() == access

        reset = subprocess.run(home.command("reset"), cwd=ROOT, env=home.told, capture_output=True, check=False)
        assert (reset.returncode, process.wait(5)) == (0, 0), reset.stdout

    assert list(home.folder.iterdir()) == []


@pytest.mark.slow
def test_a_mail_server_that_is_given_takes_the_mailboxs_place(tmp_path: Path) -> None:
    with SmtpSink() as sink:
        home = Home(tmp_path / "home", {"SMTP_URL": sink.url})
        with home.running():
            home.fill()
            home.report(f"uuid:{uuid.uuid4()}")

            assert eventually(sink.subjects, timeout_s=60)
            assert (home.mails(), home.status("/mailbox/")) == ({}, 404)


@pytest.mark.slow
def test_a_mongodb_that_is_given_takes_the_place_of_the_store_only(tmp_path: Path, mongo_java_uri: str) -> None:
    name = f"embedded_{uuid.uuid4().hex[:8]}"
    home = Home(tmp_path / "home", {"MONGODB_URI": f"{mongo_java_uri}/{name}"})
    with home.running(), pymongo.MongoClient[dict[str, object]](mongo_java_uri, timeoutMS=5000) as client:
        home.fill()
        receipt = home.report(f"uuid:{uuid.uuid4()}")
        flags = eventually(home.flags, timeout_s=60)
        mails = eventually(home.mails, timeout_s=60)

        found = {database for database in client.list_database_names() if database.startswith(name)}
        kept = client[f"{name}_intake"]["submissions"].find()
        assert found == {f"{name}_intake", f"{name}_scoring", f"{name}_notify"}
        assert [one["instance_id"] for one in kept] == [receipt["instance_id"]]
        assert flags
        assert any(SITE.encode() in mail.lower() for mail in mails.values())
        assert [file.name for file in home.folder.glob("*.db")] == ["bus.db"]


BERLIN, INBOX, FORMS = f"/monitoring/{PROGRAMME}/sites/berlin", "/support/", f"/collection/programmes/{PROGRAMME}/forms"
SIGNED_IN = {  # where the link leads; whether that person may see another site, the inbox, the forms' workshop
    "coordinator": ("/collection/", 403, 403, 403),
    "consultant": ("/monitoring/", 200, 200, 403),
    "evaluator": ("/monitoring/", 200, 200, 200),
}


@pytest.mark.slow
def test_the_links_the_demo_hands_out_lead_in_as_whom_they_say_and_to_the_form(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with home.running():
        home.fill()
        base_url = f"http://localhost:{home.port}"

        found = {}
        for role in SIGNED_IN:
            browser = Browser(base_url)
            status, path, _ = browser.open(home.links[role])
            assert status == 200, role
            found[role] = (path, *(browser.open(page)[0] for page in (BERLIN, INBOX, FORMS)))
        nobody = Browser(base_url)
        status, path, page = nobody.open(home.links["questionnaire"])

        assert found == SIGNED_IN
        assert (status, base_url + path) == (200, home.links["questionnaire"])
        assert "<title>Standortbericht" in page
        assert "<form" in page
        assert nobody.open(INBOX)[1].startswith("/collection/sign-in?")


@pytest.mark.slow
def test_a_rabbitmq_that_is_given_takes_the_place_of_the_bus_only(tmp_path: Path, amqp_url: str) -> None:
    empty(amqp_url)
    home = Home(tmp_path / "home", {"AMQP_URL": amqp_url})
    with home.running():
        home.fill()
        home.report(f"uuid:{uuid.uuid4()}")

        assert eventually(home.mails, timeout_s=60)
        assert all(consumers(amqp_url).values())
        assert sorted(file.name for file in home.folder.glob("*.db")) == ["intake.db", "notify.db", "scoring.db"]
    assert set(consumers(amqp_url).values()) == {0}


def consumers(amqp_url: str) -> dict[str, int]:
    """Return how many consumers every service's queue has."""
    with borrowed(amqp_url, BusOptions()) as connection:
        channel = connection.channel()
        names = {service: topology.events_queue(service) for service in topology.SUBSCRIPTIONS}
        return {
            service: channel.queue_declare(queue=name, passive=True).consumer_count for service, name in names.items()
        }
