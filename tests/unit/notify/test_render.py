"""The mail itself: compared with kept ones byte by byte, and proof against hostile names."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.ports import BadAddress
from shared.mail.envelope import Envelope
from shared.mail.headers import header_line, one_line
from shared.registry import Account
from tests.support.golden import same_as_kept
from tests.support.notify import World

KEPT = Path(__file__).parent / "kept"


def account(**more: Any) -> Account:
    given: dict[str, Any] = {"id": "cora", "email": "cora@example.org", "name": "Cora Beispiel", "language": "de"}
    return Account(**{**given, "roles": (), **more})


def envelope(world: World, number: int = 0, **more: Any) -> Envelope:
    return world.notify.renderer.envelope(world.deliveries()[number], account(**more))


def parsed(found: Envelope) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(found.body, policy=policy.default))


def story() -> World:
    """One flag, then a second one beside it, then the end of both."""
    world = World()
    world.programme()
    world.flag("F-A")
    world.run_until(10)
    world.flag("F-B", severity="critical", values=[], counterfactual={}, support=[])
    world.run_until(1000)
    world.flag("F-A", "cleared")
    world.flag("F-B", "cleared")
    world.run_until(2000)
    return world


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("number", "name"), [(0, "raised"), (1, "several"), (2, "resolved")])
def test_the_mail_is_the_one_that_was_looked_at_and_kept(number: int, name: str, language: str) -> None:
    found = envelope(story(), number, language=language)

    same_as_kept(KEPT / f"{name}.{language}.eml", found.body)


def test_both_parts_carry_value_rule_trend_end_support_and_links() -> None:
    message = parsed(envelope(story(), 0))

    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = body.get_content()
        for part in (
            "34,25 %",
            "12 %",
            "über 30 %",
            "bei höchstens 10 %",
            "Fachtelefonat",
            "1. Halbjahr 2026",
            "/monitoring/",
            "/support/ack/",
        ):
            assert part in text, (kind, part)


def test_headers_for_threads_and_machines() -> None:
    first, second = (parsed(envelope(story(), number)) for number in (0, 1))

    assert first["Auto-Submitted"] == "auto-generated"
    assert f"<{first['X-Alert-Id']}@example.org>" == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]


def test_every_attempt_has_the_same_bytes() -> None:
    world = story()

    assert envelope(world).body == envelope(world).body


def test_the_mail_loads_nothing_from_elsewhere_and_leaves_colours_to_the_reader() -> None:
    html = parsed(envelope(story(), 1)).get_body(("html",))
    assert html is not None
    text = html.get_content()

    assert "<img" not in text
    assert "<script" not in text
    assert "<link" not in text
    assert "url(" not in text
    assert "background" not in text
    assert 'content="light dark"' in text
    assert '<html lang="de">' in text


def test_a_name_with_a_comma_stays_one_recipient() -> None:
    message = parsed(envelope(story(), name="Beispiel, Cora <evil@example.org>"))

    assert [address.addr_spec for address in message["To"].addresses] == ["cora@example.org"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_name_adds_a_header_or_a_recipient(name: str) -> None:
    found = envelope(STORY, name=f"Cora{name}\r\nBcc: evil@example.org")
    message = parsed(found)

    assert message["Bcc"] is None
    assert [address.addr_spec for address in message["To"].addresses] == ["cora@example.org"]
    assert found.recipient == "cora@example.org"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_site_name_breaks_out_of_the_subject_or_the_page(name: str) -> None:
    delivery = {**STORY.deliveries()[0], "site_name": {"de": f"{name}\r\nBcc: evil@example.org <b>x</b>"}}

    message = parsed(STORY.notify.renderer.envelope(delivery, account()))

    assert message["Bcc"] is None
    html = message.get_body(("html",))
    assert html is not None
    assert "<b>x</b>" not in html.get_content()


STORY = story()


@pytest.mark.parametrize(
    "email",
    [
        "cora@example.org, evil@example.org",
        "cora@example.org\r\nBcc: evil@example.org",
        "<cora@example.org>",
        "cora@example.org>",
        "@example.org",
        "cora@",
        "cora",
        "",
        "cörа@example.org",
        "co ra@example.org",
        '"co,ra"@example.org',
        "cora@@example.org",
        "cora@exa\x00mple.org",
    ],
)
def test_an_address_that_is_not_one_plain_mailbox_is_refused(email: str) -> None:
    with pytest.raises(BadAddress):
        envelope(STORY, email=email)


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=st.sampled_from("aä b:&ß-[]€x\u4e2d?=_ "), max_size=120) | st.text(max_size=120))
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    line = header_line("Subject", text)

    message = message_from_bytes(line + b"\r\n", policy=policy.default)

    assert message["Subject"] == one_line(text)
    assert all(len(part) <= 78 for part in line.split(b"\r\n"))
    assert list(message.keys()) == ["Subject"]


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet=st.sampled_from('aä b,.-"é€x\u4e2d<>@ '), max_size=60))
def test_a_name_arrives_as_it_was_written(name: str) -> None:
    found = envelope(STORY, name=name)

    (line,) = re.findall(rb"(?m)^To: ((?:.|\r\n )*)\r\n", found.body)
    phrase = line.decode("ascii").rpartition("<")[0]
    (address,) = parsed(found)["To"].addresses
    # the library's parser puts spaces between encoded words of a name, its older decoder does not
    shown = str(make_header(decode_header(phrase))).strip() if "=?" in phrase else address.display_name
    assert shown == one_line(name)
    assert address.addr_spec == "cora@example.org"


def test_one_line_keeps_words_and_drops_controls() -> None:
    assert one_line("a\r\nb\tc\x00d\u2028e") == "a b c d e"


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({}, "[HoR][kritisch] Standort Musterstadt: 1 neuer Hinweis: Hinweis F-A"),
        ({"severity": "warn"}, "[HoR][Warnung] Standort Musterstadt: 1 neuer Hinweis: Hinweis F-A"),
        ({"reason": "repeat"}, "[HoR][kritisch] Standort Musterstadt: 1 offener Hinweis (Erinnerung): Hinweis F-A"),
        ({"reason": "returned"}, "[HoR][kritisch] Standort Musterstadt: 1 Hinweis wieder aktiv: Hinweis F-A"),
        ({"site": "*"}, "[HoR][kritisch] Programm insgesamt: 1 neuer Hinweis: Hinweis F-A"),
    ],
)
def test_the_subject_says_programme_severity_site_and_matter(change: dict[str, Any], subject: str) -> None:
    delivery = {**STORY.deliveries()[0], **change}

    message = parsed(STORY.notify.renderer.envelope(delivery, account()))

    assert message["Subject"] == subject
