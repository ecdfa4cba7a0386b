"""The local mailbox keeps every mail before it says so, and shows it safely."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from werkzeug.test import Client

from deploy.local.mailsink import MailFolder, build_mailbox, serve

SCRIPT = '<!doctype html><html lang="en"><head></head><body><script>alert(1)</script><p>Hello</p></body></html>'


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "Grüße <b>"
    message["From"], message["To"] = "peilung@example.org", "cora@example.org"
    message.set_content("See http://localhost:8080/support/ack/abc & reply.\n.\nEnd\n")
    message.add_alternative(SCRIPT, subtype="html")
    return message


@pytest.fixture
def shown(tmp_path: Path, mail: EmailMessage) -> Iterator[tuple[Client, str]]:
    name = MailFolder(tmp_path).keep(mail.as_bytes()).name
    return Client(build_mailbox(tmp_path, "/mailbox")), name


def test_a_mail_is_a_file_when_the_server_has_answered(tmp_path: Path, port: int, mail: EmailMessage) -> None:
    controller = serve(tmp_path / "mailbox", port)
    try:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.send_message(mail)
            files = list((tmp_path / "mailbox").iterdir())
    finally:
        controller.stop()

    assert [file.suffix for file in files] == [".eml"]
    assert b"\r\n.\r\nEnd\r\n" in files[0].read_bytes()


def test_files_sort_by_time_of_arrival(tmp_path: Path) -> None:
    folder = MailFolder(tmp_path)

    names = [folder.keep(b"Subject: x\r\n\r\n").name for _ in range(20)]

    assert names == sorted(names)
    assert len(set(names)) == 20


def test_the_list_shows_subjects_escaped_and_newest_first(tmp_path: Path, shown: tuple[Client, str]) -> None:
    client, _ = shown
    MailFolder(tmp_path).keep(b"Subject: later\r\nTo: x@example.org\r\n\r\nx\r\n")

    page = client.get("/mailbox/").get_data(as_text=True)

    assert "Grüße &lt;b&gt;" in page
    assert page.index("later") < page.index("Grüße")


def test_links_in_the_text_can_be_followed(shown: tuple[Client, str]) -> None:
    client, name = shown

    page = client.get(f"/mailbox/{name}").get_data(as_text=True)

    assert '<a href="http://localhost:8080/support/ack/abc">' in page
    assert "abc</a> &amp; reply." in page


def test_the_html_part_cannot_run_scripts_or_load_anything(shown: tuple[Client, str]) -> None:
    client, name = shown

    response = client.get(f"/mailbox/{name}/html")

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert 'sandbox="allow-popups' in client.get(f"/mailbox/{name}").get_data(as_text=True)


@pytest.mark.parametrize("path", ["../secret.key", "..%2fsecret.key", "x.eml", "a/b/c", "x.part"])
def test_only_mails_of_the_folder_can_be_read(tmp_path: Path, shown: tuple[Client, str], path: str) -> None:
    client, _ = shown
    (tmp_path.parent / "secret.key").write_text("secret")

    response = client.get(f"/mailbox/{path}")

    assert response.status_code == 404
    assert "secret" not in response.get_data(as_text=True)


def test_nothing_can_be_changed_through_the_page(shown: tuple[Client, str]) -> None:
    client, name = shown

    assert client.post(f"/mailbox/{name}").status_code == 405
    assert client.delete(f"/mailbox/{name}").status_code == 405


def test_it_speaks_english_when_asked(shown: tuple[Client, str]) -> None:
    client, _ = shown

    assert "Mailbox" in client.get("/mailbox/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Postfach" in client.get("/mailbox/").get_data(as_text=True)
