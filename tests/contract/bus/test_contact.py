"""A consumer says that it is alive all the time, and that it has contact only while the bus answers."""

from __future__ import annotations

from tests.support.bus import consuming, empty, handlers
from tests.support.proxy import proxied
from tests.support.wait import eventually


def test_an_idle_consumer_has_contact(bus_url: str) -> None:
    contacts: list[int] = []

    with consuming(bus_url, "scoring", handlers("scoring"), contact=lambda: contacts.append(1)):
        eventually(lambda: len(contacts) > 3)


def test_a_consumer_whose_bus_is_away_beats_without_contact(amqp_url: str) -> None:
    empty(amqp_url)
    port = int(amqp_url.rsplit(":", 1)[1].split("/")[0])
    beats: list[int] = []
    contacts: list[int] = []
    with (
        proxied(port) as proxy,
        consuming(
            amqp_url.replace(f":{port}", f":{proxy.port}"),
            "scoring",
            handlers("scoring"),
            beat=lambda: beats.append(1),
            contact=lambda: contacts.append(1),
        ),
    ):
        eventually(lambda: contacts)
        proxy.refuse()
        eventually(lambda: len(beats) > len(contacts) + 2, timeout_s=20)
        before = len(contacts)

        proxy.welcome()
        eventually(lambda: len(contacts) > before, timeout_s=20)
