"""All three services in one process: real handlers and stores, events handed over directly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flask.testing import FlaskClient

from deploy.migrate import migrate
from services.intake.app import build_office, build_relay, build_web
from services.intake.config import IntakeSettings
from services.notify.app import Notify
from services.notify.config import NotifySettings
from services.notify.documents import ALERTS, DELIVERIES
from services.scoring.app import Scoring
from services.scoring.config import ScoringSettings
from services.scoring.ports import WITH_OUTBOX
from shared.bus.topology import consumers, receipt_name
from shared.clock import SystemClock
from shared.events import Event, derived_id
from shared.mail.smtp import SmtpMailer
from shared.outbox import Relay
from shared.runtime.settings import load
from shared.store import open_store

Handler = Callable[[Event], None]
KEY = "key-of-a-machine-under-test"


class _Notify(Notify):
    """Remembers the one SMTP connection, so that it can be closed."""

    def mailer(self) -> SmtpMailer:
        self.connection = super().mailer()
        return self.connection


class Platform:
    """The services over SQLite files in `folder`, mailing to `smtp_url`; `work` does everything that is due.

    `told` are further settings.
    """

    def __init__(self, folder: Path, smtp_url: str, **told: str) -> None:
        self._told = {"NOTIFY_CRITICAL_WAIT_S": "0", **told}
        environment = {name: self._environment(folder, name, smtp_url) for name in ("intake", "scoring", "notify")}
        for name, told in environment.items():
            migrate(name, told)
        intake = load(IntakeSettings, environment["intake"])
        store = open_store(intake.store_url)
        self.office = build_office(intake, store)
        self.client: FlaskClient = build_web(intake, store).test_client()
        self.scoring = Scoring(load(ScoringSettings, environment["scoring"]), open_store(self._url(folder, "scoring")))
        self.notify = _Notify(load(NotifySettings, environment["notify"]), open_store(self._url(folder, "notify")))
        relaying = build_relay(intake, lambda: self, store)
        self._handlers: Mapping[str, Mapping[str, Handler]] = {
            "intake": relaying.handlers,
            "scoring": self.scoring.handlers(),
            "notify": self.notify.handlers(),
        }
        self._steps = [step for name, step in relaying.steps.items() if name.startswith("relay")]
        self._steps += [self.scoring.recompute().step, *self._relays(), self.notify.flusher().step]
        self._steps.append(self.notify.sender().step)

    def _relays(self) -> list[Callable[[], int]]:
        stores = {name: self.scoring.store for name in WITH_OUTBOX}
        stores |= {spec.name: self.notify.store for spec in (ALERTS, DELIVERIES)}
        return [Relay(s.collection(name), self, SystemClock(), "flow").run_once for name, s in stores.items()]

    @staticmethod
    def _url(folder: Path, service: str) -> str:
        return f"sqlite:///{folder / service}.db"

    def _environment(self, folder: Path, service: str, smtp_url: str) -> dict[str, str]:
        return {
            "MONGODB_URI": self._url(folder, service),
            "AMQP_URL": self._url(folder, "bus"),
            "SMTP_URL": smtp_url,
            "SECRET_KEY": "a secret for tests that is long enough",
            "PUBLIC_URL": "http://localhost",
            "SECURE_COOKIES": "false",
            **self._told,
        }

    def publish(self, event: Event) -> None:
        """Hand the event to every service that consumes it, twice as a bus may, and return the receipts."""
        for service in consumers(event.name):
            for _ in range(2):
                self._handlers[service][event.name](event)
            if event.origin and not event.name.startswith("handled."):
                self._confirm(event, service)

    def _confirm(self, event: Event, by: str) -> None:
        name = receipt_name(event.source)
        data = {"event_id": event.id, "origin": event.origin, "by": by}
        receipt = Event(name, data, event.subject, by, derived_id("receipt", event.id, by), event.time)
        self._handlers[event.source][name](receipt)

    def work(self) -> int:
        """Do everything that is due now, once; return how many things that were."""
        return sum(step() for step in self._steps)

    def close(self) -> None:
        """Close connections."""
        self.notify.connection.close()
        for store in (self.office.desk.store, self.scoring.store, self.notify.store):
            store.close()
