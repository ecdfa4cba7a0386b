"""People are asked by mail, reminded as long as they have not answered, and left alone when they want that."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from services.intake.adapters.envelopes import enveloped
from services.intake.app import build_web
from services.intake.domain.register import LineFault
from services.intake.domain.submission import Place, Sent
from services.intake.handlers.register import LinesRefused
from shared.clock import from_text, to_text
from shared.errors import Conflict
from shared.mail.envelope import Envelope
from shared.mail.replies import Reply
from shared.registry import Account, Grant
from shared.runtime import smtp_server
from tests.support.asking import PostOffice, link_in, stop_link_in
from tests.support.browsing import Person
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench, settings
from tests.support.smtp_sink import SmtpSink

REPORT = Place("sample", "report", "nordstadt", "2026-H2")
SURVEY = replace(REPORT, form="survey")
CIRCLE = replace(REPORT, form="circle")


@pytest.fixture
def post(bench: Bench) -> Iterator[PostOffice]:
    survey = report_form(id="survey", respondents="many", anonymous=True)
    bench.publish_report(report_form(), survey, report_form(id="circle", respondents="many"))
    people = bench.office.people
    people.save(Account("evaluator", "evaluation@example.org", "Eva Muster", "de", (Grant("evaluator", "sample"),)))
    with SmtpSink() as sink:
        office = PostOffice(bench, sink)
        yield office
        office.close()


@pytest.fixture
def app(bench: Bench, post: PostOffice) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


def fill_in(app: Flask, path: str) -> Person:
    person = Person(app.test_client()).open(path).press()
    while person.page.h1 != "Check your answers":
        known = {name: GOOD[name] for name in person.page.forms[-1].names if name in GOOD}
        person.press(**known)
    return person.press()


def due_on(bench: Bench) -> str:
    return bench.office.desk.questionnaire(REPORT).wave.due_on


def go_to(bench: Bench, offset: int) -> None:
    """Let time pass until noon of a day counted from the due date."""
    wanted = from_text(f"{due_on(bench)}T12:00:00.000Z") + timedelta(days=offset)
    bench.clock.advance(seconds=(wanted - bench.clock.now()).total_seconds())


def test_an_invitation_says_who_asks_why_how_long_until_when_and_how_to_object(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "kim@example.org; Leitung")

    (mail,) = post.run()

    text = mail.get_content()
    programme = bench.office.desk.registry.programme("sample")
    assert (mail["To"], mail["Subject"]) == ("kim@example.org", "Please give us your answers: Report")
    assert mail["Reply-To"] == "evaluation@example.org"
    assert f"Eva Muster asks for your answers in the programme “{programme.title['en']}”" in text
    assert programme.purpose.get("en", "") in text
    assert "Please answer by" in text
    assert "You want no more mails from this programme?" in text
    assert stop_link_in(mail) in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert post.run() == []


def test_a_mail_is_in_the_language_that_was_chosen(post: PostOffice) -> None:
    post.enter(REPORT, "kim@example.org", language="de")

    (mail,) = post.run()

    assert mail["Subject"] == "Bitte um Ihre Antworten: Bericht"
    assert mail["Content-Language"] == "de"
    assert "Guten Tag," in mail.get_content()


def test_a_personal_link_leads_to_the_questionnaire_and_its_way_is_shown(
    bench: Bench, post: PostOffice, app: Flask
) -> None:
    post.enter(REPORT, "kim@example.org")
    (mail,) = post.run()
    seen = [post.states(REPORT)["kim@example.org"]]

    person = Person(app.test_client()).open(link_in(mail))
    seen.append(post.states(REPORT)["kim@example.org"])
    person.press()
    seen.append(post.states(REPORT)["kim@example.org"])
    fill_in(app, link_in(mail))
    seen.append(post.states(REPORT)["kim@example.org"])

    assert seen == ["invited", "opened", "started", "submitted"]


def test_only_those_who_have_not_answered_are_reminded_on_the_days_of_the_rhythm(
    bench: Bench, post: PostOffice, app: Flask
) -> None:
    post.enter(SURVEY, "kim@example.org", "lee@example.org")
    go_to(bench, -12)
    first = post.run()
    (kims,) = [mail for mail in first if mail["To"] == "kim@example.org"]
    fill_in(app, link_in(kims))
    answered = len(post.sink.mails)

    days = post.day_after_day(20)

    due = from_text(f"{due_on(bench)}T00:00:00.000Z")
    assert list(days) == [to_text(due + timedelta(days=offset))[:10] for offset in (-7, -2, 3)]
    assert {str(kept.message["To"]) for kept in post.sink.mails[answered:]} == {"lee@example.org"}
    assert all(subject.startswith("Reminder: ") for subjects in days.values() for subject in subjects)


def test_a_report_that_came_in_by_another_way_stops_the_reminders(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "kim@example.org")
    post.run()
    bench.submissions.submit(Sent(REPORT, "uuid:1", GOOD))

    assert post.states(REPORT) == {"kim@example.org": "submitted"}
    go_to(bench, -7)
    assert post.day_after_day(15) == {}


def test_nobody_gets_two_mails_on_a_day_whatever_they_are_asked(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "kim@example.org")
    post.enter(SURVEY, "Kim@example.org")
    post.enter(replace(SURVEY, site="suedtal"), "kim@example.org")

    days = post.day_after_day(4)

    assert [len(subjects) for subjects in days.values()] == [1, 1, 1]


def test_invitations_wait_until_the_wave_opens(bench: Bench, post: PostOffice) -> None:
    opens = from_text(bench.office.desk.questionnaire(REPORT).calendar.opens_at)
    bench.clock.advance(seconds=(opens - timedelta(hours=1) - bench.clock.now()).total_seconds())
    post.enter(REPORT, "kim@example.org")

    assert post.run() == []
    bench.clock.advance(hours=2)
    assert len(post.run()) == 1


def test_reminding_now_reaches_those_who_are_missing_once_a_day(bench: Bench, post: PostOffice) -> None:
    reminders, programme = bench.office.asking.reminders, bench.office.desk.registry.programme("sample")
    wave = programme.wave("2026-H2")
    post.enter(SURVEY, "kim@example.org", "lee@example.org")
    post.run()

    today = reminders.remind_now(programme, wave, "survey")
    bench.clock.advance(days=1)
    tomorrow = reminders.remind_now(programme, wave, "survey")
    again = reminders.remind_now(programme, wave, "survey")

    assert (today, tomorrow, again) == ((0, 2), (2, 0), (2, 0))
    assert [mail["Subject"].split(":")[0] for mail in post.run()] == ["Reminder", "Reminder"]
    with pytest.raises(Conflict, match="open"):
        reminders.remind_now(programme, programme.wave("2026-H1"), "survey")


def test_an_address_that_is_refused_for_good_is_shown_and_left_alone(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "hardbounce@example.org")

    post.run()
    go_to(bench, -7)

    assert post.states(REPORT) == {"hardbounce@example.org": "bounced"}
    assert post.day_after_day(15) == {}
    assert sum(command.startswith("RCPT") for command in post.sink.commands) == 1


def test_a_mail_that_the_server_cannot_take_now_is_tried_again(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "softbounce@example.org")
    post.run()
    post.sink.script.rcpt["softbounce"] = "250 2.1.5 ok"
    assert post.states(REPORT) == {"softbounce@example.org": "invited"}

    bench.clock.advance(minutes=5)

    assert len(post.run()) == 1


def test_a_mail_that_may_have_arrived_carries_the_same_id_when_it_is_sent_again(bench: Bench, post: PostOffice) -> None:
    post.enter(REPORT, "drop-after-dot@example.org")
    post.run()
    bench.clock.advance(hours=1)
    post.run()
    bench.clock.advance(hours=1)
    post.run()

    assert list(post.sink.copies().values()) == [2]


def test_a_process_that_dies_at_the_final_dot_leaves_a_mail_that_is_sent_at_most_once_more(
    bench: Bench, post: PostOffice
) -> None:
    posting, sent = bench.office.asking.posting, []

    class Died(Exception):
        pass

    class Dying:
        def send(self, mail: Envelope, commit: Callable[[], bool]) -> Reply:
            assert commit()
            sent.append(mail.body)
            raise Died

    post.enter(REPORT, "kim@example.org")
    bench.office.asking.reminders.run_once()
    for _ in range(12):
        with contextlib.suppress(Died):
            posting.send_one(Dying(), enveloped(smtp_server.parse(post.sink.url)), "test")
        bench.clock.advance(minutes=10)

    assert len(sent) == 2
    assert sent[0] == sent[1]
    (entry,) = bench.office.asking.register.listed("sample", "2026-H2")
    assert [mail["state"] for mail in entry.mails] == ["uncertain"]


def test_an_objection_takes_two_steps_and_ends_all_mails(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(REPORT, "kim@example.org")
    (mail,) = post.run()
    person = Person(app.test_client())

    for _ in range(3):
        person.open(stop_link_in(mail))
    assert post.states(REPORT) == {"kim@example.org": "invited"}
    person.press()

    assert "You will get no more mails" in person.page.text
    assert post.states(REPORT) == {"kim@example.org": "refused"}
    go_to(bench, -7)
    assert post.day_after_day(15) == {}
    with pytest.raises(LinesRefused) as refused:
        post.enter(SURVEY, "lee@example.org", "KIM@example.org")
    assert refused.value.faults == [LineFault(2, "refused")]
    assert Person(app.test_client()).open(link_in(mail)).page.h1 == "Report"


def test_one_click_of_a_mail_program_is_an_objection(post: PostOffice, app: Flask) -> None:
    post.enter(REPORT, "kim@example.org")
    (mail,) = post.run()

    answer = app.test_client().post(stop_link_in(mail), data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert post.states(REPORT) == {"kim@example.org": "refused"}


def test_a_mail_in_the_queue_is_not_sent_after_an_objection(bench: Bench, post: PostOffice, app: Flask) -> None:
    post.enter(REPORT, "kim@example.org")
    (mail,) = post.run()
    go_to(bench, -7)
    bench.office.asking.reminders.run_once()
    Person(app.test_client()).open(stop_link_in(mail)).press()

    assert post.run() == []


def test_a_site_that_answers_once_is_asked_at_one_address(post: PostOffice) -> None:
    with pytest.raises(LinesRefused) as refused:
        post.enter(REPORT, "kim@example.org", "lee@example.org")
    assert refused.value.faults == [LineFault(0, "only_one")]

    post.enter(REPORT, "kim@example.org")
    with pytest.raises(LinesRefused):
        post.enter(REPORT, "lee@example.org")


def test_nobody_is_invited_when_a_line_has_a_fault(post: PostOffice) -> None:
    with pytest.raises(LinesRefused) as refused:
        post.enter(SURVEY, "kim@example.org", "no address", "kim@example.org")

    assert refused.value.faults == [LineFault(2, "bad_address"), LineFault(3, "twice")]
    assert post.run() == []


def test_removing_an_address_switches_its_link_off(bench: Bench, post: PostOffice, app: Flask) -> None:
    register = bench.office.asking.register
    post.enter(REPORT, "kim@example.org")
    (mail,) = post.run()
    (entry,) = register.listed("sample", "2026-H2")

    register.remove(entry.contact)

    assert register.listed("sample", "2026-H2") == []
    assert Person(app.test_client()).open(link_in(mail)).status == 404
    assert "kim@" not in str(bench.store.collection("register_mails").find({}))
    bench.clock.advance(days=1)
    post.enter(REPORT, "kim@example.org")
    assert len(post.run()) == 1


def test_addresses_are_deleted_when_their_time_is_over(bench: Bench, post: PostOffice) -> None:
    post.enter(SURVEY, "kim@example.org")
    post.run()
    kept = bench.office.desk.registry.programme("sample").retention_days.get("invitations", 180)
    closes = from_text(bench.office.desk.questionnaire(SURVEY).calendar.closes_at)
    bench.clock.advance(seconds=(closes + timedelta(days=kept) - bench.clock.now()).total_seconds() - 60)
    bench.office.tidying.run_once()
    assert bench.store.collection("register").count({}) == 1

    bench.clock.advance(minutes=2)
    bench.office.tidying.run_once()

    for name in ("register", "register_mails", "invitations"):
        assert bench.store.collection(name).count({}) == 0


def test_neither_links_nor_ways_to_object_can_be_read_from_the_store(bench: Bench, post: PostOffice) -> None:
    post.enter(SURVEY, "kim@example.org")
    (mail,) = post.run()

    stored = str([bench.store.collection(name).find({}) for name in ("register", "register_mails", "invitations")])

    assert link_in(mail).rpartition("/")[2] not in stored
    assert stop_link_in(mail).rpartition("/")[2] not in stored


def test_a_personal_link_to_an_anonymous_survey_is_good_for_one_answer(post: PostOffice, app: Flask) -> None:
    post.enter(SURVEY, "kim@example.org")
    (mail,) = post.run()
    other = Person(app.test_client()).open(link_in(mail)).press()
    receipt = fill_in(app, link_in(mail))
    assert receipt.page.h1 == "Thank you, your answers have arrived" or receipt.path.endswith("/receipt")

    assert Person(app.test_client()).open(link_in(mail)).status == 409
    assert Person(app.test_client()).open(link_in(mail)).page.h1 == "This link has been used"
    own = receipt.path.removesuffix("/receipt")
    assert other.path.partition("/p/")[0] != own
    while other.page.h1 != "Check your answers":
        other.press(**{name: GOOD[name] for name in other.page.forms[-1].names if name in GOOD})
    assert other.press().page.h1 == "This link has been used"
    assert receipt.press().status == 200  # the one that was given can be changed
    receipt.open(f"{own}/check").press()
    assert receipt.path.endswith("/receipt")


def test_a_link_that_many_share_stays_good_for_many_answers(bench: Bench, post: PostOffice, app: Flask) -> None:
    token = bench.office.invitations.invite(SURVEY).token

    for _ in range(2):
        assert fill_in(app, f"/q/{token}").path.endswith("/receipt")
