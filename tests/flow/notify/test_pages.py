"""The inbox and the alert page, in both languages and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.mail.replies import Phase, Reply
from tests.flow.notify.conftest import Browser
from tests.support.notify import PROGRAMME, SITE, World

SignIn = Callable[..., Browser]


@pytest.fixture
def busy(world: World) -> World:
    world.account("dana", role="consultant", sites=["elsewhere"])
    world.flag("F-A")
    world.flag("F-B", severity="warn")
    world.flag("F-C", site="elsewhere")
    world.run_until(1000)
    return world


def page(browser: Browser, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    text = response.get_data(as_text=True)
    assert "<script" not in text
    return text


def test_the_inbox_shows_my_open_alerts_with_their_site_and_severity(busy: World, sign_in: SignIn) -> None:
    text = page(sign_in("cora"), "/support/")

    assert "Hinweis F-A" in text
    assert "Hinweis F-B" in text
    assert "Hinweis F-C" not in text
    assert "badge--critical" in text
    assert "Musterstadt" in text


def test_what_is_critical_stands_first_however_old(busy: World, sign_in: SignIn) -> None:
    text = page(sign_in("cora"), "/support/")

    assert busy.alert("F-A-1")["changed_at"] <= busy.alert("F-B-1")["changed_at"]
    assert text.index("Hinweis F-A") < text.index("Hinweis F-B")


def test_acknowledging_moves_an_alert_to_the_acknowledged_ones(busy: World, sign_in: SignIn) -> None:
    cora = sign_in("cora")

    answer = cora.post("/support/alerts/F-A-1/acknowledge", {"back": "inbox"})

    assert answer.status_code == 303
    assert "Hinweis F-A" not in page(cora, "/support/")
    acknowledged = page(cora, "/support/?state=acknowledged")
    assert "Hinweis F-A" in acknowledged
    assert "Cora Beispiel" in acknowledged


def test_a_form_without_its_token_changes_nothing(busy: World, sign_in: SignIn) -> None:
    answer = sign_in("cora").client.post("/support/alerts/F-A-1/acknowledge")

    assert answer.status_code == 403
    assert busy.alert("F-A-1")["ack"] is None


def test_resolved_alerts_have_their_own_list(busy: World, sign_in: SignIn) -> None:
    busy.flag("F-A", "cleared")

    assert "Hinweis F-A" in page(sign_in("cora"), "/support/?state=resolved")
    assert "Hinweis F-A" not in page(sign_in("cora"), "/support/")


def test_the_alert_page_says_why_what_to_do_and_who_was_told(busy: World, sign_in: SignIn) -> None:
    busy.programme()

    text = page(sign_in("cora"), "/support/alerts/F-A-1").replace("\u00a0", " ")

    for part in ("34,25", "über 30 %", "höchstens 10 %", "Fachtelefonat", "Cora Beispiel", "vom Mailserver angenommen"):
        assert part in text
    assert "cora@example.org" not in text


def test_a_place_is_called_what_the_programme_calls_it(busy: World, sign_in: SignIn) -> None:
    busy.programme(unit="Verband")

    assert "<dt>Verband</dt>" in page(sign_in("cora"), "/support/alerts/F-A-1")


def test_a_mail_that_cannot_be_delivered_is_said_in_words(world: World, sign_in: SignIn) -> None:
    world.mailer.replies["cora@example.org"] = [Reply(Phase.RCPT, 550, "5.1.1")]
    world.flag("F-A")
    world.run_until(10)

    text = page(sign_in("cora"), "/support/alerts/F-A-1")

    assert "nicht zustellbar (Adresse unbekannt)" in text


def test_alerts_of_other_sites_do_not_exist_for_me(busy: World, sign_in: SignIn) -> None:
    assert sign_in("cora").get("/support/alerts/F-C-1").status_code == 404
    assert sign_in("cora").post("/support/alerts/F-C-1/acknowledge").status_code == 404


def test_without_a_session_the_way_leads_to_the_sign_in(busy: World, sign_in: SignIn) -> None:
    answer = sign_in().get("/support/")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/collection/sign-in")


@pytest.mark.parametrize("path", ["/support/", "/support/?state=resolved", "/support/alerts/F-A-1"])
def test_pages_speak_english_too(busy: World, sign_in: SignIn, path: str) -> None:
    text = page(sign_in("cora"), f"{path}{'&' if '?' in path else '?'}lang=en")

    assert '<html lang="en">' in text
    assert "Flag" in text
    assert "Hinweis" not in text


def test_a_filter_by_site_and_programme_narrows_the_inbox(busy: World, sign_in: SignIn) -> None:
    busy.account("cora", role="consultant", sites=[SITE, "elsewhere"])

    assert "Hinweis F-C" in page(sign_in("cora"), "/support/")
    assert "Hinweis F-C" not in page(sign_in("cora"), f"/support/?site={SITE}&programme={PROGRAMME}")


def test_hostile_texts_stay_texts(world: World, sign_in: SignIn) -> None:
    world.flag("F-A", label={"de": "<script>alert(1)</script>"}, rule={"de": '"><img src=x onerror=alert(1)>'})

    for path in ("/support/", "/support/alerts/F-A-1"):
        assert "<img" not in page(sign_in("cora"), path)
