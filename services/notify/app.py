"""Builds notify: the only file that puts adapters and use cases together."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask

from services.notify.adapters.links import MailLinks
from services.notify.adapters.render import MailRenderer
from services.notify.config import NotifySettings
from services.notify.documents import ALERTS, COLLECTIONS, DELIVERIES
from services.notify.handlers.acknowledging import Acknowledging
from services.notify.handlers.auditing import Auditor
from services.notify.handlers.flushing import Flusher, FlushOptions
from services.notify.handlers.grouping import Groups
from services.notify.handlers.incoming import Handler, Incoming
from services.notify.handlers.people import People
from services.notify.handlers.reading import Reading
from services.notify.handlers.sending import Sender, SendOptions
from services.notify.handlers.silencing import Silencing
from services.notify.web import ack, api, pages
from services.notify.web.desk import Desk
from services.notify.web.wording import shown
from shared.bus.contact import Contact
from shared.bus.publisher import Publisher
from shared.clock import Clock, SystemClock, to_text
from shared.mail.smtp import SmtpMailer, SmtpTimes
from shared.outbox import Relay
from shared.registry import COLLECTIONS as REGISTRY
from shared.registry import Registry
from shared.runtime import smtp_server
from shared.runtime.loops import Step
from shared.store import open_store
from shared.store.port import Store
from shared.web import create_app
from shared.web.api import install_api

SERVICE = "notify"
DESCRIPTION = "Alerts and their acknowledgement, silences, and what became of every mail."


@dataclass
class Notify:
    """Everything that works on one store; the parts that talk to the outside are made on request."""

    settings: NotifySettings
    store: Store
    clock: Clock = field(default_factory=SystemClock)
    owner: str = ""

    def __post_init__(self) -> None:
        self.server = smtp_server.parse(self.settings.smtp_url)
        self.owner = self.owner or f"{socket.gethostname()}-{os.getpid()}"
        self.routes = self.settings.routes()
        self.contact = Contact(self.store, self.clock, self.settings.late_after_s)
        self.registry = Registry(self.store)
        self.people = People(self.store, self.registry, self.clock)
        self.groups = Groups(self.store, self.people, self.routes, self.clock)
        self.links = MailLinks(self.settings.base_url, self.settings.secret_key)
        self.renderer = MailRenderer(self.server.sender, self.links)

    def migrate(self) -> list[str]:
        """Create what the store lacks; return one line per change."""
        return self.store.migrate([*COLLECTIONS, *REGISTRY])

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handler of every event notify consumes."""
        return Incoming(self.store, self.registry, self.groups).handlers()

    def flusher(self) -> Flusher:
        """Return a worker for due groups."""
        options = FlushOptions(
            self.owner, self.server.mail_domain, self.settings.send_resolved, lease_s=min(30.0, self.settings.lease_s)
        )
        return Flusher(self.store, self.people, self.groups, self.routes, self.clock, options)

    def mailer(self) -> SmtpMailer:
        """Return an SMTP connection of its own; all its waits together end before the lease does."""
        lease_s = self.settings.lease_s
        times = SmtpTimes(command_s=self.settings.smtp_timeout_s, mail_s=0.4 * lease_s, dot_s=0.35 * lease_s)
        return SmtpMailer(self.server, times)

    def sender(self, number: int = 1) -> Sender:
        """Return a worker for due mails, with its own connection."""
        options = SendOptions(f"{self.owner}-{number}", self.settings.patience(), self.settings.lease_s)
        return Sender(self.store, self.people, self.groups, self.mailer(), self.renderer, self.clock, options)

    def steps(self) -> dict[str, Step]:
        """Return every loop of a worker process by name."""
        loops: dict[str, Step] = {"flush": self.flusher().step, "audit": Auditor(self.store, self.clock).step}
        loops["contact"] = self.contact.keep
        for number in range(1, self.settings.senders + 1):
            loops[f"send-{number}"] = self.sender(number).step
        for spec in (ALERTS, DELIVERIES):
            publisher = Publisher(self.settings.bus_url)
            relay = Relay(self.store.collection(spec.name), publisher, self.clock, self.owner, self.settings.resend_s)
            loops[f"relay-{spec.name}"] = relay.run_once
        return loops

    def desk(self) -> Desk:
        """Return the use cases of pages and API."""
        return Desk(
            reading=Reading(self.store, self.people, self.clock),
            acknowledging=Acknowledging(self.store, self.clock, self.settings.acknowledged_days),
            silencing=Silencing(self.store, self.groups, self.clock),
            people=self.people,
            delivery_of=lambda token: self.links.delivery_of(token, to_text(self.clock.now())),
            new_id=lambda: str(uuid.uuid4()),
        )


def build(settings: NotifySettings) -> Notify:
    """Return notify on the store of the settings."""
    return Notify(settings, open_store(settings.store_url))


def build_web(settings: NotifySettings, notify: Notify | None = None) -> Flask:
    """Return the web application: pages and JSON API."""
    notify = notify or build(settings)
    app = create_app(
        SERVICE, "/support", settings, notify.registry, notify.store.ping, "services.notify.web",
        late_since=notify.contact.lost_since,
    )  # fmt: skip
    app.extensions["notify"] = notify.desk()
    app.context_processor(lambda: {"shown": shown})
    app.register_blueprint(ack.links)
    app.register_blueprint(pages.pages)
    install_api(app, SERVICE, api.BLUEPRINTS, DESCRIPTION)
    return app
