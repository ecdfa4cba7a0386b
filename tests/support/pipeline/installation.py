"""One installation under test: its addresses, its settings, its processes, its stores."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.request import urlopen

from flask import Response

from deploy.migrate import migrate
from services.intake.app import build_office
from services.intake.config import IntakeSettings
from services.intake.handlers.office import Office
from services.scoring.app import Scoring
from services.scoring.config import ScoringSettings
from shared.runtime.settings import load
from shared.store import open_store
from shared.store.port import Store
from shared.web.sessions import Sessions
from tests.support.pipeline.processes import Fleet, Member, python
from tests.support.servers.process import free_port
from tests.support.wait import eventually

SERVICES = ("intake", "scoring", "notify")
PAGES = {"scoring": "scoring-web", "notify": "notify-web"}
QUICK: Mapping[str, str] = {
    "API_RATE": "0",
    "NOTIFY_CRITICAL_WAIT_S": "0.3",
    "NOTIFY_CRITICAL_INTERVAL_S": "2",
    "NOTIFY_STANDARD_WAIT_S": "0.5",
    "NOTIFY_STANDARD_INTERVAL_S": "3",
    "NOTIFY_UNCERTAIN_CRITICAL_S": "2",
    "NOTIFY_UNCERTAIN_S": "2",
    "NOTIFY_LEASE_S": "20",
    "SCORING_LEASE_S": "5",
}
# For a store that needs a millisecond of computing time for every question: ask less often, compute more at once.
PATIENT: Mapping[str, str] = {
    **QUICK,
    "NOTIFY_IDLE_S": "0.5",
    "SCORING_IDLE_S": "0.5",
    "SCORING_QUIET_S": "5",
    "SCORING_LONGEST_S": "10",
    "SCORING_PEERS_S": "10",
}


@dataclass
class Installation:
    """Everything below `folder`. `mongodb_uri` without a database, or empty for SQLite; `bus_url` likewise.

    `settings` are the settings that are not addresses; the default makes everything happen soon. The mail
    server takes up to `mail_delay_s` from having a mail to saying so. `pages`: scoring and notify serve theirs, too.
    """

    folder: Path
    mongodb_uri: str = ""
    bus_url: str = ""
    settings: Mapping[str, str] = field(default_factory=lambda: QUICK)
    replicas: int = 2
    mail_delay_s: float = 0.0
    pages: bool = False

    def __post_init__(self) -> None:
        self.smtp_port = free_port()
        self.ports = {service: free_port() for service in SERVICES}
        self.web_port = self.ports["intake"]
        self.mail_file = self.folder / "mails.jsonl"
        self.api_key = "key-of-a-machine-under-test"
        self.bus_url = self.bus_url or f"sqlite:///{self.folder / 'bus.db'}"
        self.fleet = Fleet(self._members())

    @property
    def base_url(self) -> str:
        """Where intake answers."""
        return f"http://127.0.0.1:{self.web_port}"

    def store_url(self, service: str) -> str:
        """Return the address of a service's database."""
        if self.mongodb_uri:
            return f"{self.mongodb_uri}/test{self.web_port}_{service}"
        return f"sqlite:///{self.folder / f'{service}.db'}"

    def environment(self, service: str) -> dict[str, str]:
        """Return what a process of this service is told."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "MONGODB_URI": self.store_url(service),
            "AMQP_URL": self.bus_url,
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}?from=peilung@example.org&starttls=never",
            "SECRET_KEY": "a secret for tests that is long enough",
            "PUBLIC_URL": self.base_url,
            "SECURE_COOKIES": "false",
            **self.settings,
        }

    def _members(self) -> list[Member]:
        sink = python("-m", "tests.support.pipeline.sink", str(self.smtp_port), str(self.mail_file))
        sink.append(str(self.mail_delay_s))
        members = [
            self._member("sink", "notify", sink),
            self._member("web", "intake", self._web("intake"), by_child=True),
            self._member("relay", "intake", python("-m", "services.intake", "relay")),
        ]
        for service in ("scoring", "notify"):
            for number in range(1, self.replicas + 1):
                name = f"{service}-{number}"
                members.append(self._member(name, service, python("-m", f"services.{service}", "work")))
        for service, name in PAGES.items() if self.pages else ():
            members.append(self._member(name, service, self._web(service), by_child=True))
        return members

    def _web(self, service: str) -> list[str]:
        bind = f"127.0.0.1:{self.ports[service]}"
        web = python("-m", "gunicorn", "--config", "deploy/web_server.py", "--bind", bind)
        return [*web, "--workers", "2", "--threads", "4", f"services.{service}.wsgi:app"]

    def _member(self, name: str, service: str, command: list[str], *, by_child: bool = False) -> Member:
        return Member(name, command, self.environment(service), self.folder / f"{name}.log", by_child)

    @cached_property
    def stores(self) -> dict[str, Store]:
        """One store per service, for looking; created and migrated on first use."""
        for service in SERVICES:
            migrate(service, self.environment(service))
        return {service: open_store(self.store_url(service)) for service in SERVICES}

    @cached_property
    def office(self) -> Office:
        """Intake's use cases, for publishing and for people."""
        assert self.stores
        return build_office(load(IntakeSettings, self.environment("intake")), self.stores["intake"])

    def session(self, account: str) -> str:
        """Return the cookie of a browser in which this account is signed in."""
        response = Response()
        Sessions(self.environment("intake")["SECRET_KEY"], secure=False).sign_in(response, account)
        return response.headers["Set-Cookie"].split(";")[0].partition("=")[2]

    @cached_property
    def scoring(self) -> Scoring:
        """Scoring's parts, for computing again what is stored."""
        return Scoring(load(ScoringSettings, self.environment("scoring")), self.stores["scoring"])

    def start(self, *only: str) -> None:
        """Start every process (or these) and wait until intake is ready."""
        assert self.stores
        self.fleet.start(*only)
        try:
            self.wait_until_ready()
        except AssertionError as error:
            self.stop()
            raise AssertionError(f"not ready\n{self.fleet.tails()}") from error

    def wait_until_ready(self, timeout_s: float = 60) -> None:
        """Return when intake's web server says that it is ready."""
        eventually(self._ready, timeout_s)

    def _ready(self) -> bool:
        try:
            with urlopen(f"{self.base_url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """End every process and close the stores."""
        self.fleet.stop()
        for store in self.__dict__.get("stores", {}).values():
            store.close()
