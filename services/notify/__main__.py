"""`python -m services.notify web | work | migrate | test-mail ADDRESS | resend DELIVERY`."""

from __future__ import annotations

import argparse
import sys
import uuid

from services.notify.app import SERVICE, Notify, build
from services.notify.config import NotifySettings
from services.notify.handlers.operating import Operating
from services.notify.worker import work
from shared.runtime.commands import run_command, serve
from shared.runtime.loops import stop_on_signals


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = it failed, 2 = settings are wrong."""
    options = _parser().parse_args(argv)
    return run_command(NotifySettings, SERVICE, lambda settings: _run(options, build(settings)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.notify", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("web", help="serve pages and API")
    commands.add_parser("work", help="consume events and send mails")
    commands.add_parser("migrate", help="create collections and indexes")
    test = commands.add_parser("test-mail", help="send one mail and say what the server answered")
    test.add_argument("address")
    resend = commands.add_parser("resend", help="send a mail again; lifts a block on its address")
    resend.add_argument("delivery")
    return parser


def _run(options: argparse.Namespace, notify: Notify) -> int:
    operating = Operating(notify.store, notify.people, notify.clock)
    match options.command:
        case "web":
            serve(SERVICE)
        case "work":
            work(notify, stop_on_signals())
        case "migrate":
            print("\n".join(notify.migrate()) or "nothing to do")
        case "test-mail":
            reply, accepted = operating.test_mail(
                notify.mailer(), notify.server.sender, options.address, str(uuid.uuid4())
            )
            print(f"{'accepted' if accepted else 'not accepted'}: {reply}")
            return 0 if accepted else 1
        case "resend":
            operating.resend(options.delivery)
            print("queued again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
