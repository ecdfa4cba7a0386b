"""ODK Collect fills our forms: a client with Collect's own checks against the live application."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from tests.support.collect import Collect, Refusal, Reply, fill, message, multipart
from tests.support.forms import GOOD, report_form
from tests.support.intake import IN_H2, PLACE, Bench, settings
from tests.support.live import live
from tests.support.wait import eventually

FILLED = {
    "groups": "10",
    "groups_new": "4",
    "budget": "1200.5",
    "asked_on": "2026-06-30",
    "topics": "grants rooms",
    "main_topic": "rooms",
    "comment": "canary-4711",
    "help": "no",
}
NO_EARLIER = ("why",)


@pytest.fixture
def address(bench: Bench) -> Iterator[str]:
    bench.publish_report()
    with live(lambda url: build_web(settings(public_url=url), bench.store, bench.clock)) as url:
        yield url


def key_for(bench: Bench, place: Place = PLACE, respondent: str | None = None) -> str:
    return bench.office.invitations.invite(place, respondent=respondent).token


@pytest.fixture
def device(bench: Bench, address: str) -> Collect:
    return Collect(f"{address}/openrosa/{key_for(bench)}")


def blank(device: Collect) -> bytes:
    (listed,) = device.forms()
    return device.download(listed)


def filled(device: Collect, answers: Mapping[str, str] = FILLED, **more: Any) -> bytes:
    return fill(blank(device), answers, hidden=NO_EARLIER, **more)


def stored(bench: Bench) -> list[dict[str, Any]]:
    return bench.store.collection("submissions").find({}, sort=("revision",))


def post(device: Collect, body: bytes, content_type: str) -> Reply:
    return device.ask("POST", f"{device.server_url}/submission", body, content_type)


def refusal(device: Collect, xml: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        device.send(xml)
    return str(caught.value)


def test_a_device_gets_the_form_fills_it_and_hands_it_in(bench: Bench, device: Collect) -> None:
    said = device.send(filled(device, instance="uuid:1"))

    (document,) = stored(bench)
    (entry,) = document["outbox"]
    assert "arrived" in said
    assert "angekommen" in said
    assert document["answers"].items() >= {**GOOD, "c_share": 40, "site_code": "nordstadt", "wave": "2026-H2"}.items()
    assert (document["site"], document["wave"], document["respondent"]) == ("nordstadt", "2026-H2", "site")
    assert (document["instance_id"], document["form_version"], document["field"]["marks"]) == ("uuid:1", "1", [])
    assert entry["event"]["data"]["answers"]["c_share"] == 40
    assert "canary-4711" not in str(entry)


def test_the_xml_is_kept_to_the_letter(bench: Bench, device: Collect) -> None:
    xml = filled(device)

    device.send(xml)

    assert stored(bench)[0]["field"]["xml"].encode() == xml


def test_the_list_names_the_form_with_title_version_and_absolute_addresses(device: Collect, address: str) -> None:
    (listed,) = device.forms()

    assert (listed.form_id, listed.name, listed.version, listed.description) == ("report", "Bericht", "1", None)
    assert listed.download_url.startswith(f"{address}/openrosa/")
    (described,) = device.forms("?verbose=true&formID=report&listAllVersions=false")
    assert "Nordstadt" in str(described.description)
    assert device.forms("?formID=another") == []


def test_a_new_version_changes_hash_and_address_and_all_versions_can_be_listed(bench: Bench, device: Collect) -> None:
    (before,) = device.forms()
    again = device.forms()[0]
    bench.publish_report_version("2", report_form(version="2"))

    eventually(lambda: device.forms()[0].version == "2")

    assert again == before
    assert device.forms()[0].hash != before.hash
    assert [listed.version for listed in device.forms("?listAllVersions=true")] == ["2", "1"]
    assert device.download(before)


def test_answers_in_an_older_version_are_taken_as_that_version(bench: Bench, device: Collect) -> None:
    xml = filled(device)
    bench.publish_report_version("2", report_form(version="2"))

    device.send(xml)

    assert stored(bench)[0]["form_version"] == "1"


def test_a_form_knows_its_site_and_what_was_answered_in_the_wave_before(bench: Bench, address: str) -> None:
    before = Sent(replace(PLACE, wave="2026-H1"), "uuid:0", {**GOOD, "groups": 4, "groups_new": 1})
    bench.submissions.import_past(before, "2026-05-01T12:00:00.000Z")
    device = Collect(f"{address}/openrosa/{key_for(bench)}")

    form = blank(device).decode()

    assert "<prev_groups>4</prev_groups>" in form
    assert "<site_code>nordstadt</site_code>" in form
    device.send(fill(form.encode(), {**FILLED, "why": "a fair"}))
    (now,) = [document for document in stored(bench) if document["wave"] == PLACE.wave]
    assert (now["field"]["marks"], now["answers"]["why"]) == ([], "a fair")


@pytest.mark.parametrize(
    ("change", "left_out", "mark", "kept"),
    [
        ({"groups": "1001"}, (), ("groups", "constraint", None), 1001),
        ({"groups": ""}, (), ("groups", "required", None), None),
        ({"groups": "ten"}, (), ("groups", "wrong_type", "ten"), None),
        ({"asked_on": "30.06.2026"}, (), ("asked_on", "not_a_date", "30.06.2026"), None),
        ({"topics": "grants nonsense"}, ("main_topic",), ("topics", "unknown_choice", "grants nonsense"), None),
        ({"topics": "none rooms"}, ("main_topic",), ("topics", "constraint", None), ["none", "rooms"]),
        ({"topics": "none grants", "main_topic": "rooms"}, (), ("topics", "constraint", None), ["none", "grants"]),
    ],
)
def test_broken_rules_are_marked_not_refused(
    bench: Bench, device: Collect, change: dict[str, str], left_out: tuple[str, ...], mark: tuple[Any, ...], kept: Any
) -> None:
    device.send(fill(blank(device), {**FILLED, **change}, hidden=(*NO_EARLIER, *left_out)))

    (document,) = stored(bench)
    marks = [(one["question"], one["code"], one["aside"]) for one in document["field"]["marks"]]
    assert mark in marks
    assert document["answers"].get(mark[0]) == kept


def test_a_question_the_form_does_not_have_is_kept_aside(bench: Bench, device: Collect) -> None:
    device.send(filled(device).replace(b"<meta>", b"<photo.1>house.jpg</photo.1><meta>"), {"house.jpg": b"\xff\xd8"})

    (mark,) = stored(bench)[0]["field"]["marks"]
    assert mark == {"question": "photo.1", "code": "unknown_question", "aside": "house.jpg"}


def test_files_are_not_kept_and_the_person_is_told(bench: Bench, device: Collect) -> None:
    said = device.send(filled(device), {"house.jpg": b"\xff\xd8" * 100})

    assert "asks for none" in said
    assert len(stored(bench)) == 1


def test_a_split_submission_is_kept_with_its_first_part_and_succeeds_in_each(bench: Bench, device: Collect) -> None:
    files = {f"{number}.jpg": b"\xff" * 150_000 for number in range(3)}

    device.send(filled(device), files)

    assert [method for method, _ in device.requests[-4:]] == ["HEAD", "POST", "POST", "POST"]
    assert len(stored(bench)) == 1


def test_a_chunked_submission_is_taken(bench: Bench, device: Collect) -> None:
    xml = filled(device)
    device.chunked = True

    device.send(xml)

    assert len(stored(bench)) == 1


def test_sending_again_is_202_also_after_the_wave_has_closed(bench: Bench, device: Collect) -> None:
    xml = filled(device)
    body, content_type = multipart(xml, {})

    first, again = post(device, body, content_type), post(device, body, content_type)
    bench.clock.advance(days=100)

    assert (first.status, again.status, post(device, body, content_type).status) == (201, 202, 202)
    assert "before" in message(again, "submit_success")
    assert len(stored(bench)) == 1


@pytest.mark.parametrize("other", [b"<groups>11</groups>", b"<groups >10</groups>"])
def test_other_xml_under_the_same_id_is_a_conflict(bench: Bench, device: Collect, other: bytes) -> None:
    xml = filled(device, instance="uuid:1")
    device.send(xml)

    assert refusal(device, xml.replace(b"<groups>10</groups>", other)).startswith("409: ")
    assert stored(bench)[0]["answers"]["groups"] == 10


def test_an_edit_names_what_it_replaces_and_is_the_next_revision(bench: Bench, device: Collect) -> None:
    device.send(filled(device, instance="uuid:1"))
    edit = filled(device, {**FILLED, "groups": "20"}, instance="uuid:2", replaces="uuid:1")

    device.send(edit)
    device.send(edit)

    assert [(one["revision"], one["answers"]["groups"]) for one in stored(bench)] == [(1, 10), (2, 20)]
    late = filled(device, {**FILLED, "groups": "30"}, instance="uuid:3", replaces="uuid:1")
    assert "replaced" in refusal(device, late)
    assert refusal(device, filled(device, instance="uuid:4", replaces="uuid:unknown")).startswith("409: ")


def test_a_second_report_of_a_site_is_refused_with_what_to_do(device: Collect) -> None:
    device.send(filled(device))

    said = refusal(device, filled(device))

    assert said.startswith("409: ")
    assert "in the browser" in said


def test_an_erased_answer_takes_its_xml_with_it_and_stays_gone(bench: Bench, device: Collect) -> None:
    xml = filled(device, instance="uuid:1")
    device.send(xml)

    bench.office.erasing.erase(PLACE, "uuid:1")

    assert "canary-4711" not in str(stored(bench))
    assert refusal(device, xml).startswith("409: ")


@pytest.mark.parametrize(("days", "word"), [(-200, "not open yet"), (100, "too late")])
def test_outside_the_wave_nothing_is_listed_and_what_comes_in_is_refused_in_plain_words(
    bench: Bench, device: Collect, days: int, word: str
) -> None:
    xml = filled(device)
    bench.clock.advance(days=days)

    assert device.forms() == []
    said = refusal(device, xml)
    assert said.startswith("409: ")
    assert word in said
    assert "noch auf Ihrem Gerät" in said
    assert stored(bench) == []


@pytest.mark.parametrize(("wanted", "has", "lacks"), [("de-AT", "zu spät", "too late"), ("en", "too late", "zu spät")])
def test_a_device_that_says_its_language_is_answered_in_it(
    bench: Bench, device: Collect, wanted: str, has: str, lacks: str
) -> None:
    xml = filled(device)
    bench.clock.advance(days=100)
    device.accept_language = wanted

    said = refusal(device, xml)

    assert has in said
    assert lacks not in said


@pytest.mark.parametrize("path", ["formList", "submission", "forms/report/1.xml", "forms/report/1/manifest"])
def test_an_unknown_revoked_or_expired_key_is_404_everywhere(bench: Bench, address: str, path: str) -> None:
    revoked = bench.office.invitations.invite(PLACE)
    bench.office.invitations.revoke("sample", revoked.invitation.id)
    expiring = key_for(bench)
    bench.clock.advance(days=2000)

    for key in ("never-made", revoked.token, expiring):
        device = Collect(f"{address}/openrosa/{key}")
        reply = device.ask("GET", f"{device.server_url}/{path}")
        assert (reply.status, "code to scan" in message(reply, "error")) == (404, True)
        if path == "submission":
            assert device.ask("HEAD", f"{device.server_url}/{path}").status == 404
            assert post(device, *multipart(b"<data/>", {})).status == 404


@pytest.mark.parametrize("path", ["forms/other/1.xml", "forms/report/9.xml", "forms/report/9/manifest"])
def test_an_unknown_form_or_version_is_404(device: Collect, path: str) -> None:
    assert device.ask("GET", f"{device.server_url}/{path}").status == 404


def test_a_filled_form_of_another_form_or_version_is_404(bench: Bench, device: Collect) -> None:
    xml = filled(device)

    assert "for the form report" in refusal(device, xml.replace(b'id="report"', b'id="other"'))
    assert refusal(device, xml.replace(b'version="1" ', b'version="9" ').replace(b'version="1">', b'version="9">'))[:4]
    assert stored(bench) == []


def test_both_head_and_get_say_204_where_submissions_go(device: Collect) -> None:
    for method in ("HEAD", "GET"):
        reply = device.ask(method, f"{device.server_url}/submission")
        assert (reply.status, reply.body) == (204, b"")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        multipart(b"<data/>", {}, times=0),
        multipart(b"<data/>", {}, times=2),
        multipart(b"<data/>", {}),
        multipart(b"\xff\xfe", {}),
        multipart(b'<!DOCTYPE d><data id="report"/>', {}),
        (b"<data/>", "text/xml"),
        (b"{}", "application/json"),
        (b"nothing of the kind", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ],
)
def test_what_is_no_submission_is_400(bench: Bench, device: Collect, body: bytes, content_type: str) -> None:
    reply = post(device, body, content_type)

    assert reply.status in (400, 404)
    assert message(reply, "error")
    assert stored(bench) == []


def test_a_body_beyond_the_announced_limit_is_413(device: Collect) -> None:
    limit = int(device.ask("HEAD", f"{device.server_url}/submission").headers["X-OpenRosa-Accept-Content-Length"])

    with contextlib.suppress(http.client.HTTPException, ConnectionError):
        reply = post(device, *multipart(filled(device), {"big.jpg": b"x" * limit}))
        assert (reply.status, "256" in message(reply, "error")) == (413, True)


def test_a_store_that_is_away_is_503_and_the_same_can_be_sent_afterwards(bench: Bench, device: Collect) -> None:
    xml = filled(device)
    bench.outage.begin()
    reply = device.ask("GET", f"{device.server_url}/formList")
    bench.outage.end()

    assert (reply.status, reply.headers["Retry-After"]) == (503, "30")
    assert "later" in message(reply, "error")
    device.send(xml)


def test_everybody_with_a_shared_key_is_a_respondent_of_their_own(bench: Bench, address: str) -> None:
    bench.publish_report_version("2", report_form(version="2", respondents="many", anonymous=True))
    device = Collect(f"{address}/openrosa/{key_for(bench)}")

    device.send(filled(device, instance="uuid:1"))
    device.send(filled(device, instance="uuid:2"))

    assert sorted(one["respondent"] for one in stored(bench)) == ["uuid:1", "uuid:2"]
    assert {one["received_at"] for one in stored(bench)} == {f"{IN_H2:%Y-%m-%d}T00:00:00.000Z"}


def test_a_key_of_a_named_respondent_answers_for_them(bench: Bench, address: str) -> None:
    bench.publish_report_version("2", report_form(version="2", respondents="many"))
    device = Collect(f"{address}/openrosa/{key_for(bench, respondent='P1')}")

    device.send(filled(device))

    assert [one["respondent"] for one in stored(bench)] == ["P1"]
    assert refusal(device, filled(device)).startswith("409: ")


def test_ids_of_249_characters_work(bench: Bench, address: str) -> None:
    long = "f" * 249
    bench.publish_report_version("2", report_form(id=long))
    device = Collect(f"{address}/openrosa/{key_for(bench, replace(PLACE, form=long))}")

    device.send(filled(device, instance="uuid:" + "i" * 244))

    assert (stored(bench)[0]["form"], len(stored(bench)[0]["instance_id"])) == (long, 249)


def test_odd_versions_are_listed_downloaded_and_taken(bench: Bench, address: str) -> None:
    odd = "2026/1 (ä) & <b>"
    bench.publish_report_version("2", report_form(version=odd))
    device = Collect(f"{address}/openrosa/{key_for(bench)}")

    device.send(filled(device))

    assert stored(bench)[0]["form_version"] == odd


def test_a_page_cannot_make_a_browser_send_answers(address: str, bench: Bench) -> None:
    client = build_web(settings(), bench.store, bench.clock).test_client()

    sent = client.post(f"/openrosa/{key_for(bench)}/submission", headers={"Sec-Fetch-Site": "cross-site"})

    assert sent.status_code == 403


def test_every_key_has_a_limit_of_requests_of_its_own(bench: Bench) -> None:
    bench.publish_report()
    client = build_web(settings(api_rate=2), bench.store, bench.clock).test_client()
    one, two = key_for(bench), key_for(bench)

    statuses = [client.head(f"/openrosa/{one}/submission").status_code for _ in range(3)]

    assert statuses == [204, 204, 429]
    assert client.head(f"/openrosa/{two}/submission").status_code == 204
    refused = client.get(f"/openrosa/{one}/formList")
    assert refused.headers["X-OpenRosa-Version"] == "1.0"
    assert "OpenRosaResponse" in refused.text
