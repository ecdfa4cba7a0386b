"""The embedded deployment as a whole: set it up, fill in the demo the first time, keep it running, clear it."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from deploy.local import demo
from deploy.local.config import LocalSettings, service_environment
from deploy.local.programs import programs
from deploy.local.running import claimed, stop_running, unusable_ports
from deploy.local.supervisor import Supervisor
from deploy.migrate import migrate
from services.intake.app import build_office, demo_link
from services.intake.config import IntakeSettings
from services.intake.handlers.office import Office
from shared.runtime.settings import load

READY_WITHIN_S = 60
COMPUTED_WITHIN_S = 60
GRACE_S, AT_ONCE_S = 20.0, 2.0


class Stopped(Exception):
    """Somebody has asked to stop while things were being set up."""


def run(settings: LocalSettings, stop: threading.Event) -> int:
    """Start everything, fill in the demo the first time, and stay until `stop` is set."""
    home = settings.home
    for folder in (home, home / "mailbox", home / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    with claimed(home) as mine:
        if not mine:
            print(f"Peilung already runs in {home}. Stop it, or choose another PEILUNG_HOME.")
            return 1
        return _run(settings, stop)


def _run(settings: LocalSettings, stop: threading.Event) -> int:
    if unusable := unusable_ports(settings):
        print(f"Cannot use port {' and port '.join(unusable)}. Choose another PEILUNG_PORT.")
        return 1
    supervisor = Supervisor(programs(settings))
    grace_s = AT_ONCE_S
    try:
        _set_up(settings, supervisor, stop)
        grace_s = GRACE_S
        supervisor.watch(stop)
    except Stopped:
        pass
    finally:
        print("\nStopping …", flush=True)
        supervisor.stop(grace_s)
    return 0


def _set_up(settings: LocalSettings, supervisor: Supervisor, stop: threading.Event) -> None:
    for service in ("intake", "scoring", "notify"):
        _pause(stop)
        migrate(service, service_environment(settings, service))
    supervisor.start("web")  # alone, for the pages to answer soon
    _wait_for_pages(settings, stop)
    supervisor.start()
    _show(_access(settings, stop), settings.home)


def _wait_for_pages(settings: LocalSettings, stop: threading.Event) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.port}/readyz", timeout=2):
                print(f"The pages answer: {settings.base_url}", flush=True)
                return
        except (urllib.error.URLError, OSError):
            _pause(stop, 0.1)
    print(f"The pages do not answer yet; see {settings.home / 'log' / 'web.log'}.")


def _access(settings: LocalSettings, stop: threading.Event) -> dict[str, object]:
    """Return the links, made on the first start and kept in `access.json`."""
    file = settings.home / "access.json"
    if file.exists():
        kept: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
        same_mails = bool(kept.get("mailbox_url")) != bool(settings.smtp_url)
        if kept.get("base_url") == settings.base_url and (same_mails or not settings.demo):
            return kept
    access: dict[str, object] = {"base_url": settings.base_url}
    if settings.demo:
        access = _demo(settings, stop)
    _write_private(file, json.dumps(access, indent=2) + "\n")
    return access


def _demo(settings: LocalSettings, stop: threading.Event) -> dict[str, object]:
    intake = load(IntakeSettings, service_environment(settings, "intake"))
    office = build_office(intake)
    print("Filling in example data, this once:", flush=True)

    def told(done: int, of: int) -> None:
        _pause(stop)
        _progress("  answers", done, of)

    count = demo.fill(office, demo.publish(office), told)
    access = demo.links(office, settings.base_url, not settings.smtp_url, functools.partial(demo_link, intake))
    _until_computed(office, count, stop)
    return access


def _until_computed(office: Office, count: int, stop: threading.Event) -> None:
    """Wait, for a minute at most, until the other services know everything that intake has told."""
    deadline = time.monotonic() + COMPUTED_WITHIN_S
    left = count
    while left and time.monotonic() < deadline:
        left = min(count, demo.on_their_way(office))
        _progress("  values ", count - left, count)
        _pause(stop, 0.2 if left else 0)


def _pause(stop: threading.Event, seconds: float = 0.0) -> None:
    """Wait; raises Stopped as soon as somebody asks to stop."""
    if stop.wait(seconds):
        raise Stopped


def _progress(what: str, done: int, of: int) -> None:
    """Draw the bar, on a terminal over and over, elsewhere once when it is full."""
    if sys.stdout.isatty() or done == of:
        bar = "█" * (24 * done // of)
        print(f"\r{what}  {bar:░<24} {done}/{of}", end="\n" if done == of else "", flush=True)


def _write_private(file: Path, content: str) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    part.replace(file)


def _show(access: dict[str, object], home: Path) -> None:
    links = access.get("links")
    print(f"\nPeilung runs: {access['base_url']}\n")
    if isinstance(links, dict):
        for name, link in {**links, "mailbox": access["mailbox_url"]}.items():
            if link:
                print(f"  {name:<14}{link}")
    print(f"\nState and logs: {home}   Links and API key: {home / 'access.json'}   Ctrl+C stops.\n", flush=True)


def reset(settings: LocalSettings) -> int:
    """Stop the running installation, then delete its state."""
    if not stop_running(settings.home):
        print(f"Peilung still runs in {settings.home}; stop it first.")
        return 1
    for name in ("intake", "scoring", "notify", "bus"):
        for file in settings.home.glob(f"{name}.db*"):
            file.unlink()
    for name in ("access.json", "secret.key", "running.pid"):
        (settings.home / name).unlink(missing_ok=True)
    for name in ("mailbox", "log"):
        shutil.rmtree(settings.home / name, ignore_errors=True)
    print(f"Cleared {settings.home}.")
    return 0
