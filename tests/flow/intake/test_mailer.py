from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.intake.adapters.mailer import SmtpMailer
from shared.errors import ConfigError, TransientError
from tests.support.smtp_sink import SmtpSink


@pytest.fixture
def server() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


def mailer(server: SmtpSink, user: str = "", options: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{server.port}?from=peilung@example.org{options}")


def test_one_mail_arrives_as_written(server: SmtpSink) -> None:
    mailer(server).send("kim@example.org", "Grüße", "Zeile – eins\n")

    (kept,) = server.mails
    assert (kept.message["From"], kept.message["To"]) == ("peilung@example.org", "kim@example.org")
    assert kept.message["Subject"] == "Grüße"
    assert kept.message["Message-ID"].endswith("@example.org>")
    assert kept.message.get_content().strip() == "Zeile – eins"


@pytest.mark.parametrize("who", ["hardbounce", "softbounce", "drop-before-dot"])
def test_a_mail_that_is_not_taken_is_a_transient_error(server: SmtpSink, who: str) -> None:
    with pytest.raises(TransientError):
        mailer(server).send(f"{who}@example.org", "x", "y")


def test_a_server_that_is_away_is_a_transient_error(server: SmtpSink) -> None:
    away = mailer(server)
    server.__exit__(None, None, None)

    with pytest.raises(TransientError):
        away.send("kim@example.org", "x", "y")


def test_a_line_break_cannot_add_a_header(server: SmtpSink) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mailer(server).send("a@example.org\nBcc: b@example.org", "x", "y")
    assert server.mails == []


def test_no_password_goes_out_in_the_clear(server: SmtpSink) -> None:
    with pytest.raises(TransientError):
        mailer(server, user="kim:pass@", options="&starttls=required").send("kim@example.org", "x", "y")
    assert server.mails == []
    assert not any("AUTH" in command.upper() for command in server.commands)


@pytest.mark.parametrize("url", ["", "http://x?from=a@example.org", "smtp://host", "smtp://?from=a@example.org"])
def test_a_wrong_address_of_the_server_is_named(url: str) -> None:
    with pytest.raises(ConfigError):
        SmtpMailer(url)
