"""From the compose file to the consultant's mailbox, with containers scaled, killed and restarted."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.docker.engine import Engine
from tests.support.wait import eventually

ROOT = Path(__file__).parents[2]
PROGRAMME, FORM = "house-of-resources", "hor_site_report"
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

    def report(self, site: str, **answers: Any) -> str:
        """Send a site report; return its id."""
        instance_id = f"uuid:{uuid.uuid4()}"
        body = {"instance_id": instance_id, "site": site, "wave": self.open_wave(), "answers": {**REPORT, **answers}}
        path = f"/api/intake/v1/programmes/{PROGRAMME}/forms/{FORM}/submissions"

        def accepted() -> bool:
            status, answer = self.call(path, body)
            assert status in (200, 201), answer
            return True

        eventually(accepted, timeout_s=60, every_s=1)
        return instance_id

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


def test_killed_workers_and_a_restarted_broker_lose_nothing(installation: Installation) -> None:
    installation.manage("kill", "-s", "KILL", "scoring", "notify", "intake-relay")
    installation.manage("restart", "-t", "1", "rabbitmq")
    installation.report("berlin", mp_proof_due=20, mp_overdue=8)
    installation.manage("up", "-d", "--no-build", "--no-recreate", "--scale", "intake=2", "--scale", "scoring=3")

    eventually(_has_flag(installation, "berlin"), timeout_s=150, every_s=1)
    eventually(lambda: installation.mails_about("Berlin"), timeout_s=150, every_s=1)
    assert len({mail["MessageID"] for mail in installation.mails_about("Berlin")}) == len(
        installation.mails_about("Berlin")
    )


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


def _unhealthy(running: Installation, containers: Engine) -> list[str]:
    found = []
    for container in running.manage("ps", "-q").split():
        state = json.loads(containers.docker("inspect", container))[0]["State"]
        if state["Status"] == "running" and state.get("Health", {}).get("Status", "healthy") != "healthy":
            found.append(container)
    return found
