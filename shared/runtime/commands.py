"""What every service's command line does: read the settings, set up the log, say what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TypeVar

from shared.errors import ConfigError, Conflict, Invalid, NotFound
from shared.runtime import logs
from shared.runtime.settings import CommonSettings, load

S = TypeVar("S", bound=CommonSettings)


def started(kind: type[S], service: str) -> S:
    """Return the settings of this process, its log set up. Raises ConfigError."""
    settings = load(kind, os.environ)
    logs.configure(service, settings.log_level)
    return settings


def run_command(kind: type[S], service: str, run: Callable[[S], int]) -> int:
    """Run one command with the settings; 0 = done, 1 = refused or failed, 2 = settings are wrong."""
    try:
        return run(started(kind, service))
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    except Invalid as error:
        for fault in error.faults:
            print(f"{fault.path}: {fault.message}", file=sys.stderr)  # noqa: T201
        return 1
    except (Conflict, NotFound, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1


def serve(service: str, *options: str) -> None:
    """Become the service's web server on 127.0.0.1 (port from PORT, default 8000)."""
    bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
    os.execvp("gunicorn", ["gunicorn", *options, "-b", bind, f"services.{service}.wsgi:app"])  # noqa: S606, S607
