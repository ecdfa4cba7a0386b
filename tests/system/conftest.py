"""The real compose file on a real engine; images that cannot be pulled are stood in for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.docker.engine import Engine, NoEngine, engine
from tests.support.docker.standins import BASE_PYTHON, not_run, provide
from tests.support.docker.wheels import fetch
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


_NOT_RUN = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what ran in stand-ins only."""
    for line in config.stash.get(_NOT_RUN, []):
        terminalreporter.write_line(f"NOT RUN {line}")


@pytest.fixture(scope="session")
def containers(
    pytestconfig: pytest.Config, record_testsuite_property: Callable[[str, object], None]
) -> Iterator[Engine]:
    """An engine with every image the compose file names, and the environment Compose needs."""
    before = dict(os.environ)
    try:
        with engine() as found:
            os.environ.update(found.environment() | _example("SMTP_URL", "COMPOSE_PROFILES"))
            pytestconfig.stash[_NOT_RUN] = _images(found)
            for line in pytestconfig.stash[_NOT_RUN]:
                record_testsuite_property("not run", line)
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


def _images(found: Engine) -> list[str]:
    """Build our image and provide the others; return what does not run because of stand-ins."""
    named = {ROLES[variable]: image for variable, image in _example(*ROLES).items()}
    stood_in = provide(found, named, mongo_java.program())
    if stood_in["mongo"]:
        os.environ["MONGO_AUTH"] = "off"
    with tempfile.TemporaryDirectory(prefix="peilung-build-") as folder:
        context = Path(folder)
        _copy(context)
        if stood_in["python"]:  # from inside a build, it may not reach anything
            fetch(ROOT / "requirements.lock", context / "deploy" / "wheels", BASE_PYTHON)
        command = [*found.compose.split(), "-f", str(context / "docker-compose.yml"), "build", "keys"]
        subprocess.run(command, check=True, cwd=context, capture_output=True)
    return not_run(named, stood_in)


def _copy(context: Path) -> None:
    """Copy what the image is built from, so that a build leaves nothing in the checkout."""
    for name in ("docker-compose.yml", ".dockerignore", "requirements.lock"):
        shutil.copy(ROOT / name, context)
    for name in ("shared", "services", "deploy", "programmes"):
        shutil.copytree(ROOT / name, context / name, ignore=shutil.ignore_patterns("__pycache__", "*.whl"))


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
