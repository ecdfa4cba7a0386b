"""From a submission to the mail server's 250 for its critical alert, at a steady rate, with the production waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path

from bench import samples
from bench.load import percentile
from bench.rows import Row
from bench.serving import installed
from services.notify.documents import DELIVERIES
from tests.support.pipeline import sink
from tests.support.pipeline.client import Client
from tests.support.pipeline.installation import Installation

BUDGET_S, PER_S, CLIENTS, PATIENCE_S = 2.0, 20, 8, 30.0


def measure(folder: Path, kind: str, mongodb_uri: str, bus_url: str, seconds: float) -> Row:
    """Send one alarming report per site at 20 a second; every one must arrive."""
    sites = round(PER_S * seconds)
    installation = Installation(folder, mongodb_uri, bus_url, settings={"API_RATE": "0"}, replicas=1)
    with installed(installation, sites):
        _wake(installation)
        sent = _steady(installation, sites)
        arrived = _arrived(installation, sent)
    waits = [arrived[site] - at if site in arrived else float("inf") for site, at in sent.items()]
    p95, p50 = percentile(waits, 0.95), percentile(waits, 0.5)
    return Row(
        what=f"submission to SMTP 250, {kind}",
        measured=f"p95 {p95:.2f} s",
        budget=f"p95 <= {BUDGET_S:.0f} s",
        met=p95 <= BUDGET_S,
        note=f"median {p50:.2f} s, slowest {max(waits):.2f} s of {len(waits)} at {PER_S}/s; "
        f"{len(sent) - len(arrived)} without mail after {PATIENCE_S:.0f} s; one process per role",
    )


def _steady(installation: Installation, sites: int) -> dict[str, float]:
    """Send every site's report at its time; return when each was sent."""
    sent: dict[str, float] = {}
    numbers = iter(range(1, sites + 1))
    lock, started = threading.Lock(), time.monotonic()

    def client() -> None:
        own = Client(installation.web_port, installation.api_key)
        while True:
            with lock:
                number = next(numbers, 0)
            if not number:
                own.close()
                return
            time.sleep(max(0.0, started + number / PER_S - time.monotonic()))
            sent[samples.code(number)] = time.time()
            own.deliver(samples.PATH, _report(number))

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent


def _wake(installation: Installation) -> None:
    """Send one harmless report, so that every web worker has compiled the form."""
    client = Client(installation.web_port, installation.api_key)
    client.deliver(samples.PATH, {**_report(1), "instance_id": "uuid:warm", "answers": samples.answers(overdue=0)})
    client.close()


def _report(number: int) -> dict[str, object]:
    answers = samples.answers(overdue=38)
    return {"instance_id": f"uuid:{number}", "site": samples.code(number), "wave": samples.WAVE, "answers": answers}


def _arrived(installation: Installation, sent: Mapping[str, float]) -> dict[str, float]:
    """Return when the first mail about each site was accepted, once all are there or patience ends."""
    kept = installation.stores["notify"].collection(DELIVERIES.name)
    deadline = time.monotonic() + PATIENCE_S
    while len(accepted := sink.mails(installation.mail_file)) < len(sent) and time.monotonic() < deadline:
        time.sleep(0.2)
    at: dict[str, float] = {}
    for mail in accepted:
        at.setdefault(mail["message_id"], mail["at"])
    found: dict[str, float] = {}
    for delivery in kept.find({}):
        if delivery["message_id"] in at:
            found[delivery["site"]] = min(at[delivery["message_id"]], found.get(delivery["site"], float("inf")))
    return found
