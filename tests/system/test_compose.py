"""From the compose file to the consultant's mailbox, with containers scaled, killed and restarted."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.docker.engine import Engine
from tests.support.wait import eventually

ROOT = Path(__file__).parents[2]
PROGRAMME, FORM = "house-of-resources", "hor_site_report"
SITES = ("berlin", "bremen", "mainz", "muenchen", "rostock", "stuttgart")
SCALE = ("--scale", "intake=2", "--scale", "scoring=3", "--scale", "notify=2")
SCALED_UP = ("up", "-d", "--no-build", "--no-recreate", *SCALE)
REPORT = json.loads((Path(__file__).parent / "site_report.json").read_text(encoding="utf-8"))


@dataclass
class Installation:
    """The running containers, as an operator and a client see them."""

    compose: list[str]
    base_url: str
    mail_url: str
    key: str = ""

    def manage(self, *arguments: str) -> str:
        """Run a Compose command; return its output."""
        done = subprocess.run([*self.compose, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the API with the key; return status and JSON."""
        request = urllib.request.Request(self.base_url + path, data=None if body is None else json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {self.key}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read() or b"null")

    def open_wave(self) -> str:
        """Return the newest wave in which a site report is taken."""
        status, waves = self.call(f"/api/intake/v1/programmes/{PROGRAMME}/waves")
        assert status == 200, waves
        return [one["code"] for one in waves["items"] if one["state"] == "open" and FORM in one["forms"]][-1]

    def send(self, site: str, instance_id: str, **answers: Any) -> tuple[int, Any]:
        """Send a site report; return status and receipt."""
        body = {"instance_id": instance_id, "site": site, "wave": self.open_wave(), "answers": {**REPORT, **answers}}
        return self.call(f"/api/intake/v1/programmes/{PROGRAMME}/forms/{FORM}/submissions", body)

    def report(self, site: str, **answers: Any) -> str:
        """Send a site report until it is taken; return its id."""
        instance_id = f"uuid:{uuid.uuid4()}"

        def accepted() -> bool:
            status, answer = self.send(site, instance_id, **answers)
            assert status in (200, 201), answer
            return True

        eventually(accepted, timeout_s=60, every_s=1)
        return instance_id

    def told(self, site: str) -> list[dict[str, Any]]:
        """Return what was decided to be mailed about a site."""
        status, found = self.call(f"/api/notify/v1/deliveries?programme={PROGRAMME}&site={site}")
        assert status == 200, found
        return list(found["items"])

    def kept(self) -> dict[str, list[str]]:
        """Return the open flags and the deliveries of every site that reported, by id."""
        status, flags = self.call(f"/api/scoring/v1/programmes/{PROGRAMME}/flags?state=raised")
        assert status == 200, flags
        return {
            "flags": sorted(flag["episode_id"] for flag in flags["items"]),
            "deliveries": sorted(delivery["id"] for site in SITES for delivery in self.told(site)),
        }

    def mails_about(self, word: str) -> list[dict[str, Any]]:
        """Return the mails whose subject names this word."""
        with urllib.request.urlopen(f"{self.mail_url}/api/v1/messages", timeout=10) as answer:
            return [mail for mail in json.load(answer)["messages"] if word in mail["Subject"]]


