"""What the compose file tells the services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.keys import make
from shared.runtime.settings import CommonSettings, load

ROOT = Path(__file__).parents[3]
APPS = ("intake", "intake-relay", "scoring", "scoring-web", "notify", "notify-web")
SECRETS = {"MONGODB_URI": "mongodb://x", "AMQP_URL": "amqp://x", "SECRET_KEY": "k" * 32}
VARIABLE = re.compile(r"\$\{(\w+):([-?])([^{}$]*)\}")
MAIL = {"SMTP_URL": "smtp://mail.example.org?from=peilung@example.org"}


def compose(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the compose file with variables filled in as every Compose does: `:-default`, `:?error`, not nested."""

    def value(found: re.Match[str]) -> str:
        name, kind, text = found.groups()
        if kind == "?" and not environ.get(name):
            raise ValueError(text)
        return environ.get(name) or text

    filled = VARIABLE.sub(value, (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert "${" not in filled, "docker-compose 1.29 knows no nested default"
    return dict(yaml.safe_load(filled))


def example() -> dict[str, str]:
    """Return the settings of .env.example."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("environ", [MAIL, example()], ids=["no .env", ".env.example"])
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
    for name in APPS:
        told = {**services[name]["environment"], "SECURE_COOKIES": "false"}
        plain = {key: str(value or "") for key, value in told.items() if not key.endswith("_FILE")}
        assert load(CommonSettings, {**plain, **SECRETS}).base_url == link, name


def test_the_gateways_files_are_where_the_compose_file_mounts_them_from() -> None:
    for volume in compose(MAIL)["services"]["gateway"]["volumes"]:
        assert (ROOT / volume.split(":")[0]).exists()


def test_without_a_mail_server_the_start_says_what_to_set() -> None:
    with pytest.raises(ValueError, match=r"^SMTP_URL must name your mail server; .* cp \.env\.example \.env$"):
        compose({})


def test_the_example_settings_bring_the_mailbox_they_name() -> None:
    given = example()

    profiles = compose(given)["services"][urlsplit(given["SMTP_URL"]).hostname]["profiles"]
    assert given["COMPOSE_PROFILES"] in profiles


def test_every_container_sees_its_own_secrets_only(tmp_path: Path) -> None:
    services = compose(MAIL)["services"]
    make(tmp_path, mongo_auth=True)
    seen = {
        "keys": {"mongo", "rabbitmq", "intake", "scoring", "notify"},
        "migrate": {"intake", "scoring", "notify"},
        "mailpit": set[str](),
        "gateway": set[str](),
    }

    for name, service in services.items():
        volumes = [volume.split(":") for volume in service.get("volumes", []) if volume.startswith("keys")]
        roles = {source.removeprefix("keys-") for source, *_ in volumes}
        assert roles == seen.get(name, {name.split("-")[0]}), name
        assert all(options == ["ro"] for _, _, *options in volumes) or name == "keys", name


@pytest.mark.parametrize("name", compose(MAIL)["services"])
def test_every_container_is_bounded_and_gains_no_rights(name: str) -> None:
    service = compose(MAIL)["services"][name]

    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"] > 0
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    if name in ("mongo", "rabbitmq"):  # their images start as root and change to a user of their own
        assert float(service["cpus"]) > 0
        assert service["networks"] == ["data"]
        return
    assert service["cap_drop"] == ["ALL"]
    if name != "mailpit":
        assert service["read_only"] is True
        assert (service["user"].split(":")[0] == "0") == (name == "keys")
    if name == "keys":
        assert service["network_mode"] == "none"


def test_every_secret_a_container_is_told_of_is_made(tmp_path: Path) -> None:
    make(tmp_path, mongo_auth=True)

    for name, service in compose(MAIL)["services"].items():
        told = service.get("environment", {})
        files = [Path(value) for key, value in told.items() if key.endswith("_FILE") and key != "HEARTBEAT_FILE"]
        role = name.split("-")[0]
        assert [file for file in files if not (tmp_path / role / file.relative_to("/run/keys")).exists()] == [], name
        if name not in ("intake", "intake-relay", "notify", "notify-web"):
            assert "SMTP_URL" not in told, name


def test_the_gateway_believes_nobody_unless_told_whom() -> None:
    assert compose(MAIL)["services"]["gateway"]["environment"] == {"TRUSTED_PROXIES": ""}
    trusted = "192.0.2.1 198.51.100.0/24"
    assert (
        compose({**MAIL, "TRUSTED_PROXIES": trusted})["services"]["gateway"]["environment"]["TRUSTED_PROXIES"]
        == trusted
    )
