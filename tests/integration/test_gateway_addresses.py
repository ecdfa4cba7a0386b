"""Whom the gateway counts requests for, and whom it believes about that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.gateway import Gateway, running, serve

FEW = {"rate=20r/s": "rate=1r/m", "burst=60": "burst=1"}


def _gateway(factory: pytest.TempPathFactory, trusted: str) -> Iterator[Gateway]:
    server = serve("intake")
    upstreams = {"intake:8000": f"127.0.0.1:{server.server_address[1]}"}
    yield from running(factory.mktemp("gateway"), upstreams, FEW, trusted)
    server.shutdown()
    server.server_close()


@pytest.fixture
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that trusts the proxy in front, here: whoever is on this machine."""
    yield from _gateway(tmp_path_factory, "127.0.0.0/8 2001:db8::/32")


@pytest.fixture(params=["", "198.51.100.0/24"], ids=["trusts nobody", "trusts somebody else"])
def in_the_open(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that has no reason to believe who asks."""
    yield from _gateway(tmp_path_factory, request.param)


def statuses(gateway: Gateway, *forwarded: str, path: str = "/q/token") -> list[int]:
    """Return how requests with these X-Forwarded-For are answered, one after the other."""
    return [gateway.ask(path, headers={"X-Forwarded-For": value}).status for value in forwarded]


def test_people_behind_a_trusted_proxy_are_counted_each_for_themselves(behind: Gateway) -> None:
    assert statuses(behind, *["192.0.2.1"] * 3) == [200, 200, 429]
    assert statuses(behind, *["192.0.2.2"] * 3) == [200, 200, 429]


def test_what_somebody_sends_to_the_trusted_proxy_changes_nothing(behind: Gateway) -> None:
    assert statuses(behind, "192.0.2.7, 192.0.2.1", "192.0.2.8, 192.0.2.1", "192.0.2.9, 192.0.2.1") == [200, 200, 429]


def test_services_are_told_the_address_and_scheme_the_trusted_proxy_names(behind: Gateway) -> None:
    told = behind.ask("/told", headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
    odd = behind.ask("/told", headers={"X-Forwarded-For": "192.0.2.2", "X-Forwarded-Proto": "gopher"})

    assert (told.body, odd.body) == (b"192.0.2.1 https", b"192.0.2.2 http")


def test_nobody_else_can_pass_for_many(in_the_open: Gateway) -> None:
    assert statuses(in_the_open, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [200, 200, 429]


def test_services_are_told_nothing_that_anybody_could_claim(in_the_open: Gateway) -> None:
    told = in_the_open.ask("/told", headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})

    assert told.body == b"127.0.0.1 http"


@pytest.mark.parametrize("path", ["/collection/static/live.js", "/collection/shared/site.css"])
def test_what_pages_bring_with_them_is_not_counted(behind: Gateway, path: str) -> None:
    assert statuses(behind, *["192.0.2.1"] * 5, path=path) == [200] * 5
    assert statuses(behind, *["192.0.2.1"] * 3) == [200, 200, 429]


def test_an_address_that_only_looks_like_that_is_counted(behind: Gateway) -> None:
    assert statuses(behind, *["192.0.2.1"] * 3, path="/q/static/shared/") == [200, 200, 429]
