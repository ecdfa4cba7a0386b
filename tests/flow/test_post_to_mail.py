"""From a posted report to the consultant's mailbox, in one process, every event delivered twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.scoring.ports import SITE_FLAGS
from tests.support.one_process import KEY, Platform
from tests.support.pipeline import letters
from tests.support.smtp_sink import SmtpSink
from tests.support.wait import eventually

PATH = f"/api/intake/v1/programmes/{letters.PROGRAMME}/forms/report/submissions"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


@pytest.fixture
def platform(tmp_path: Path, sink: SmtpSink) -> Iterator[Platform]:
    platform = Platform(tmp_path, sink.url)
    programme = letters.programme(3)
    platform.office.publishing.publish(programme)
    for person in letters.people(programme):
        platform.office.people.save(person)
    platform.office.people.add_key("machine", ["submissions:write"], KEY)
    yield platform
    platform.close()


def post(platform: Platform, instance: str, overdue: int, **further: str) -> int:
    body = {"instance_id": instance, "site": "s001", "wave": "first", **further}
    answers = {"answers": {"proofs_due": 40, "proofs_overdue": overdue}}
    answer = platform.client.post(PATH, json={**body, **answers}, headers={"Authorization": f"Bearer {KEY}"})
    return answer.status_code


def settle(platform: Platform) -> None:
    """Work until nothing has been due for a while."""
    quiet = 0

    def resting() -> bool:
        nonlocal quiet
        quiet = 0 if platform.work() else quiet + 1
        return quiet > 30

    eventually(resting, timeout_s=60, every_s=0.02)


def test_a_report_raises_one_flag_and_sends_one_mail(platform: Platform, sink: SmtpSink) -> None:
    assert post(platform, "uuid:one", overdue=38) == 201
    assert post(platform, "uuid:one", overdue=38) == 200
    settle(platform)

    document = platform.scoring.store.collection(SITE_FLAGS.name).get(f"{letters.PROGRAMME}/s001")
    assert document is not None
    assert [entry["severity"] for entry in document["episodes"].values() if entry["state"] == "raised"] == ["critical"]
    assert len(sink.subjects()) == 1
    assert set(sink.copies().values()) == {1}


def test_a_correction_clears_the_flag_without_a_second_alarm(platform: Platform, sink: SmtpSink) -> None:
    assert post(platform, "uuid:one", overdue=38) == 201
    settle(platform)
    assert post(platform, "uuid:two", overdue=0, deprecated_id="uuid:one") == 201
    settle(platform)

    document = platform.scoring.store.collection(SITE_FLAGS.name).get(f"{letters.PROGRAMME}/s001")
    assert document is not None
    assert [entry["state"] for entry in document["episodes"].values()] == ["cleared"]


def test_nothing_waits_in_an_outbox_when_everything_is_handled(platform: Platform) -> None:
    assert post(platform, "uuid:one", overdue=38) == 201
    settle(platform)

    for store, name in ((platform.office.desk.store, "submissions"), (platform.scoring.store, SITE_FLAGS.name)):
        assert [document for document in store.collection(name).find({}) if document.get("outbox")] == []
