"""Addresses that are secrets themselves are cut short in the gateway's log."""

from __future__ import annotations

import re
from pathlib import Path

from services.intake.app import build_web as intake
from services.notify.app import build_web as notify
from services.notify.config import NotifySettings
from tests.support.intake import settings

CONFIG = Path(__file__).parents[2] / "deploy" / "gateway" / "nginx.conf"


def test_the_log_holds_no_address_that_is_a_secret(tmp_path: Path) -> None:
    told = {name: getattr(settings(), name) for name in ("secret_key", "public_url", "smtp_url", "bus_url")}
    store = f"sqlite:///{tmp_path}/x.db"
    apps = (intake(settings(store_url=store)), notify(NotifySettings(store_url=store, **told)))
    cut = re.findall(r"~\^(\S+) \1-;", CONFIG.read_text(encoding="utf-8"))

    secret = {rule.rule for app in apps for rule in app.url_map.iter_rules() if {"token", "key"} & rule.arguments}
    secret = {rule for rule in secret if "<token>" in rule or rule.startswith("/openrosa/")}

    assert {"/q/<token>", "/support/ack/<token>", "/collection/no-more/<token>"} <= secret
    assert [rule for rule in sorted(secret) if not rule.startswith(tuple(cut))] == []
