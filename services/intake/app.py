"""Builds intake: the only file that opens the store and the bus."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask

from services.intake.adapters.catalogue import Catalogue
from services.intake.adapters.envelopes import enveloped
from services.intake.adapters.folder import read_files
from services.intake.adapters.links import signer
from services.intake.adapters.mailer import SmtpMailer
from services.intake.adapters.sealing import DraftSeal
from services.intake.config import IntakeSettings
from services.intake.handlers.desk import Desk
from services.intake.handlers.office import Links, Office, open_office
from services.intake.ports import COLLECTIONS, WITH_OUTBOX
from services.intake.web import (
    api,
    collection,
    exports,
    form_api,
    form_preview,
    live,
    no_more,
    openrosa,
    register,
    register_api,
    sign_in,
    statement,
)  # fmt: skip
from services.intake.web.review import blueprint as review_pages
from shared.clock import Clock, SystemClock
from shared.events import Event
from shared.mail.smtp import SmtpMailer as SmtpChannel
from shared.outbox import Receipts, Relay
from shared.outbox.relay import EventPublisher
from shared.runtime import smtp_server
from shared.runtime.loops import Step
from shared.runtime.pacing import Every
from shared.store import open_store
from shared.store.port import Store
from shared.web import create_app, ratelimit
from shared.web.api import install_api

CALENDAR_S = 10.0
REMINDERS_S = 10.0
TIDY_S = 3600.0
DESCRIPTION = "Questionnaires in, durable submissions out: send answers, publish programmes, see who has answered."
PAGES = (
    review_pages,
    live.blueprint, sign_in.entrance, sign_in.blueprint, collection.blueprint, form_preview.blueprint,
    statement.blueprint, register.blueprint, no_more.blueprint,
)  # fmt: skip


def build_office(settings: IntakeSettings, store: Store | None = None, clock: Clock | None = None) -> Office:
    """Build the use cases; `store` and `clock` replace the real ones."""
    store = store or open_store(settings.store_url)
    catalogue = Catalogue(store)
    desk = Desk(
        store=store,
        registry=catalogue,
        clock=clock or SystemClock(),
        new_id=lambda: str(uuid.uuid4()),
        zone=settings.time_zone,
        seal=DraftSeal(settings.secret_key, settings.secret_key_old.splitlines()),
        forget=catalogue.forget,
        away=catalogue.away,
    )
    links = Links(lambda: secrets.token_urlsafe(32), signer(settings.secret_key), settings.base_url, settings.rhythms)
    return open_office(desk, links, read_files)


@dataclass(frozen=True)
class Relaying:
    """What the process `intake-relay` runs: loops, and the handlers of what it consumes."""

    steps: Mapping[str, Step]
    handlers: Mapping[str, Callable[[Event], None]]


def build_relay(
    settings: IntakeSettings,
    publisher: Callable[[], EventPublisher],
    store: Store | None = None,
    clock: Clock | None = None,
) -> Relaying:
    """Build the relay's work; `publisher` makes a publisher of its own for each collection's loop."""
    office = build_office(settings, store, clock)
    desk, owner = office.desk, f"intake-{uuid.uuid4().hex[:8]}"
    mailer = SmtpMailer(settings.smtp_url)
    steps: dict[str, Step] = {
        f"relay {spec.name}": Relay(desk.collection(spec), publisher(), desk.clock, owner, settings.resend_s).run_once
        for spec in WITH_OUTBOX
    }
    steps["calendar"] = Every(CALENDAR_S, time.monotonic, office.calendar.run_once)
    steps["overdue"] = Every(CALENDAR_S, time.monotonic, office.overdue.run_once)
    steps["tidying"] = Every(TIDY_S, time.monotonic, office.tidying.run_once)
    steps["mails"] = lambda: office.sign_in.mail_one(mailer, owner)
    steps["mails of responses sent back"] = lambda: office.reviewing.mail_one(mailer, owner)
    steps |= _asking_steps(settings, office, owner)
    receipts = Receipts(desk.store, [spec.name for spec in WITH_OUTBOX])
    return Relaying(steps, {"handled.intake": receipts.on_handled})


def _asking_steps(settings: IntakeSettings, office: Office, owner: str) -> dict[str, Step]:
    """Return what writes to respondents: queues mails that are due, sends them."""
    server = smtp_server.parse(settings.smtp_url)
    channel, envelope = SmtpChannel(server), enveloped(server)
    return {
        "reminders": Every(REMINDERS_S, time.monotonic, office.asking.reminders.run_once),
        "invitation mails": lambda: office.asking.posting.send_one(channel, envelope, owner),
    }


def migrate(settings: IntakeSettings) -> list[str]:
    """Create what the store lacks; return one line per change."""
    return open_store(settings.store_url).migrate(COLLECTIONS)


def demo_link(settings: IntakeSettings, account_id: str) -> str:
    """Return the path of a link that signs an account in as often as it is followed, for demonstrations."""
    return build_office(settings).sign_in.link_for(account_id, demo=True)


def build_web(settings: IntakeSettings, store: Store | None = None, clock: Clock | None = None) -> Flask:
    """Build the web application: pages and JSON API."""
    office = build_office(settings, store, clock)
    desk = office.desk
    app = create_app("intake", "/collection", settings, desk.registry, desk.store.ping, "services.intake.web")
    app.config["CONTACT_EMAIL"] = settings.contact_email
    app.extensions["intake"] = office
    for blueprint in (*PAGES, openrosa.blueprint):
        app.register_blueprint(blueprint)
    ratelimit.install(app, (openrosa.blueprint,), settings.api_rate)
    install_api(
        app,
        "intake",
        (*api.BLUEPRINTS, *form_api.BLUEPRINTS, *register_api.BLUEPRINTS, *exports.BLUEPRINTS),
        DESCRIPTION,
    )
    return app
