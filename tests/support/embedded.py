"""The embedded deployment (`python -m deploy.local`) in a temporary home, shared by a whole test run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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

    def unanswered(self, programme: str, form: str, wave: str) -> Site:
        """Return a site from which nothing has come yet, not even a draft."""
        office = build_office(self._intake())
        definition = office.desk.registry.programme(programme)
        found = office.monitor.responses(definition, wave, None)
        missing = [one.site for one in found if one.form == form and one.status == "missing"]
        assert missing, f"every site has begun {form} in {wave}; start afresh"
        return definition.site(missing[0])

    def sign_in_link(self, account: str) -> str:
        """Return an address that signs one of the demo's people in."""
        return self.base_url + demo_link(self._intake(), account)

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
