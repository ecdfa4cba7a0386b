"""Builds intake: the only file that opens the store and the bus."""

from __future__ import annotations

import secrets
import uuid

from flask import Flask

from services.intake.adapters.catalogue import Catalogue
from services.intake.adapters.folder import read_files
from services.intake.config import IntakeSettings
from services.intake.handlers.desk import Desk
from services.intake.handlers.office import Office, open_office
from services.intake.web import api, hand_in, ratelimit
from shared.clock import Clock, SystemClock
from shared.store import open_store
from shared.store.port import Store
from shared.web import create_app
from shared.web.api import install_api

DESCRIPTION = "Questionnaires in, durable submissions out: send answers, publish programmes, see who has answered."


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
        forget=catalogue.forget,
    )
    return open_office(desk, lambda: secrets.token_urlsafe(32), read_files)


def build_web(settings: IntakeSettings, store: Store | None = None, clock: Clock | None = None) -> Flask:
    """Build the web application: pages and JSON API."""
    office = build_office(settings, store, clock)
    desk = office.desk
    app = create_app("intake", "/collection", settings, desk.registry, desk.store.ping, "services.intake.web")
    app.extensions["intake"] = office
    ratelimit.install(app, api.BLUEPRINTS, settings.api_rate)
    app.register_blueprint(hand_in.blueprint)
    install_api(app, "intake", api.BLUEPRINTS, DESCRIPTION)
    return app
