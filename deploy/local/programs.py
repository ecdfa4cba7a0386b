"""The processes of the embedded deployment."""

from __future__ import annotations

import sys

from deploy.local.config import LocalSettings, own_environment, service_environment
from deploy.local.supervisor import Program

WARNINGS_SOON = {"NOTIFY_STANDARD_WAIT_S": "1", "NOTIFY_STANDARD_INTERVAL_S": "60"}
WORKERS = {"intake": "relay", "scoring": "work", "notify": "work"}


def programs(settings: LocalSettings) -> list[Program]:
    """Return the programs in the order they start: mailbox, pages, workers."""
    log = settings.home / "log"
    python = sys.executable
    started: list[Program] = []
    if not settings.smtp_url:
        command = [python, "-m", "deploy.local.mailsink", "--port", str(settings.sink_port)]
        command += ["--folder", str(settings.home / "mailbox")]
        started.append(Program("mailbox", command, service_environment(settings, "notify"), log / "mailbox.log"))
    started.append(Program("web", _web(settings), own_environment(settings), log / "web.log"))
    for service, role in WORKERS.items():
        environment = {**service_environment(settings, service), **WARNINGS_SOON}
        command = [python, "-m", f"services.{service}", role]
        started.append(Program(service, command, environment, log / f"{service}.log"))
    return started


def _web(settings: LocalSettings) -> list[str]:
    bind = f"{'0.0.0.0' if settings.public else '127.0.0.1'}:{settings.port}"  # noqa: S104
    options = [
        "--no-control-socket",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "8",
        "--graceful-timeout",
        "15",
    ]
    return [sys.executable, "-m", "gunicorn", "--bind", bind, *options, "deploy.local.web:create()"]
