from __future__ import annotations

from pathlib import Path

import pytest

from services.intake.__main__ import main
from tests.support.intake import MINIMAL

ENVIRONMENT = {
    "AMQP_URL": "sqlite:////unused/bus.db",
    "SECRET_KEY": "a secret for tests that is long enough",
    "PUBLIC_URL": "https://peilung.example.org",
    "SMTP_URL": "smtp://localhost:1?from=peilung@example.org",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MONGODB_URI", f"sqlite://{tmp_path}/intake.db")


def run(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    status = main(list(command))
    said = capsys.readouterr()
    return status, (said.out if status == 0 else said.err).strip()


def test_from_an_empty_store_to_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--programme", "minimal", "--form", "small_report", "--site", "nordstadt", "--wave", "2026-H2"]

    assert run(capsys, "migrate")[0] == 0
    assert run(capsys, "migrate") == (0, "nothing to do")
    assert run(capsys, "publish", str(MINIMAL)) == (0, "minimal 2026112201: published")
    assert run(capsys, "publish", str(MINIMAL)) == (0, "minimal 2026112201: was published before")
    status, link = run(capsys, "invite", *place)
    assert status == 0
    assert link.startswith("https://peilung.example.org/q/")
    assert "submission.received: 0" in run(capsys, "republish")[1]


def test_accounts_and_keys(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "migrate")
    add = [
        "account",
        "add",
        "kim",
        "--email",
        "kim@example.org",
        "--name",
        "Kim",
        "--role",
        "consultant:minimal:nordstadt",
    ]

    assert run(capsys, *add) == (0, "saved")
    assert run(capsys, *add) == (0, "was so already")
    assert run(capsys, "sign-in-link", "kim")[1].startswith("https://peilung.example.org/collection/sign-in/")
    status, key = run(capsys, "api-key", "add", "robot", "--scope", "read")
    assert (status, len(key) >= 43) == (0, True)
    listed = run(capsys, "account", "list")[1]
    assert "kim\tactive\tkim@example.org\tconsultant:minimal:nordstadt" in listed
    assert "robot\tactive\t\tmachine" in listed
    assert key not in listed
    assert run(capsys, "account", "off", "kim")[0] == 0
    assert "kim\toff" in run(capsys, "account", "list")[1]


@pytest.mark.parametrize(
    "command",
    [
        ("invite", "--programme", "x", "--form", "x", "--site", "x", "--wave", "x"),
        ("sign-in-link", "nobody"),
        ("account", "off", "nobody"),
        ("account", "add", "kim", "--email", "nonsense", "--name", "Kim", "--role", "consultant:minimal"),
        ("account", "add", "kim", "--email", "kim@example.org", "--name", "Kim", "--role", "chief:minimal"),
    ],
)
def test_a_refusal_says_why_and_fails(capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
    run(capsys, "migrate")

    status, why = run(capsys, *command)

    assert status == 1
    assert why


def test_a_faulty_programme_is_refused_with_every_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(capsys, "migrate")

    status, why = run(capsys, "publish", str(tmp_path))

    assert status == 1
    assert "programme.yaml" in why


def test_missing_settings_are_named_together(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMTP_URL")
    monkeypatch.setenv("SECRET_KEY", "short")

    status, why = run(capsys, "migrate")

    assert status == 2
    assert "SMTP_URL" in why
    assert "SECRET_KEY" in why
