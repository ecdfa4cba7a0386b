"""What the compose file tells the services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.runtime.settings import CommonSettings, load

ROOT = Path(__file__).parents[3]
SECRETS = {"MONGODB_URI": "mongodb://x", "AMQP_URL": "amqp://x", "SECRET_KEY": "k" * 32}
VARIABLE = re.compile(r"\$\{(\w+):-([^{}$]*)\}")


def compose(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the compose file with variables filled in as every Compose does: `${NAME:-default}`, nothing nested."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    filled = VARIABLE.sub(lambda found: environ.get(found[1]) or found[2], text)
    assert "${" not in filled, "docker-compose 1.29 knows no nested default"
    return dict(yaml.safe_load(filled))


def example() -> dict[str, str]:
    """Return the settings of .env.example."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("environ", [{}, example()], ids=["no .env", ".env.example"])
@pytest.mark.parametrize(
    ("given", "link", "port"),
    [
        ({}, "http://localhost:8080", "8080"),
        ({"PEILUNG_PORT": "9123"}, "http://localhost:9123", "9123"),
        ({"PUBLIC_URL": "https://peilung.example.org/"}, "https://peilung.example.org", "8080"),
    ],
)
def test_links_lead_to_where_the_gateway_listens_unless_an_address_is_given(
    environ: dict[str, str], given: dict[str, str], link: str, port: str
) -> None:
    services = compose({**environ, **given})["services"]

    assert services["gateway"]["ports"] == [f"127.0.0.1:{port}:8080"]
    for name in ("intake", "intake-relay", "scoring", "scoring-web", "notify", "notify-web", "migrate"):
        told = {**services[name]["environment"], "SECURE_COOKIES": "false"}
        plain = {key: str(value or "") for key, value in told.items() if not key.endswith("_FILE")}
        assert load(CommonSettings, {**plain, **SECRETS}).base_url == link, name


def test_the_gateways_files_are_where_the_compose_file_mounts_them_from() -> None:
    for volume in compose({})["services"]["gateway"]["volumes"]:
        assert (ROOT / volume.split(":")[0]).exists()
