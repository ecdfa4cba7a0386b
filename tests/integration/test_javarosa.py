"""JavaRosa, the engine inside ODK Collect, loads our forms and fills them in; what it writes is taken in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from shared.programme.loader import read_programme
from shared.programme.model import Choice, Form, Question
from shared.store import open_store
from tests.support.collect import multipart
from tests.support.forms import GOOD, both, report_form
from tests.support.intake import PLACE, Bench, settings
from tests.support.javarosa import Device, RuleBroken, build
from tests.support.servers.fixtures import cannot_run
from tests.support.servers.process import CannotRun

PROGRAMMES = sorted((Path(__file__).parents[2] / "programmes").glob("*/programme.yaml"))
FILLED = {
    "groups": "10",
    "groups_new": "4",
    "why": "a fair",
    "budget": "12345678.5",
    "asked_on": "2026-06-30",
    "topics": "grants rooms",
    "main_topic": "rooms",
    "comment": "Größe & <mehr>",
    "help": "no",
}


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Device:
    try:
        return build(tmp_path_factory.mktemp("javarosa"))
    except CannotRun as reason:
        cannot_run(str(reason))
        raise


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store = open_store(f"sqlite://{tmp_path}/intake.db")
    yield Bench(store)
    store.close()


def passed_through(bench: Bench, device: Device, place: Place, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the document kept after a device got the form, filled it in and sent it."""
    key = bench.office.invitations.invite(place).token
    client = build_web(settings(), bench.store, bench.clock).test_client()
    form = client.get(f"/openrosa/{key}/forms/{place.form}/{bench_version(bench, place)}.xml").data
    body, content_type = multipart(device.fill(form, answers), {})
    sent = client.post(f"/openrosa/{key}/submission", data=body, content_type=content_type)
    assert sent.status_code == 201, sent.text
    (document,) = bench.store.collection("submissions").find({"wave": place.wave})
    return document


def bench_version(bench: Bench, place: Place) -> str:
    return bench.office.desk.questionnaire(place).form.version


def test_what_a_device_fills_in_is_what_is_kept_and_both_compute_the_same(bench: Bench, device: Device) -> None:
    bench.publish_report()
    before = Sent(replace(PLACE, wave="2026-H1"), "uuid:0", {**GOOD, "groups": 4, "groups_new": 1})
    bench.submissions.import_past(before, "2026-05-01T12:00:00.000Z")

    document = passed_through(bench, device, PLACE, FILLED)

    expected = {**GOOD, "budget": 12345678.5, "comment": "Größe & <mehr>", "why": "a fair", "prev_groups": 4}
    assert document["answers"].items() >= {**expected, "c_share": 40, "c_words": "Größe & <mehr>!"}.items()
    assert document["field"]["marks"] == []
    assert "<c_share>40</c_share>" in document["field"]["xml"]


def test_rules_about_the_wave_before_hold_on_the_device(bench: Bench, device: Device) -> None:
    bench.publish_report()
    before = Sent(replace(PLACE, wave="2026-H1"), "uuid:0", {**GOOD, "groups": 4, "groups_new": 1})
    bench.submissions.import_past(before, "2026-05-01T12:00:00.000Z")

    with pytest.raises(RuleBroken, match="why"):
        passed_through(bench, device, PLACE, {name: value for name, value in FILLED.items() if name != "why"})


ORDER = tuple(Choice(name, both(name, name)) for name in ("a", "b", "c"))
EVERY_TYPE = (
    Question("moment", "dateTime", both("Zeitpunkt", "Moment")),
    Question("clock", "time", both("Uhrzeit", "Time")),
    Question("level", "range", both("Stufe", "Level"), parameters={"start": "0", "end": "1", "step": "0.25"}),
    Question("order", "rank", both("Reihenfolge", "Order"), list_name="order"),
    Question("read_it", "acknowledge", both("Gelesen", "Read")),
)
TYPED = {
    "moment": "2026-06-30T14:30:00.000+02:00",
    "clock": "14:30:00.000+02:00",
    "level": "0.75",
    "order": "c a b",
    "read_it": "OK",
}


def test_every_other_type_of_question_comes_through(bench: Bench, device: Device) -> None:
    form = report_form(items=EVERY_TYPE, choices={"order": ORDER})
    bench.publish_report(form)

    document = passed_through(bench, device, PLACE, TYPED)

    assert document["field"]["marks"] == []
    assert document["answers"]["level"] == 0.75
    assert document["answers"]["order"] == ["c", "a", "b"]
    assert document["answers"]["read_it"] == "OK"
    assert document["answers"]["moment"].startswith("2026-06-30T")
    assert set(document["answers"]) == set(TYPED)


def shipped() -> list[Form]:
    return [form for folder in PROGRAMMES for form in read_programme(folder.parent).forms]


@pytest.mark.parametrize("form", shipped(), ids=lambda form: form.id)
def test_every_shipped_form_loads_and_holds_its_first_required_question(
    bench: Bench, device: Device, form: Form
) -> None:
    bench.publish_report(form)
    key = bench.office.invitations.invite(replace(PLACE, form=form.id)).token
    blank = bench.office.openrosa.blank(key, form.id, form.version)

    with pytest.raises(RuleBroken):
        device.fill(blank.xml.encode(), {})
