"""What the embedded deployment is told, and what it tells the services."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from shared.runtime.settings import load, setting

SERVICES = ("intake", "scoring", "notify")


@dataclass(frozen=True, kw_only=True)
class LocalSettings:
    """Settings of `make run`; every one has a default."""

    port: int = setting(
        "PEILUNG_PORT", "Port of the pages and the API; the mailbox takes the next one", default=8080, within=(1, 65534)
    )
    home_path: str = setting("PEILUNG_HOME", "Folder for state, mails and logs", default="var")
    mongodb_uri: str = setting("MONGODB_URI", "Use this MongoDB instead of SQLite files", default="")
    amqp_url: str = setting("AMQP_URL", "Use this RabbitMQ instead of the SQLite bus", default="")
    smtp_url: str = setting("SMTP_URL", "Use this SMTP server instead of the local mailbox", default="")
    public: str = setting("PUBLIC_URL", "Address of the platform in links", default="")
    demo: bool = setting("PEILUNG_DEMO", "Publish the example programmes with synthetic data", default=True)

    @property
    def home(self) -> Path:
        """The state folder, absolute."""
        return Path(self.home_path).resolve()

    @property
    def base_url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return (self.public or f"http://localhost:{self.port}").rstrip("/")

    @property
    def sink_port(self) -> int:
        """The mailbox's SMTP port: the next one after the pages' port."""
        return self.port + 1


def read(environ: Mapping[str, str] = os.environ) -> LocalSettings:
    """Read the settings. Raises ConfigError naming every problem."""
    return load(LocalSettings, environ)


def secret_key(home: Path) -> str:
    """Return the installation's secret; made on the first call, kept in a file only the owner can read."""
    file = home / "secret.key"
    if not file.exists():
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def own_environment(settings: LocalSettings) -> dict[str, str]:
    """Return the environment of a process that reads these settings itself."""
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "PEILUNG_HOME": str(settings.home),
        "PEILUNG_PORT": str(settings.port),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }


def service_environment(settings: LocalSettings, service: str) -> dict[str, str]:
    """Return the environment one service's process runs with."""
    home = settings.home
    return {
        **own_environment(settings),
        "MONGODB_URI": _store_url(settings, service),
        "AMQP_URL": settings.amqp_url or f"sqlite:///{home / 'bus.db'}",
        "SMTP_URL": settings.smtp_url or f"smtp://127.0.0.1:{settings.sink_port}?from=peilung@example.org",
        "SECRET_KEY": secret_key(home),
        "PUBLIC_URL": settings.base_url,
        "SECURE_COOKIES": "true" if settings.base_url.startswith("https:") else "false",
    }


def _store_url(settings: LocalSettings, service: str) -> str:
    if not settings.mongodb_uri:
        return f"sqlite:///{settings.home / f'{service}.db'}"
    parts = urlsplit(settings.mongodb_uri)
    database = parts.path.strip("/")
    name = f"{database}_{service}" if database else f"peilung_{service}"
    return urlunsplit(parts._replace(path=f"/{name}"))
