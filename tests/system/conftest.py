"""The real compose file on a real engine; images that cannot be pulled are stood in for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docker.engine import Engine, NoEngine, engine
from tests.support.docker.standins import provide
from tests.support.servers import mongo_java
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun, free_port

ROOT = Path(__file__).parents[2]
ROLES = {
    "BASE_IMAGE": "python",
    "MONGO_IMAGE": "mongo",
    "RABBITMQ_IMAGE": "rabbitmq",
    "MAILPIT_IMAGE": "mailpit",
    "GATEWAY_IMAGE": "gateway",
}


@pytest.fixture(scope="session")
def containers() -> Iterator[Engine]:
    """An engine with every image the compose file names, and the environment Compose needs."""
    before = dict(os.environ)
    try:
        with engine() as found:
            os.environ.update(found.environment() | _example("SMTP_URL", "COMPOSE_PROFILES"))
            _images(found)
            os.environ.update(PEILUNG_PORT=str(free_port()), MAILPIT_PORT=str(free_port()))
            yield found
    except (NoEngine, CannotRun) as reason:
        cannot_run(str(reason))
    finally:
        os.environ.clear()
        os.environ.update(before)


def _example(*variables: str) -> dict[str, str]:
    """Return these settings as .env.example has them."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(rf"^({'|'.join(variables)})=(.+)$", text, re.M))


def _images(found: Engine) -> None:
    """Build our image and provide the others; a stand-in for MongoDB has no users."""
    named = {ROLES[variable]: image for variable, image in _example(*ROLES).items()}
    stood_in = provide(found, named, mongo_java.program())
    if stood_in["mongo"]:
        os.environ["MONGO_AUTH"] = "off"
    if stood_in["python"]:
        _wheels()
    command = [*found.compose.split(), "-f", str(ROOT / "docker-compose.yml"), "build", "keys"]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


def _wheels() -> None:
    """Fetch the wheels here: a stand-in base may not reach anything from inside a build."""
    folder = ROOT / "deploy" / "wheels"
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--require-hashes",
        "-r",
        "requirements.lock",
        "-w",
        str(folder),
    ]
    subprocess.run(command, check=True, cwd=ROOT)


@pytest.fixture(scope="session")
def docker_compose_command(containers: Engine) -> str:
    """The Compose that goes with the engine."""
    return containers.compose


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The file operators use."""
    return str(ROOT / "docker-compose.yml")


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Scaled as the README says."""
    return ["up -d --no-build --scale intake=2 --scale scoring=3 --scale notify=2"]


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Leave nothing behind."""
    return ["down -v -t 5"]
