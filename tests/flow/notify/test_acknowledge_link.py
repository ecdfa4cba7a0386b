"""The link in a mail: looking changes nothing, the button does, and doing it twice is harmless."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.flow.notify.conftest import Browser
from tests.support.notify import SITE, World

SignIn = Callable[..., Browser]


def link(world: World, number: int = 0) -> str:
    body = world.mailer.messages()[number].get_body(("plain",))
    assert body is not None
    found = re.search(r"https://peilung\.example\.org(/support/ack/\S+)", body.get_content())
    assert found is not None
    return found.group(1)


@pytest.fixture
def mailed(world: World) -> World:
    world.flag("F-A")
    world.flag("F-B")
    world.run_until(10)
    return world


def state(world: World) -> list[Any]:
    return [world.documents(name) for name in ("alerts", "groups", "deliveries", "silences")]


def test_a_storm_of_scanners_changes_nothing(mailed: World, sign_in: SignIn) -> None:
    before, path = state(mailed), link(mailed)

    def visit(number: int) -> int:
        client = sign_in().client
        method = ("GET", "HEAD", "OPTIONS")[number % 3]
        return client.open(path, method=method, headers={"User-Agent": "scanner"}).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(visit, range(120)))

    assert answers == {200}
    assert state(mailed) == before


def test_the_page_sends_nothing_by_itself_and_is_not_stored(mailed: World, sign_in: SignIn) -> None:
    response = sign_in().get(link(mailed))
    page = response.get_data(as_text=True)

    assert "<script" not in page
    assert "http-equiv" not in page
    assert page.count('method="post"') == 1
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_button_acknowledges_every_alert_of_the_mail_without_signing_in(mailed: World, sign_in: SignIn) -> None:
    response = sign_in().client.post(link(mailed))

    assert response.status_code == 200
    assert [alert["ack"]["account"] for alert in mailed.documents("alerts")] == ["cora", "cora"]
    assert "2 Hinweise" in response.get_data(as_text=True)


def test_one_alert_is_spoken_of_as_one_and_only_strangers_are_told_to_sign_in(world: World, sign_in: SignIn) -> None:
    world.flag("F-A")
    world.run_until(10)

    stranger = sign_in().get(link(world)).get_data(as_text=True)
    known = sign_in("cora").get(link(world)).get_data(as_text=True)

    assert "<h1>Hinweis zur Kenntnis nehmen</h1>" in stranger
    assert "dass Sie diesen Hinweis gesehen haben" in stranger
    assert "Alle Hinweise (mit Anmeldung)" in stranger
    assert "(mit Anmeldung)" not in known


def test_doing_it_again_says_who_did_it_first(mailed: World, sign_in: SignIn) -> None:
    mailed.account("dana", role="consultant", sites=[SITE])
    mailed.run_until(20)
    sign_in().client.post(link(mailed, 0))
    before = state(mailed)

    page = sign_in().client.post(link(mailed, 1)).get_data(as_text=True)

    assert "Cora Beispiel" in page
    assert state(mailed) == before


def test_only_the_alerts_of_the_mail_are_acknowledged(mailed: World, sign_in: SignIn) -> None:
    mailed.flag("F-C")

    sign_in().client.post(link(mailed))

    assert {alert["flag"]: alert["ack"] is not None for alert in mailed.documents("alerts")} == {
        "F-A": True,
        "F-B": True,
        "F-C": False,
    }


def test_what_is_resolved_meanwhile_is_said_and_not_acknowledged(mailed: World, sign_in: SignIn) -> None:
    mailed.flag("F-A", "cleared")
    mailed.flag("F-B", "cleared")

    page = sign_in().client.post(link(mailed)).get_data(as_text=True)

    assert 'method="post"' not in page
    assert [alert["ack"] for alert in mailed.documents("alerts")] == [None, None]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_ends_after_thirty_days(mailed: World, sign_in: SignIn, method: str) -> None:
    path = link(mailed)
    mailed.clock.advance(days=30)

    assert sign_in().client.open(path, method=method).status_code == 404


def test_a_link_of_somebody_who_left_does_nothing(mailed: World, sign_in: SignIn) -> None:
    path = link(mailed)
    mailed.account("cora", role="consultant", sites=[SITE], active=False)

    assert sign_in().client.post(path).status_code == 404
    assert [alert["ack"] for alert in mailed.documents("alerts")] == [None, None]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "now", [{"role": "lead"}, {"role": "consultant", "sites": ["elsewhere"]}], ids=["lead", "moved"]
)
def test_a_link_ends_for_somebody_who_may_not_see_the_site_any_more(
    mailed: World, sign_in: SignIn, now: dict[str, Any], method: str
) -> None:
    path = link(mailed)
    mailed.account("cora", **now)

    assert sign_in().client.open(path, method=method).status_code == 404
    assert [alert["ack"] for alert in mailed.documents("alerts")] == [None, None]


def test_the_link_of_a_stand_in_works_although_administrators_see_no_alerts(world: World, sign_in: SignIn) -> None:
    world.account("cora", role="consultant", active=False)
    world.account("adam", role="admin")
    world.flag("F-A")
    world.run_until(10)

    assert sign_in().client.post(link(world)).status_code == 200
    assert world.alert("F-A-1")["ack"]["account"] == "adam"


def test_a_forged_link_is_not_found(mailed: World, sign_in: SignIn) -> None:
    assert sign_in().client.post(link(mailed)[:-3] + "abc").status_code == 404
