"""What the pages say while no worker of notify reaches the bus."""

from __future__ import annotations

from collections.abc import Callable

from tests.flow.notify.conftest import Browser
from tests.support.notify import World


def test_without_a_worker_inbox_and_alert_say_since_when_they_are_behind(
    world: World, sign_in: Callable[..., Browser]
) -> None:
    world.flag("F-A")
    world.run_until(1000)
    world.notify.contact.made()
    world.notify.contact.keep()
    world.clock.advance(seconds=120)
    cora = sign_in("cora")
    paths = ["/support/", "/support/alerts/F-A-1"]
    assert ["verzögert" in cora.get(path).text for path in paths] == [False, False]

    world.clock.advance(seconds=1)

    for path in paths:
        assert "Hinweise verzögert seit 02.03.2026, 10:16 Uhr." in cora.get(path).text
        assert "Flags delayed since 2 Mar 2026, 10:16." in cora.get(f"{path}?lang=en").text
        cora.get(f"{path}?lang=de")
