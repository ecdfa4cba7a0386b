"""SMTP_URL: what it may say, and what would be unsafe."""

from __future__ import annotations

import pytest

from shared.errors import ConfigError
from shared.runtime.smtp_server import parse


def test_a_plain_local_server() -> None:
    server = parse("smtp://127.0.0.1:1025?from=peilung@example.org")

    assert (server.host, server.port, server.tls, server.mail_domain) == ("127.0.0.1", 1025, "offered", "example.org")


def test_a_password_needs_encryption_and_is_unquoted() -> None:
    server = parse("smtp://peilung:p%40ss@mail.example.org:587?from=peilung@example.org")

    assert (server.user, server.password, server.tls) == ("peilung", "p@ss", "required")
    assert parse("smtps://u:p@mail.example.org?from=a@example.org").tls == "implicit"
    assert parse("smtps://mail.example.org?from=a@example.org").port == 465


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org?from=a@example.org",
        "smtp://?from=a@example.org",
        "smtp://mail.example.org",
        "smtp://mail.example.org?from=nobody",
        "smtp://mail.example.org?from=a@example.org,b@example.org",
        "smtp://mail.example.org?from=a@example.org%0d%0aBcc:x@example.org",
        "smtp://mail.example.org?from=a@example.org&starttls=maybe",
        "smtp://u:p@mail.example.org?from=a@example.org&starttls=never",
        "smtp://u:p@mail.example.org?from=a@example.org&starttls=offered",
    ],
)
def test_what_cannot_work_or_is_unsafe_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ConfigError):
        parse(url)
