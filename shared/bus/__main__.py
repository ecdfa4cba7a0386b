"""`python -m shared.bus parked|replay|discard|declare`: the operator's hand on the message bus."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import timedelta

from shared.bus import topology
from shared.bus.admin import ParkedMessage, ParkedQueue, Selection
from shared.bus.connection import BusOptions, borrowed, check_url, declare, declare_all
from shared.errors import PlatformError
from shared.runtime import logs
from shared.runtime.settings import load, setting


@dataclass(frozen=True, kw_only=True)
class _Settings:
    bus_url: str = setting("AMQP_URL", "Message bus: `amqp://…`, or `sqlite:///` and a file's full path")


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 if it worked, 1 if the bus could not be reached or a setting is wrong."""
    options = _parser().parse_args(argv)
    try:
        url = options.url or load(_Settings, os.environ).bus_url
        check_url(url)
        run = {"parked": _parked, "replay": _replay, "discard": _discard, "declare": _declare}[options.command]
        run(url, options)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.bus", description=__doc__)
    parser.add_argument("--url", help="address of the bus; default: the setting AMQP_URL")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("declare", help="create every exchange, queue and binding that is missing")
    parked = commands.add_parser("parked", help="list parked messages with reason and age")
    replay = commands.add_parser("replay", help="send parked messages back to their queue")
    discard = commands.add_parser("discard", help="delete parked messages for good")
    for command in (parked, replay, discard):
        command.add_argument("service", nargs="?", choices=sorted(topology.SUBSCRIPTIONS), help="default: all")
        command.add_argument("--class", dest="error_class", help="only this error class")
        command.add_argument("--id", action="append", dest="ids", help="only this message id; may be repeated")
        command.add_argument("--match", metavar="FIELD=VALUE", help="only events with this value, e.g. submission=…")
    for command in (replay, discard):
        command.add_argument(
            "--all", action="store_true", help="of every service; needed when nothing narrows the selection"
        )
        command.add_argument("--by", default=_user(), help="who does it; default: the user running this")
    discard.add_argument("--reason", required=True)
    return parser


def _user() -> str:
    return os.environ.get("USER") or f"uid {os.getuid()}"


def _selection(options: argparse.Namespace) -> Selection:
    name, _, value = (options.match or "").partition("=")

    def selected(message: ParkedMessage) -> bool:
        return (
            (options.error_class is None or message.error_class == options.error_class)
            and (options.ids is None or message.message_id in options.ids)
            and (options.match is None or str(message.data.get(name)) == value)
        )

    return selected


def _queues(url: str, options: argparse.Namespace) -> list[ParkedQueue]:
    return [ParkedQueue(url, name) for name in ([options.service] if options.service else topology.SUBSCRIPTIONS)]


def _narrowed(options: argparse.Namespace) -> Selection:
    if not (options.all or options.service or options.ids or options.error_class or options.match):
        raise PlatformError("say which messages: a service, --id, --class, --match or --all")
    return _selection(options)


def _parked(url: str, options: argparse.Namespace) -> None:
    selected = _selection(options)
    found = [message for queue in _queues(url, options) for message in queue.messages() if selected(message)]
    for message in found:
        again = f" (replayed by {message.replayed_by})" if message.replayed_by else ""
        print(
            f"{message.service}  {_span(message.age)}  {message.error_class}  {message.name}  {message.subject or '-'}"
            f"  {message.message_id or '-'}  {message.error}{again}"
        )
    print(f"{len(found)} parked")


def _span(age: timedelta | None) -> str:
    if age is None:
        return "?"
    minutes = int(age.total_seconds()) // 60
    return f"{minutes // 1440}d{minutes // 60 % 24:02d}h{minutes % 60:02d}m"


def _replay(url: str, options: argparse.Namespace) -> None:
    selected = _narrowed(options)
    count = sum(queue.replay(selected, options.by) for queue in _queues(url, options))
    print(f"{count} sent back")


def _discard(url: str, options: argparse.Namespace) -> None:
    selected = _narrowed(options)
    count = sum(queue.discard(selected, options.reason, options.by) for queue in _queues(url, options))
    print(f"{count} discarded")


def _declare(url: str, _options: argparse.Namespace) -> None:
    with borrowed(url, BusOptions()) as connection:
        declare_all(connection)
        for service in topology.SUBSCRIPTIONS:
            declare(connection, topology.queues(service, topology.RUNGS_S))
    print("declared")


if __name__ == "__main__":
    logs.configure("bus")
    sys.exit(main())
