"""Images for the compose file: pulled where that works, else stand-ins built from Debian packages.

A stand-in has the name the compose file asks for and runs something compatible: RabbitMQ from Debian,
nginx from Debian, mongo-java-server in MongoDB's place, a small mail server in Mailpit's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.docker.engine import Engine, NoEngine

FILES = Path(__file__).parent / "images"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "peilung-tests"
BASE = "peilung-standin-base"
BASE_PYTHON = "3.11"  # bookworm's
PACKAGES = (
    "python3,python3-pip,python3-venv,ca-certificates,curl,procps,rabbitmq-server,nginx-light,openjdk-17-jre-headless"
)
INSIDE = {
    "python": "Debian 12 with its Python 3.11",
    "mongo": "mongo-java-server",
    "rabbitmq": "RabbitMQ of Debian 12 (3.10)",
    "mailpit": "a small mail server",
    "gateway": "nginx of Debian 12 (1.22)",
}


def provide(engine: Engine, images: Mapping[str, str], mongo: Path) -> dict[str, bool]:
    """Make every image available; return per image whether it is a stand-in.

    `images` maps a role (`python`, `mongo`, `rabbitmq`, `mailpit`, `gateway`) to the image's name;
    `mongo` is the folder of the server's classes and libraries. Raises NoEngine when neither pulling nor
    building works.
    """
    missing = {role: name for role, name in images.items() if not _present(engine, name)}
    if missing:
        _base(engine)
        for role, name in missing.items():
            _build(engine, role, name, mongo)
    return {role: role in missing for role in images}


def not_run(images: Mapping[str, str], stood_in: Mapping[str, bool]) -> list[str]:
    """Return what a run with these stand-ins says nothing about, one line each."""
    lines = [f"{images[role]}: a stand-in took its place, {INSIDE[role]}" for role in images if stood_in[role]]
    if stood_in["mongo"]:
        lines.append(
            "MONGO_AUTH=on, deploy/mongo/init-users.js, a database user per service: the stand-in has no users"
        )
    return lines


def _present(engine: Engine, name: str) -> bool:
    for command in (("image", "inspect", name), ("pull", "--quiet", name)):
        try:
            engine.docker(*command, timeout_s=600)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            continue
        return True
    return False


def _base(engine: Engine) -> None:
    archive = CACHE / "standin-bookworm-2.tar"
    if not archive.exists():
        _bootstrap(archive)
    with archive.open("rb") as stream:
        engine.docker(
            "import",
            "-c",
            "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin",
            "-",
            BASE,
            stdin=stream,
        )


def _bootstrap(archive: Path) -> None:
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        raise NoEngine("images cannot be pulled, and stand-ins need debootstrap and root")
    root = archive.with_suffix(".rootfs")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    done = subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NoEngine(f"debootstrap failed: {done.stdout[-400:]}")
    _trim(root)
    part = archive.with_suffix(".part")
    with tarfile.open(part, "w") as tar:
        tar.add(root, arcname=".")
    part.replace(archive)
    shutil.rmtree(root, ignore_errors=True)


def _trim(root: Path) -> None:
    for folder in ("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / folder, ignore_errors=True)
    for marker in root.glob("usr/lib/python3*/EXTERNALLY-MANAGED"):
        marker.unlink()
    for folder in ("var/cache/apt/archives/partial", "var/lib/apt/lists/partial"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")


def _build(engine: Engine, role: str, name: str, mongo: Path) -> None:
    context = CACHE / "standins" / role
    shutil.rmtree(context, ignore_errors=True)
    shutil.copytree(FILES / role, context)
    if role == "mongo":
        shutil.copytree(mongo, context / "server")
    engine.docker("build", "--network=none", "-t", name, str(context))
