"""Single responses for those who may read them: revisions, what changed, and sending one back for correction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent, Submission
from shared.errors import Conflict, Forbidden, TransientError
from shared.registry import Account, Grant
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")
ROLES = {
    "evaluator": Grant("evaluator", "sample"),
    "consultant": Grant("consultant", "sample", ("nordstadt",)),
    "elsewhere": Grant("consultant", "sample", ("suedtal",)),
    "coordinator": Grant("coordinator", "sample", ("nordstadt",)),
    "lead": Grant("lead", "sample"),
    "admin": Grant("admin", "sample"),
}


@pytest.fixture
def app(bench: Bench) -> Flask:
    bench.publish_report()
    return staffed(bench)


def staffed(bench: Bench) -> Flask:
    for name, grant in ROLES.items():
        person = Account(name, f"{name}@example.org", f"Person {name}", "en", (grant,))
        bench.office.people.save(person)
    return build_web(settings(), bench.store, bench.clock)


def signed_in(bench: Bench, app: Flask, name: str, language: str = "en") -> Person:
    return Person(app.test_client(), language).open(bench.office.sign_in.link_for(name)).press()


def handed_in(bench: Bench, revisions: int = 1, **more: Any) -> Submission:
    """Hand the good answers in, then corrections: one group more each time; return the newest."""
    last = None
    for number in range(1, revisions + 1):
        answers = {**GOOD, "groups": 9 + number, "topics": ["rooms"], "comment": "Räume", **more}
        answers.pop("main_topic")
        deprecated = f"uuid:{number - 1}" if number > 1 else None
        last = bench.submissions.submit(Sent(PLACE, f"uuid:{number}", answers, deprecated_id=deprecated)).submission
    assert last
    return last


def address(one: Submission, tail: str = "") -> str:
    return f"/collection/sample/response/{one.response}{tail}"


def close(bench: Bench) -> None:
    bench.clock.advance(days=120)
    with pytest.raises(Conflict, match="closed"):
        bench.submissions.submit(Sent(PLACE, "uuid:late", GOOD))


def sent_back(bench: Bench, one: Submission, days: int = 14, comment: str = "Please count again.") -> str:
    until = (bench.clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    account = bench.office.desk.registry.account("consultant")
    assert account
    bench.office.reviewing.send_back(one, account, comment, until)
    return "/q/" + bench.office.invitations.invite(PLACE).token


@pytest.mark.parametrize(
    ("who", "status"),
    [("evaluator", 200), ("consultant", 200), ("coordinator", 200), ("elsewhere", 403), ("lead", 403), ("admin", 403)],
)
def test_a_single_response_is_for_those_who_may_read_it(bench: Bench, app: Flask, who: str, status: int) -> None:
    one = handed_in(bench)

    person = signed_in(bench, app, who).open(address(one))

    assert person.status == status
    assert ("Räume" in person.page.text) == (status == 200)


def test_nobody_reads_a_response_without_signing_in_or_by_another_programme(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)

    assert Person(app.test_client()).open(address(one)).page.h1 == "Sign in"
    person = signed_in(bench, app, "evaluator")
    assert person.open(address(one).replace("/sample/", "/other/")).status == 404
    assert person.open("/collection/sample/response/nothing").status == 404


def test_an_evaluator_goes_from_the_responses_page_to_the_answers(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    person = signed_in(bench, app, "evaluator").open("/collection/sample/responses?wave=2026-H2")
    (link,) = [href for href in person.page.links if href.endswith("/2026-H2/report/nordstadt")]

    person.open(link)

    assert person.path == address(one)
    assert person.page.h1.startswith("Response ")


def test_responses_of_many_people_are_listed(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many"))
    app = staffed(bench)
    for number in ("1", "2"):
        bench.submissions.submit(Sent(PLACE, f"uuid:{number}", GOOD, respondent=f"P{number}"))

    seen = signed_in(bench, app, "evaluator").open("/collection/sample/responses/2026-H2/report/nordstadt").page.text
    consultants = signed_in(bench, app, "consultant").open("/collection/sample/responses/2026-H2/report/nordstadt")

    assert {"P1", "P2"} <= set(seen.split())
    assert "P1" not in consultants.page.text
    assert len([href for href in consultants.page.links if "/response/" in href]) == 2
    assert signed_in(bench, app, "coordinator").open(consultants.path).status == 403


def test_anonymous_answers_are_for_evaluators_and_never_sent_back(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    app = staffed(bench)
    one = bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD)).submission

    person = signed_in(bench, app, "evaluator").open(address(one))

    assert person.status == 200
    assert "Send back" not in person.page.text
    assert "13:00" not in person.page.text
    assert signed_in(bench, app, "consultant").open(address(one)).status == 403


def test_the_page_says_what_changed_between_the_last_two_revisions_and_any_others(bench: Bench, app: Flask) -> None:
    one = handed_in(bench, revisions=3)
    person = signed_in(bench, app, "evaluator").open(address(one))

    text = " ".join(person.page.text.split())
    assert "What changed from revision 2 to 3" in text
    assert "Groups 11 12" in text
    assert "Funds" not in text.partition("What changed")[2].partition("Send back")[0]

    text = " ".join(person.open(address(one, "?before=1&after=3")).page.text.split())
    assert "What changed from revision 1 to 3" in text
    assert "Groups 10 12" in text


def test_a_consultant_sends_back_and_the_respondent_corrects_after_the_wave_has_closed(
    bench: Bench, app: Flask
) -> None:
    one = handed_in(bench)
    close(bench)
    person = signed_in(bench, app, "consultant").open(address(one))
    person.press(comment="Please count <again>.\nThank you.", until="2027-04-05")
    assert "has sent this revision back" in person.page.text
    link = "/q/" + bench.office.invitations.invite(PLACE).token

    respondent = Person(app.test_client()).open(link)
    assert "Person consultant asks you" in respondent.page.text
    assert "Please count <again>." in respondent.page.text
    assert "5 Apr 2027" in respondent.page.text
    respondent.press()
    assert "Please count <again>." in respondent.page.text
    respondent.open(link + "/p/g_numbers?back=check").press(groups="20")
    respondent.press()

    assert respondent.page.h1.startswith("Thank you")
    assert "Please count" not in respondent.page.text
    kept = bench.store.collection("submissions").find({}, sort=("revision",))
    assert [document["answers"]["groups"] for document in kept] == [10, 20]
    history = " ".join(signed_in(bench, app, "evaluator").open(address(one)).page.text.split())
    assert "Please count <again>." in history
    assert "Groups 10 20" in history


def test_after_the_day_nothing_is_taken_any_more(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    close(bench)
    link = sent_back(bench, one, days=3)
    respondent = Person(app.test_client()).open(link).press()
    bench.clock.advance(days=4)

    assert app.test_client().post(link + "/submit").headers["Location"] == link
    assert "closed since" in respondent.open(link).page.text
    assert len(bench.store.collection("submissions").find({})) == 1


def test_sending_back_opens_this_response_only(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    close(bench)
    sent_back(bench, one)
    elsewhere = bench.office.invitations.invite(replace(PLACE, site="suedtal"))

    assert "closed since" in Person(app.test_client()).open("/q/" + elsewhere.token).page.text
    with pytest.raises(Conflict, match="closed"):
        bench.submissions.submit(Sent(replace(PLACE, site="suedtal"), "uuid:9", GOOD))


def test_a_correction_by_the_api_is_taken_too(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    close(bench)
    sent_back(bench, one)

    again = bench.submissions.submit(Sent(PLACE, "uuid:new", GOOD, deprecated_id=one.instance_id))

    assert again.submission.revision == 2
    with pytest.raises(Conflict, match="closed"):
        bench.submissions.submit(Sent(PLACE, "uuid:newer", GOOD, deprecated_id="uuid:new"))


@pytest.mark.parametrize(
    ("typed", "blamed"),
    [
        ({"comment": "  ", "until": "2026-12-01"}, {"#comment"}),
        ({"comment": "x" * 2001, "until": "2026-11-21"}, {"#comment", "#until"}),
        ({"comment": "x", "until": "some day"}, {"#until"}),
        ({"comment": "x", "until": "2028-01-01"}, {"#until"}),
    ],
)
def test_what_is_missing_is_said_with_what_was_typed_kept(
    bench: Bench, app: Flask, typed: dict[str, str], blamed: set[str]
) -> None:
    person = signed_in(bench, app, "evaluator").open(address(handed_in(bench)))

    person.press(**typed)

    assert person.status == 422
    assert blamed <= set(person.page.links)
    assert person.page.forms[-1].values["until"] == [typed["until"]]
    assert bench.store.collection("sent_back").count({}) == 0


@pytest.mark.parametrize("who", ["coordinator", "lead", "elsewhere"])
def test_others_cannot_send_back(bench: Bench, app: Flask, who: str) -> None:
    one = handed_in(bench)
    person = signed_in(bench, app, who).open(address(one))

    account = bench.office.desk.registry.account(who)

    assert "Send back" not in person.page.text
    assert account
    with pytest.raises(Forbidden):
        bench.office.reviewing.send_back(one, account, "x", "2026-12-01T00:00:00.000Z")


def test_a_revision_is_sent_back_once_and_only_the_newest(bench: Bench, app: Flask) -> None:
    first = handed_in(bench)
    sent_back(bench, first)
    with pytest.raises(Conflict):
        sent_back(bench, first)
    bench.submissions.submit(Sent(PLACE, "uuid:2", GOOD, deprecated_id="uuid:1"))

    with pytest.raises(Conflict):
        sent_back(bench, first)


class Mailbox:
    """Takes mails, or refuses them while `full`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, str]] = []
        self.full = False

    def send(self, to: str, subject: str, text: str) -> None:
        if self.full:
            raise TransientError("mailbox full")
        self.mails.append((to, subject, text))