@pytest.fixture(scope="module")
def installation(
    containers: Engine,
    docker_services: Any,
    docker_compose_project_name: str,
    docker_compose_file: str,
) -> Installation:
    compose = [*containers.compose.split(), "-f", docker_compose_file, "-p", docker_compose_project_name]
    port, mail_port = os.environ["PEILUNG_PORT"], os.environ["MAILPIT_PORT"]
    running = Installation(compose, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{mail_port}")
    eventually(lambda: _up(f"{running.base_url}/collection/livez"), timeout_s=240, every_s=1)
    intake = ("exec", "-T", "intake", "python", "-m", "services.intake")
    running.manage(*intake, "publish", "--practice", f"programmes/{PROGRAMME}")
    running.manage(
        *intake, "account", "add", "consultant-1", "--email", "consultant@example.org", "--name", "Bela Beispiel",
        "--language", "en", "--role", f"consultant:{PROGRAMME}",
    )  # fmt: skip
    made = running.manage(*intake, "api-key", "add", "machine-1", "--scope", "submissions:write", "--scope", "read")
    running.key = made.strip().splitlines()[-1].split()[-1]
    return running


def _up(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _has_flag(running: Installation, site: str) -> Callable[[], bool]:
    def check() -> bool:
        status, found = running.call(f"/api/scoring/v1/programmes/{PROGRAMME}/flags?site={site}&state=raised")
        return status == 200 and any(flag["flag"] == "F-H14" for flag in found["items"])

    return check


def test_a_report_becomes_a_flag_and_a_mail(installation: Installation) -> None:
    installation.report("dortmund", mp_proof_due=20, mp_overdue=8)

    eventually(_has_flag(installation, "dortmund"), timeout_s=60, every_s=0.5)
    mails = eventually(lambda: installation.mails_about("Dortmund"), timeout_s=60, every_s=0.5)
    assert [to["Address"] for to in mails[0]["To"]] == ["consultant@example.org"]


def test_the_bare_address_leads_to_the_start_page(installation: Installation) -> None:
    with urllib.request.urlopen(f"{installation.base_url}/", timeout=30) as answer:
        assert answer.status == 200
        assert answer.url.startswith(f"{installation.base_url}/collection/")
        assert "Peilung" in answer.read().decode()


def test_links_lead_to_the_port_the_gateway_listens_on(installation: Installation) -> None:
    invite = ("exec", "-T", "intake", "python", "-m", "services.intake", "sign-in-link", "consultant-1")

    link = installation.manage(*invite).strip().splitlines()[-1]

    assert link.startswith(installation.base_url.replace("127.0.0.1", "localhost") + "/")


def test_what_the_gateway_refuses_has_the_shape_of_the_api(installation: Installation) -> None:
    status, refused = installation.call("/api/intake/v1/programmes", {"files": {"x": "y" * 1_100_000}})

    assert (status, refused["status"], refused["code"]) == (413, 413, "too_large")


def test_workers_killed_while_reports_come_in_and_a_restarted_broker_lose_nothing(installation: Installation) -> None:
    for number, site in enumerate(SITES):
        installation.report(site, mp_proof_due=20, mp_overdue=8)
        installation.manage("kill", "-s", "KILL", ("scoring", "notify", "intake-relay")[number % 3])
        if number == len(SITES) // 2:
            installation.manage("restart", "-t", "1", "rabbitmq")
        installation.manage(*SCALED_UP)

    for site in SITES:
        eventually(_has_flag(installation, site), timeout_s=150, every_s=1)
        eventually(partial(installation.told, site), timeout_s=150, every_s=1)
    _quiet(installation)

    told = [delivery for site in SITES for delivery in installation.told(site)]
    _, flags = installation.call(f"/api/scoring/v1/programmes/{PROGRAMME}/flags?state=raised")
    raised = {flag["episode_id"] for flag in flags["items"] if flag["flag"] == "F-H14" and flag["site"] in SITES}
    news = Counter((one["recipient"], episode) for one in told for episode in one["alerts"] if episode in raised)
    assert len(news) == len(raised) == len(SITES)  # one person, one flag a site
    assert set(news.values()) == {1}
    arrived = Counter(mail["MessageID"] for mail in installation.mails_about(""))
    assert {delivery["message_id"].strip("<>") for delivery in told} <= {one.strip("<>") for one in arrived}
    assert max(arrived.values()) <= 2  # a mail that may have arrived is sent once more
    assert arrived.total() - len(arrived) <= 2 * len(SITES)  # two mails at once in the hands of each killed process


def _quiet(running: Installation, for_s: float = 20.0) -> None:
    """Return when no mail has come for so long."""
    last = {"count": -1, "at": 0.0}

    def resting() -> bool:
        count = len(running.mails_about(""))
        if count != last["count"]:
            last.update(count=count, at=time.monotonic())
        return time.monotonic() - last["at"] >= for_s

    eventually(resting, timeout_s=240, every_s=1)


def test_containers_are_hardened_and_healthy(installation: Installation, containers: Engine) -> None:
    eventually(lambda: _unhealthy(installation, containers) == [], timeout_s=120, every_s=2)

    for service in yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]:
        found = installation.manage("ps", "-a", "-q", service).split()
        assert found, service
        for container in found:
            facts = json.loads(containers.docker("inspect", container))[0]
            assert facts["HostConfig"]["SecurityOpt"] == ["no-new-privileges:true"], service
            assert facts["HostConfig"]["PidsLimit"] > 0, service
            assert facts["HostConfig"]["Memory"] > 0, service
            if service in ("mongo", "rabbitmq", "mailpit"):
                continue
            assert facts["HostConfig"]["ReadonlyRootfs"], service
            assert facts["HostConfig"]["CapDrop"] == ["ALL"], service
            assert (facts["Config"]["User"] in ("", "root", "0:0")) == (service == "keys"), service
            assert not [line for line in facts["Config"]["Env"] if line.startswith(("SECRET_KEY=", "AMQP_URL="))], (
                service
            )


def test_what_is_taken_down_and_brought_up_again_still_has_everything(installation: Installation) -> None:
    answers = {"mp_proof_due": 20, "mp_overdue": 8}
    instance_id = installation.report("hamburg", **answers)
    eventually(lambda: all(installation.kept().values()), timeout_s=60, every_s=1)
    _quiet(installation)
    before = installation.kept()

    installation.manage("down", "-t", "5")  # without -v: volumes stay
    installation.manage(*SCALED_UP)
    for area in ("collection", "monitoring", "support"):
        eventually(partial(_up, f"{installation.base_url}/{area}/livez"), timeout_s=240, every_s=1)
    eventually(lambda: installation.kept() == before, timeout_s=120, every_s=1)
    status, again = installation.send("hamburg", instance_id, **answers)

    assert (status, again["instance_id"], again["revision"]) == (200, instance_id, 1)


def _unhealthy(running: Installation, containers: Engine) -> list[str]:
    found = []
    for container in running.manage("ps", "-q").split():
        state = json.loads(containers.docker("inspect", container))[0]["State"]
        if state["Status"] == "running" and state.get("Health", {}).get("Status", "healthy") != "healthy":
            found.append(container)
    return found
