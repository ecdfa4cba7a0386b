"""Intake's commands: `python -m services.intake --help`."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.intake.adapters.table import read_table
from services.intake.app import build_office, build_relay, migrate
from services.intake.config import IntakeSettings
from services.intake.domain.practice import with_practice
from services.intake.domain.submission import Place
from services.intake.handlers.people import SCOPES, parse_grant
from shared.bus.consumer import Consumer
from shared.bus.publisher import Publisher
from shared.programme.loader import read_programme
from shared.registry import Account
from shared.runtime.commands import run_command, serve
from shared.runtime.loops import stop_on_signals
from shared.runtime.worker import Pulse, run_worker

Command = Callable[[argparse.Namespace, IntakeSettings], None]


def web(_: argparse.Namespace, __: IntakeSettings) -> None:
    """Serve pages and API on 127.0.0.1 (port from PORT, default 8000)."""
    serve("intake", "--threads", "8")


def relay(_: argparse.Namespace, settings: IntakeSettings) -> None:
    """Send events out, take receipts in, keep the calendar, invite and remind, send sign-in mails."""
    stop, pulse = stop_on_signals(), Pulse()
    relaying = build_relay(settings, lambda: Publisher(settings.bus_url))
    consumer = Consumer(settings.bus_url, "intake", relaying.handlers, beat=pulse.beat)
    run_worker(
        stop, consumer, pulse, relaying.steps,
        idle_s=0.1, heartbeat=settings.heartbeat_file, metrics_port=settings.metrics_port,
    )  # fmt: skip


def migrate_store(_: argparse.Namespace, settings: IntakeSettings) -> None:
    """Create what the store lacks."""
    print("\n".join(migrate(settings)) or "nothing to do")


def publish(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Publish a programme folder."""
    office, programme = build_office(settings), read_programme(Path(options.folder))
    if options.practice:
        programme = with_practice(programme, office.desk.zone, office.desk.now())
    done = office.publishing.publish(programme)
    print(f"{done.programme} {done.version}: {'published' if done.created else 'was published before'}")


def invite(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Make a link to a questionnaire and print it."""
    place = Place(options.programme, options.form, options.site, options.wave)
    invited = build_office(settings).invitations.invite(place, respondent=options.respondent, by="command")
    print(f"{settings.base_url}/q/{invited.token}")


def take_over(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Take over answers from a table (CSV or XLSX, columns as in an export); everything is judged first."""
    office, file = build_office(settings), Path(options.file)
    place = Place(options.programme, options.form, options.site, options.wave)
    past_at = f"{options.past}T12:00:00.000Z" if options.past else ""
    found = office.bulk.check(read_table(file.read_bytes(), file.name), place, options.language, past_at)
    if options.check:
        print(f"{len(found)} rows, nothing to complain about; nothing was kept")
        return
    taken = office.bulk.take(found, _progress, options.language, past_at)
    print(f"{taken.new} responses kept, {taken.known} had been kept before")


def _progress(done: int, of: int) -> None:
    """Draw a bar, on a terminal over and over, elsewhere once when it is full."""
    if sys.stdout.isatty() or done == of:
        print(f"\r{'█' * (24 * done // of):░<24} {done}/{of}", end="\n" if done == of else "", flush=True)


def erase(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Erase a response for good: all its revisions, here and in the other services."""
    place = Place(options.programme, options.form, "", "")
    count = build_office(settings).erasing.erase(place, options.instance_id)
    print(f"{count} revision(s) erased")


def account_add(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Create or change a person's account."""
    roles = tuple(parse_grant(text) for text in options.role)
    account = Account(options.id, options.email, options.name, options.language, roles)
    print("saved" if build_office(settings).people.save(account) else "was so already")


def account_list(_: argparse.Namespace, settings: IntakeSettings) -> None:
    """List accounts with their roles."""
    for known in build_office(settings).people.everyone():
        roles = ", ".join(f"{r['role']}:{r['programme']}:{','.join(r['sites'])}" for r in known["roles"])
        print(f"{known['_id']}\t{'active' if known['active'] else 'off'}\t{known['email']}\t{roles or 'machine'}")


def account_off(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Take every right from an account and end its sessions."""
    build_office(settings).people.deactivate(options.id)
    print("switched off")


def key_add(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Make an API key for an account and print it, this once."""
    key = secrets.token_urlsafe(32)
    build_office(settings).people.add_key(options.id, options.scope, key)
    print(key)


def sign_in_link(options: argparse.Namespace, settings: IntakeSettings) -> None:
    """Print a link that signs an account in once, within 15 minutes."""
    print(settings.base_url + build_office(settings).sign_in.link_for(options.id))


def republish(_: argparse.Namespace, settings: IntakeSettings) -> None:
    """Tell the other services everything again."""
    for name, count in build_office(settings).republishing.everything().items():
        print(f"{name}: {count}")


Commands = Any  # argparse keeps the type of its command groups private


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.intake", description="Intake's commands.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run in (("web", web), ("relay", relay), ("migrate", migrate_store), ("republish", republish)):
        _add(commands, name, run)
    publication = _add(commands, "publish", publish)
    publication.add_argument("folder")
    publication.add_argument("--practice", action="store_true", help="add an open wave for forms that have none now")
    invitation = _add(commands, "invite", invite)
    for part in ("programme", "form", "site", "wave"):
        invitation.add_argument(f"--{part}", required=True)
    invitation.add_argument("--respondent", help="a code for the person, never a name")
    _bulk_command(_add(commands, "import", take_over))
    erasure = _add(commands, "erase", erase)
    for part in ("programme", "form", "instance-id"):
        erasure.add_argument(f"--{part}", required=True)
    _add(commands, "sign-in-link", sign_in_link).add_argument("id")
    _account_commands(commands.add_parser("account", help="People's accounts.").add_subparsers(required=True))
    key = _add(commands.add_parser("api-key", help="API keys.").add_subparsers(required=True), "add", key_add)
    key.add_argument("id", help="the machine's account; made if it is new")
    key.add_argument("--scope", action="append", required=True, choices=SCOPES)
    return parser


def _bulk_command(bulk: argparse.ArgumentParser) -> None:
    bulk.add_argument("file")
    for part in ("programme", "form"):
        bulk.add_argument(f"--{part}", required=True)
    for part in ("site", "wave"):
        bulk.add_argument(f"--{part}", default="", help="for rows that name none")
    bulk.add_argument("--past", help="the day the answers came in (2026-01-31), for waves that are closed")
    bulk.add_argument("--language", default="de", choices=("de", "en"), help="how numbers and days are written")
    bulk.add_argument("--check", action="store_true", help="only say what is wrong; keep nothing")


def _account_commands(commands: Commands) -> None:
    person = _add(commands, "add", account_add)
    person.add_argument("id")
    person.add_argument("--email", required=True)
    person.add_argument("--name", required=True)
    person.add_argument("--language", choices=("de", "en"), default="de")
    person.add_argument("--role", action="append", required=True, help="role:programme[:site,site][:lead]")
    _add(commands, "list", account_list)
    _add(commands, "off", account_off).add_argument("id")


def _add(commands: Commands, name: str, run: Command) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
    command.set_defaults(run=run)
    return command


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = refused, 2 = settings are wrong."""
    options = _parser().parse_args(argv)
    return run_command(IntakeSettings, "intake", lambda settings: options.run(options, settings) or 0)


if __name__ == "__main__":
    sys.exit(main())
