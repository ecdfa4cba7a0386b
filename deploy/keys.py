"""Makes the installation's secrets once, as files: `python -m deploy.keys FOLDER`. Idempotent."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

OWNER = 10001
SERVICES = ("intake", "scoring", "notify")


def make(folder: Path, *, mongo_auth: bool) -> list[str]:
    """Write what is missing; return the names of the files made. Existing files are never changed."""
    made: list[str] = []

    def keep(name: str, content: str) -> str:
        file = folder / name
        if not file.exists():
            part = folder / f".{name}.part"
            part.write_text(content, encoding="utf-8")
            part.chmod(0o444 if name in ("rabbitmq.conf", "mongo_root_password") or "mongo" in name else 0o440)
            _give(part)
            part.replace(file)
            made.append(name)
        return file.read_text(encoding="utf-8")

    folder.mkdir(parents=True, exist_ok=True)
    keep("secret_key", secrets.token_urlsafe(48))
    keep("mongo_root_password", secrets.token_urlsafe(24))
    broker = keep("amqp_password", secrets.token_urlsafe(24))
    keep("amqp_url", f"amqp://peilung:{broker}@rabbitmq:5672//")
    keep("rabbitmq.conf", _rabbitmq(broker))
    for service in SERVICES:
        password = keep(f"{service}_mongo_password", secrets.token_urlsafe(24))
        login = f"peilung_{service}:{password}@" if mongo_auth else ""
        keep(f"{service}_mongodb_uri", f"mongodb://{login}mongo:27017/peilung_{service}")
    return made


def _give(file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(file, OWNER, OWNER)


def _rabbitmq(password: str) -> str:
    return "\n".join(
        [
            "listeners.tcp.default = 5672",
            "default_user = peilung",
            f"default_pass = {password}",
            "default_permissions.configure = .*",
            "default_permissions.read = .*",
            "default_permissions.write = .*",
            "heartbeat = 15",
            "disk_free_limit.absolute = 1GB",
            "",
        ]
    )


def main(folder: str) -> int:
    """Make the files and name the new ones."""
    made = make(Path(folder), mongo_auth=os.environ.get("MONGO_AUTH", "on") != "off")
    print("\n".join(f"made {name}" for name in made) or "all keys exist")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
