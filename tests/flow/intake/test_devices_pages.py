"""What staff see of devices: the code that sets one up, and marks on answers that break rules."""

from __future__ import annotations

import base64
import json
import re
import zlib

import pytest
import segno
from flask import Flask

from services.intake.app import build_web
from services.intake.web.devices import SetUp
from shared.programme.model import Form
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.forms import report_form
from tests.support.intake import PLACE, Bench, settings

DATA = (
    '<data id="report" version="{version}"><groups>{groups}</groups><groups_new>0</groups_new>'
    "<topics>grants</topics>{more}<meta><instanceID>{instance}</instanceID></meta></data>"
)


def person(bench: Bench, role: str, language: str = "en", form: Form | None = None) -> Person:
    bench.publish_report(form or report_form())
    bench.office.people.save(Account(role, f"{role}@example.org", role, language, (Grant(role, "sample", ("*",)),)))
    app: Flask = build_web(settings(), bench.store, bench.clock)
    return Person(app.test_client(), language).open(bench.office.sign_in.link_for(role)).press()


def send(bench: Bench, token: str, groups: str, instance: str = "uuid:1", more: str = "<help>no</help>") -> None:
    bench.office.openrosa.take(token, DATA.format(version="1", groups=groups, instance=instance, more=more))


def server_url(html: str) -> str:
    found = re.search(r'id="server" value="([^"]+)"', html)
    assert found
    return found[1]


@pytest.mark.parametrize(("language", "word"), [("en", "Configure with QR code"), ("de", "Mit QR-Code einrichten")])
def test_a_new_link_comes_with_the_code_that_sets_collect_up(bench: Bench, language: str, word: str) -> None:
    evaluator = person(bench, "evaluator", language)

    page = evaluator.open("/collection/sample/invitations?wave=2026-H2").press(site="nordstadt")

    token = server_url(page.html).rpartition("/")[2]
    assert server_url(page.html) == f"https://peilung.example.org/openrosa/{token}"
    assert word in page.page.text
    assert bench.office.invitations.find(token).place == PLACE
    assert 'class="qr"' in page.html
    assert 'class="qr"' not in evaluator.open("/collection/sample/invitations?wave=2026-H2").html


def test_the_code_holds_the_settings_collect_reads() -> None:
    device = SetUp("https://peilung.example.org/openrosa/" + "t" * 43, "Nordstadt, Bericht")

    read = json.loads(zlib.decompress(base64.b64decode(device.settings)))

    assert read["general"]["server_url"] == device.server_url
    assert (read["admin"], read["project"]) == ({}, {"name": "Nordstadt, Bericht"})


def test_the_picture_is_the_code_with_its_quiet_zone() -> None:
    device = SetUp("https://peilung.example.org/openrosa/t", "Süd")
    size = len(device.code.rows)
    drawn = [[0] * size for _ in range(size)]

    for column, row, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", device.code.path):
        for at in range(int(column), int(column) + int(length)):
            drawn[int(row)][at] = 1

    assert drawn == [list(row) for row in segno.make(device.settings, error="m").matrix_iter(border=4)]
    assert not any(drawn[0] + drawn[3] + drawn[-1] + [row[3] for row in drawn])


def test_a_link_to_pass_on_comes_with_the_code_too(bench: Bench) -> None:
    coordinator = person(bench, "coordinator", form=report_form(respondents="many", anonymous=True))

    page = coordinator.open("/collection/").press()

    assert "/openrosa/" in server_url(page.html)


def test_answers_that_break_rules_are_marked_on_the_responses_page(bench: Bench) -> None:
    consultant = person(bench, "consultant")
    token = bench.office.invitations.invite(PLACE).token
    send(bench, token, "5000", more="<help>perhaps-canary</help>")

    page = consultant.open("/collection/sample/responses?wave=2026-H2")

    assert "one submission from a device breaks rules" in page.page.text
    assert "Groups: breaks a rule of the question" in page.page.text
    assert "canary" not in page.html


def test_answers_that_break_rules_are_marked_in_exports(bench: Bench) -> None:
    evaluator = person(bench, "evaluator")
    token = bench.office.invitations.invite(PLACE).token
    send(bench, token, "5000", more="<help>no</help><invented>canary</invented>")

    export = evaluator.open("/api/intake/v1/programmes/sample/forms/report/export.json").html
    (item,) = json.loads(export)["items"]

    assert (item["marks"], item["groups"]) == ("groups:constraint ?:aside", 5000)
    assert "canary" not in export


def test_an_edit_that_keeps_the_rules_takes_the_mark_away(bench: Bench) -> None:
    consultant = person(bench, "consultant")
    token = bench.office.invitations.invite(PLACE).token
    send(bench, token, "5000")
    fixed = DATA.format(version="1", groups="5", instance="uuid:2", more="<help>no</help>")
    bench.office.openrosa.take(token, fixed.replace("</meta>", "<deprecatedID>uuid:1</deprecatedID></meta>"))

    assert "breaks rules" not in consultant.open("/collection/sample/responses?wave=2026-H2").page.text


def test_of_an_anonymous_form_only_the_number_of_marked_answers_is_told(bench: Bench) -> None:
    consultant = person(bench, "consultant", form=report_form(respondents="many", anonymous=True))
    token = bench.office.invitations.invite(PLACE).token
    for number in range(2):
        send(bench, token, "5000", f"uuid:{number}")

    page = consultant.open("/collection/sample/responses?wave=2026-H2")

    assert "2 submissions from devices break rules" in page.page.text
    assert "Groups" not in page.page.text


def test_a_device_cannot_flood_the_page(bench: Bench) -> None:
    consultant = person(bench, "consultant")
    token = bench.office.invitations.invite(PLACE).token
    send(
        bench, token, "5", more="<help>no</help>" + "".join(f"<odd_{number}>x</odd_{number}>" for number in range(5000))
    )

    page = consultant.open("/collection/sample/responses?wave=2026-H2")

    assert page.page.text.count("odd_") == 200
