"""The services as processes on a MongoDB-wire server, a real RabbitMQ and a real SMTP server: report in, mail out."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.scoring.ports import SITE_FLAGS
from tests.support.pipeline import letters, sink
from tests.support.pipeline.client import Client
from tests.support.pipeline.installation import QUICK, Installation
from tests.support.wait import eventually

PATH = f"/api/intake/v1/programmes/{letters.PROGRAMME}/forms/report/submissions"


@pytest.mark.slow
@pytest.mark.parametrize("server", ["mongo_java", "ferretdb"])
def test_a_report_becomes_one_flag_and_one_mail(
    server: str, tmp_path: Path, amqp_url: str, request: pytest.FixtureRequest
) -> None:
    patient = {**QUICK, "SCORING_LEASE_S": "30", "OUTBOX_RESEND_S": "60"}
    installation = Installation(tmp_path, request.getfixturevalue(f"{server}_uri"), amqp_url, patient, replicas=1)
    programme = letters.programme(2)
    installation.office.publishing.publish(programme)
    for person in letters.people(programme):
        installation.office.people.save(person)
    installation.office.people.add_key("machine", ["submissions:write"], installation.api_key)
    try:
        installation.start()
        answers = {"proofs_due": 40, "proofs_overdue": 38}
        body = {"instance_id": "uuid:one", "site": "s001", "wave": "first", "answers": answers}
        client = Client(installation.web_port, installation.api_key)
        client.deliver(PATH, body, patience_s=60)
        client.close()

        mails = eventually(lambda: sink.mails(installation.mail_file), timeout_s=90, every_s=0.2)
        document = installation.stores["scoring"].collection(SITE_FLAGS.name).get(f"{letters.PROGRAMME}/s001")
        assert document is not None
        assert [entry["state"] for entry in document["episodes"].values()] == ["raised"]
        assert len(mails) == 1
    finally:
        installation.stop()
