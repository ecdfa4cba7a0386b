"""Session fixtures for the message bus: RabbitMQ and the SQLite transport behind one interface."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bus import empty
from tests.support.servers import rabbitmq
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun


@pytest.fixture(scope="session")
def rabbitmq_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rabbitmq.RabbitMQ]:
    """A private RabbitMQ that tests may kill and restart."""
    try:
        broker = rabbitmq.launch(tmp_path_factory.mktemp("rabbitmq"))
    except CannotRun as error:
        cannot_run(str(error))
        return
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def amqp_url(request: pytest.FixtureRequest) -> str:
    """The address of a RabbitMQ: the one TEST_AMQP_URL names, else a private one."""
    given = os.environ.get("TEST_AMQP_URL", "")
    if given:
        return given
    broker: rabbitmq.RabbitMQ = request.getfixturevalue("rabbitmq_broker")
    return broker.url


@pytest.fixture(params=["sqlite", "rabbitmq"])
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty bus, once per transport."""
    sqlite = f"sqlite://{tmp_path}/bus.db"
    url: str = sqlite if request.param == "sqlite" else request.getfixturevalue("amqp_url")
    empty(url)
    return url
