"""`python -m deploy.local [run|reset]`: the embedded deployment from one command."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from deploy.local import demo
from deploy.local.config import LocalSettings, read, service_environment
from deploy.local.programs import programs
from deploy.local.running import claimed, stop_running, taken_ports
from deploy.local.supervisor import Supervisor
from deploy.migrate import migrate
from services.intake.app import build_office, demo_link
from services.intake.config import IntakeSettings
from services.intake.handlers.office import Office
from shared.errors import ConfigError
from shared.runtime.loops import stop_on_signals
from shared.runtime.settings import load

READY_WITHIN_S = 60
COMPUTED_WITHIN_S = 60


def run(settings: LocalSettings) -> int:
    """Start everything, fill in the demo the first time, and stay until told to stop."""
    home = settings.home
    for folder in (home, home / "mailbox", home / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    with claimed(home) as mine:
        if not mine:
            print(f"Peilung already runs in {home}. Stop it, or choose another PEILUNG_HOME.")
            return 1
        return _run(settings)


def _run(settings: LocalSettings) -> int:
    if taken := taken_ports(settings):
        print(f"Port {' and '.join(taken)} is taken by another program. Choose another PEILUNG_PORT.")
        return 1
    stop = stop_on_signals()
    for service in ("intake", "scoring", "notify"):
        migrate(service, service_environment(settings, service))
    supervisor = Supervisor(programs(settings))
    try:
        supervisor.start()
        _wait_for_pages(settings)
        _show(_access(settings), settings.home)
        supervisor.watch(stop)
    finally:
        print("\nStopping …", flush=True)
        supervisor.stop()
    return 0


def _wait_for_pages(settings: LocalSettings) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{settings.port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    print(f"The pages do not answer yet; see {settings.home / 'log' / 'web.log'}.")


def _access(settings: LocalSettings) -> dict[str, object]:
    """Return the links, made on the first start and kept in `access.json`."""
    file = settings.home / "access.json"
    if file.exists():
        kept: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
        same_mails = bool(kept.get("mailbox_url")) != bool(settings.smtp_url)
        if kept.get("base_url") == settings.base_url and (same_mails or not settings.demo):
            return kept
    intake = load(IntakeSettings, service_environment(settings, "intake"))
    office = build_office(intake)
    if settings.demo:
        count = demo.fill(office, demo.publish(office), lambda done, of: _progress("Example answers", done, of))
        link = functools.partial(demo_link, intake)
        access = demo.links(office, settings.base_url, not settings.smtp_url, link)
        _until_computed(office, count)
    else:
        access = {"base_url": settings.base_url}
    _write_private(file, json.dumps(access, indent=2) + "\n")
    return access


def _until_computed(office: Office, count: int) -> None:
    """Wait, for a minute at most, until the other services know everything that intake has told."""
    deadline = time.monotonic() + COMPUTED_WITHIN_S
    left = count
    while left and time.monotonic() < deadline:
        left = min(count, demo.on_their_way(office))
        _progress("Their values   ", count - left, count)
        time.sleep(0.2 if left else 0)


def _progress(what: str, done: int, of: int) -> None:
    bar = "█" * (24 * done // of)
    end = "\n" if done == of else ""
    if sys.stdout.isatty() or done == of:
        print(f"\r{what}  {bar:░<24} {done}/{of}", end=end, flush=True)


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


def main(arguments: list[str]) -> int:
    """Run the command named (default `run`)."""
    commands = {"run": run, "reset": reset}
    name = arguments[0] if arguments else "run"
    if name not in commands:
        print(f"usage: python -m deploy.local [{'|'.join(commands)}]")
        return 2
    try:
        return commands[name](read())
    except ConfigError as error:
        print("These settings are wrong:\n  " + "\n  ".join(error.problems))
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