def test_the_sites_coordinators_get_a_mail_with_their_link_and_without_the_comment(bench: Bench, app: Flask) -> None:
    one, mailbox = handed_in(bench), Mailbox()
    close(bench)
    sent_back(bench, one)
    mailbox.full = True
    assert bench.office.reviewing.mail_one(mailbox, "test") == 1
    mailbox.full = False
    assert bench.office.reviewing.mail_one(mailbox, "test") == 0
    bench.clock.advance(seconds=21)

    sent = [bench.office.reviewing.mail_one(mailbox, "test") for _ in range(2)]

    ((to, subject, text),) = mailbox.mails
    assert sent == [1, 0]
    assert (to, subject) == ("coordinator@example.org", "Please look again: Report")
    assert "Please count again." not in text
    link = text.partition("https://peilung.example.org")[2].split()[0]
    assert "Please count again." in Person(app.test_client()).open(link).page.text


def test_nobody_is_mailed_about_one_of_several_respondents(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many"))
    staffed(bench)
    one = bench.submissions.submit(Sent(PLACE, "uuid:1", GOOD, respondent="P1")).submission
    sent_back(bench, one)

    assert bench.office.reviewing.mail_one(Mailbox(), "test") == 0


def test_erasing_a_response_erases_the_comments_on_it(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    sent_back(bench, one, comment="canary-0815")

    bench.office.erasing.erase(PLACE, "uuid:1")

    assert "canary" not in json.dumps(bench.store.collection("sent_back").find({}))
    assert signed_in(bench, app, "evaluator").open(address(one)).status == 404


def test_a_draft_of_a_late_correction_is_not_tidied_away(bench: Bench, app: Flask) -> None:
    one = handed_in(bench)
    close(bench)
    link = sent_back(bench, one, days=60)
    Person(app.test_client()).open(link).press().open(link + "/p/g_numbers").press(groups="20", button="save")
    bench.clock.advance(days=20)

    bench.office.tidying.run_once()

    assert Person(app.test_client()).open(link + "/p/g_numbers").page.forms[-1].values["groups"] == ["20"]
