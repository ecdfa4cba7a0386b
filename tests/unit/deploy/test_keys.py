"""The installation's secrets: one folder a role, made once, readable by nobody who need not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from deploy.keys import SERVICES, make


def content(folder: Path) -> dict[str, str]:
    """Return every file's text by its name below the folder."""
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert make(tmp_path, mongo_auth=True) != []
    before = content(tmp_path)

    assert make(tmp_path, mongo_auth=True) == []
    assert content(tmp_path) == before


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_folder_opens_nothing_of_another_service(tmp_path: Path, service: str) -> None:
    make(tmp_path, mongo_auth=True)
    own = " ".join((tmp_path / service / name).read_text() for name in ("mongodb_uri", "amqp_url", "secret_key"))

    passwords = {name: (tmp_path / "mongo" / f"{name}_password").read_text() for name in (*SERVICES, "root")}
    assert [name for name, password in passwords.items() if password in own] == [service]


def test_what_only_our_containers_read_is_read_by_their_user_only(tmp_path: Path) -> None:
    make(tmp_path, mongo_auth=True)

    modes = {stat.S_IMODE(file.stat().st_mode) for name in SERVICES for file in (tmp_path / name).iterdir()}
    assert modes == {0o400}


def test_a_server_without_users_is_addressed_without_a_login(tmp_path: Path) -> None:
    make(tmp_path, mongo_auth=False)

    assert (tmp_path / "intake" / "mongodb_uri").read_text() == "mongodb://mongo:27017/peilung_intake"


def test_one_session_is_good_for_the_pages_of_all_services(tmp_path: Path) -> None:
    make(tmp_path, mongo_auth=True)

    assert len({(tmp_path / service / "secret_key").read_text() for service in SERVICES}) == 1
