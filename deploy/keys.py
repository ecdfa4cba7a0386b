"""Makes the installation's secrets once, as files: `python -m deploy.keys FOLDER`. Idempotent.

One folder for each role, so that each can be a volume that only this role's containers see.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

OWNER = 10001
SERVICES = ("intake", "scoring", "notify")
# Our containers run as one user. The servers' images have users of their own, whose numbers we do not know.
OURS, ANYBODY = 0o400, 0o444


class Keys:
    """The folder of folders; what exists in it is never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.made: list[str] = []

    def keep(self, name: str, content: str, mode: int) -> str:
        """Write the file if it is missing; return what it holds."""
        file = self._folder / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f".{file.name}.part")
            part.touch(0o600)
            part.write_text(content, encoding="utf-8")
            part.chmod(mode)
            if os.geteuid() == 0:
                os.chown(part, OWNER, OWNER)
            part.replace(file)
            self.made.append(name)
        return file.read_text(encoding="utf-8")


def make(folder: Path, *, mongo_auth: bool) -> list[str]:
    """Write what is missing; return the names of the files made."""
    keys = Keys(folder)
    keys.keep("mongo/root_password", secrets.token_urlsafe(24), ANYBODY)
    broker = keys.keep("rabbitmq/password", secrets.token_urlsafe(24), ANYBODY)
    keys.keep("rabbitmq/rabbitmq.conf", _rabbitmq(broker), ANYBODY)
    session = secrets.token_urlsafe(48)
    for service in SERVICES:
        password = keys.keep(f"mongo/{service}_password", secrets.token_urlsafe(24), ANYBODY)
        login = f"peilung_{service}:{password}@" if mongo_auth else ""
        keys.keep(f"{service}/mongodb_uri", f"mongodb://{login}mongo:27017/peilung_{service}", OURS)
        keys.keep(f"{service}/amqp_url", f"amqp://peilung:{broker}@rabbitmq:5672//", OURS)
        session = keys.keep(f"{service}/secret_key", session, OURS)  # one session for the pages of all three
    return keys.made


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
