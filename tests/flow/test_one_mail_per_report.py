"""A report that raises flags of different severity makes one mail, whatever the waits are."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.programs import WARNINGS_SOON
from services.notify.documents import GROUPS
from shared.clock import SystemClock, plus, to_text
from tests.flow.test_post_to_mail import post, settle
from tests.support.one_process import KEY, Platform
from tests.support.pipeline import letters
from tests.support.smtp_sink import SmtpSink

WAITS = {"as in production": {"NOTIFY_CRITICAL_WAIT_S": "0.3"}, "as embedded": WARNINGS_SOON, "without a wait": {}}


@pytest.mark.parametrize("told", WAITS.values(), ids=WAITS)
def test_a_critical_flag_and_a_warning_of_one_report_share_a_mail(tmp_path: Path, told: dict[str, str]) -> None:
    with SmtpSink() as sink:
        platform = Platform(tmp_path, sink.url, **told)
        programme = letters.programme(1)
        platform.office.publishing.publish(programme)
        for person in letters.people(programme):
            platform.office.people.save(person)
        platform.office.people.add_key("machine", ["submissions:write"], KEY)
        assert post(platform, "uuid:one", overdue=0) == 201
        settle(platform)
        assert post(platform, "uuid:two", overdue=38, wave="second") == 201
        settle(platform)
        platform.close()

    (mail,) = sink.mails
    assert mail.message["Subject"] == "[Belastungsprobe][kritisch] Standort Musterhaus 1: 2 neue Hinweise"
    body = mail.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert text.index("[kritisch] Nachweise im Rückstand (neu)") < text.index("[Warnung] Rückstand wächst (neu)")
    (group,) = platform.notify.store.collection(GROUPS.name).find({})
    assert group["next_flush_at"] > plus(to_text(SystemClock().now()), 80_000), "nothing comes but the reminder"
