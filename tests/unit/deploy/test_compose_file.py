"""What the compose file tells the services."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.keys import make
from services.intake.config import IntakeSettings
from services.notify.config import NotifySettings
from services.scoring.config import ScoringSettings
from shared.runtime.settings import CommonSettings, load

ROOT = Path(__file__).parents[3]
APPS = ("intake", "intake-relay", "scoring", "scoring-web", "notify", "notify-web")
SECRETS = {"MONGODB_URI": "mongodb://x", "AMQP_URL": "amqp://x", "SECRET_KEY": "k" * 32}
VARIABLE = re.compile(r"\$\{(\w+):([-?])([^{}$]*)\}")
TOLD: dict[str, type[CommonSettings]] = {"intake": IntakeSettings, "scoring": ScoringSettings, "notify": NotifySettings}
BY_FILE = {*SECRETS, "SECRET_KEY_OLD"}
MAIL = {"SMTP_URL": "smtp://mail.example.org?from=peilung@example.org"}


def compose(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the compose file with variables filled in as every Compose does: `:-default`, `:?error`, not nested.

    A name without a value takes over the variable, and is not set if that is not set.
    """

    def value(found: re.Match[str]) -> str:
        name, kind, text = found.groups()
        if kind == "?" and not environ.get(name):
            raise ValueError(text)
        return environ.get(name) or text

    filled = VARIABLE.sub(value, (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert "${" not in filled, "docker-compose 1.29 knows no nested default"
    found = dict(yaml.safe_load(filled))
    for service in found["services"].values():
        told = {
            key: environ.get(key) if given is None else given for key, given in service.get("environment", {}).items()
        }
        service["environment"] = {key: given for key, given in told.items() if given is not None}
    return found


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
        plain = {key: str(value) for key, value in told.items() if not key.endswith("_FILE")}
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
    assert 0 < float(service["cpus"]) <= 1, "no engine gives more than the machine has"
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    if name in ("mongo", "rabbitmq"):  # their images start as root and change to a user of their own
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


@pytest.mark.parametrize("name", APPS)
def test_every_setting_of_a_service_can_be_given_in_the_env_file(name: str) -> None:
    specs = dataclasses.fields(TOLD[name.split("-")[0]])
    names = {f"{env}_FILE" if (env := spec.metadata["env"]) in BY_FILE else env for spec in specs}
    given = {key: f"value of {key}" for key in names}

    told = compose({**MAIL, **given})["services"][name]["environment"]

    fixed = {"HEARTBEAT_FILE", *(f"{key}_FILE" for key in SECRETS)}
    assert {key: told.get(key) for key in names - fixed} == {key: given[key] for key in names - fixed}
    assert set(told) == names, "nothing but settings"


def test_what_the_env_file_does_not_name_keeps_its_default() -> None:
    services = compose({**MAIL, **example()})["services"]

    for name in APPS:
        told = {**services[name]["environment"], "SECURE_COOKIES": "false"}
        plain = {key: str(value) for key, value in told.items() if not key.endswith("_FILE")}
        settings: CommonSettings = load(TOLD[name.split("-")[0]], {**plain, **SECRETS})
        assert (settings.api_rate, settings.late_after_s) == (6000, 120.0), name
