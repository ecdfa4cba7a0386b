"""What is erased in intake is gone wherever its answers had come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.domain.submission import Place
from services.scoring.ports import RESPONSES
from shared.bus.admin import ParkedQueue
from shared.event_schemas import CONTENT_TYPE
from tests.support.bus import empty, publishing
from tests.support.one_process import KEY, Platform
from tests.support.pipeline import letters

PATH = f"/api/intake/v1/programmes/{letters.PROGRAMME}/forms/report/submissions"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path, "smtp://127.0.0.1:1?from=peilung@example.org&starttls=never")
    platform.office.publishing.publish(letters.programme(2))
    platform.office.people.add_key("machine", ["submissions:write"], KEY)
    yield platform
    platform.close()


def post(platform: Platform, instance: str, wave: str) -> None:
    answers = {"proofs_due": 40, "proofs_overdue": 3}
    body = {"instance_id": instance, "site": "s001", "wave": wave, "answers": answers}
    assert platform.client.post(PATH, json=body, headers={"Authorization": f"Bearer {KEY}"}).status_code == 201


def test_erased_answers_are_neither_among_the_responses_nor_among_the_parked_messages(
    platform: Platform, tmp_path: Path
) -> None:
    post(platform, "uuid:one", "first")
    post(platform, "uuid:two", "second")
    kept = platform.office.desk.store.collection("submissions").find({}, sort=("wave",))
    bus = f"sqlite:///{tmp_path / 'bus.db'}"
    empty(bus)
    with publishing(bus) as publisher:
        for document in kept:
            body = json.dumps(document["outbox"][0]["event"]).encode()
            publisher.put("scoring.parked", body, {}, message_id="parked", content_type=CONTENT_TYPE)
    platform.work()

    platform.office.erasing.erase(Place(letters.PROGRAMME, "report", "s001", "first"), "uuid:one")
    platform.work()

    responses = platform.scoring.store.collection(RESPONSES.name).find({}, sort=("cell",))
    assert [bool(response.get("answers")) for response in responses] == [False, True]
    (message,) = ParkedQueue(bus, "scoring").messages()
    assert message.data["wave"] == "second"
