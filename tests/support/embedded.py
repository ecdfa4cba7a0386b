"""The embedded deployment (`python -m deploy.local`) in a temporary home, shared by a whole test run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.local.config import read, service_environment
from services.intake.app import build_office, demo_link
from services.intake.config import IntakeSettings
from services.intake.domain.submission import Place
from shared.programme.model import Site
from shared.runtime.settings import load
from tests.support.servers.process import free_port, listens
from tests.support.wait import eventually

ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 240.0
STOPS_WITHIN_S = 45.0
REPLACING = ("MONGODB_URI", "AMQP_URL", "SMTP_URL", "PUBLIC_URL", "STORE_URL", "SECRET_KEY", "PEILUNG_DEMO")


@dataclass(frozen=True)
class Embedded:
    """A running installation: where it is, and what `access.json` says."""

    home: Path
    port: int
    base_url: str
    api_key: str
    mailbox_url: str
    links: Mapping[str, str]

    def invite(self, programme: str, form: str, site: str, wave: str) -> str:
        """Return the address of a new questionnaire link."""
        office = build_office(self._intake())
        invited = office.invitations.invite(Place(programme, form, site, wave), by="test")
        return f"{self.base_url}/q/{invited.token}"

    def open_wave(self, programme: str, form: str) -> str:
        """Return the code of the newest wave in which the form can be answered, as the API says."""
        waves = self._call(f"/api/intake/v1/programmes/{programme}/waves")["items"]
        return [wave["code"] for wave in waves if wave["state"] == "open" and form in wave["forms"]][-1]

    def submit(self, programme: str, form: str, site: str, answers: Mapping[str, Any]) -> None:
        """Send a site's answers in the open wave."""
        wave = self.open_wave(programme, form)
        body = {"instance_id": f"uuid:{uuid.uuid4()}", "site": site, "wave": wave, "answers": answers}
        self._call(f"/api/intake/v1/programmes/{programme}/forms/{form}/submissions", body)

    def invite_now(self, programme: str, form: str, site: str) -> str:
        """Return the address of a new link to a questionnaire that can be answered."""
        return self.invite(programme, form, site, self.open_wave(programme, form))

    def unanswered(self, programme: str, form: str) -> Site:
        """Return a site from which nothing has come yet in the open wave, not even a draft."""
        office = build_office(self._intake())
        definition = office.desk.registry.programme(programme)
        wave = self.open_wave(programme, form)
        found = office.monitor.responses(definition, wave, None)
        missing = [one.site for one in found if one.form == form and one.status == "missing"]
        assert missing, f"every site has begun {form} in {wave}; start afresh"
        return definition.site(missing[0])

    def clear(self, programme: str, form: str, site: str) -> None:
        """Erase what the site has handed in in the open wave."""
        office = build_office(self._intake())
        where = {"programme": programme, "wave": self.open_wave(programme, form), "form": form, "site": site}
        for submission in office.submissions.newest(where):
            office.erasing.erase(submission.place, submission.instance_id)

    def mails(self) -> list[Path]:
        """Return the mails that have arrived, oldest first."""
        return sorted((self.home / "mailbox").glob("*.eml"))

    def sign_in_link(self, account: str) -> str:
        """Return an address that signs one of the demo's people in."""
        return self.base_url + demo_link(self._intake(), account)

    def _call(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.base_url + path, data, headers), timeout=30) as answer:
            return json.load(answer)

    def _intake(self) -> IntakeSettings:
        settings = read({"PEILUNG_HOME": str(self.home), "PEILUNG_PORT": str(self.port)})
        return load(IntakeSettings, service_environment(settings, "intake"))


def environment(home: Path, port: int) -> dict[str, str]:
    """Return the surroundings of an installation of its own: nothing of this machine's replaces a part of it."""
    kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in REPLACING}
    return {**kept, "PEILUNG_HOME": str(home), "PEILUNG_PORT": str(port)}


def two_free_ports() -> int:
    """Return a free port after which the next one is free, too: pages, then mail."""
    return eventually(lambda: next((p for p in [free_port()] if p < 65535 and not listens(p + 1)), 0))


def run(home: Path) -> Iterator[Embedded]:
    """Start an installation below `home`, yield it when the links are there, stop it by SIGTERM."""
    port = two_free_ports()
    log = home.parent / f"{home.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        access = home / "access.json"
        eventually(lambda: access.exists() or process.poll() is not None, STARTS_WITHIN_S)
        assert access.exists(), f"the embedded deployment ended:\n{log.read_text(errors='replace')[-3000:]}"
        yield running(home)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def running(home: Path) -> Embedded:
    """Return the installation that already runs in `home`."""
    access = json.loads((home / "access.json").read_text(encoding="utf-8"))
    return Embedded(home, int(access["base_url"].rpartition(":")[2]), **access)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """One installation for the whole test run; tests use questionnaire links of their own.

    TEST_EMBEDDED_HOME names the home of a running one to use instead.
    """
    home = os.environ.get("TEST_EMBEDDED_HOME")
    if home:
        yield running(Path(home))
    else:
        yield from run(tmp_path_factory.mktemp("embedded"))
