from __future__ import annotations

from typing import Any, Literal

import pytest
from flask import Flask

from services.intake.app import build_web
from services.intake.domain.submission import Place, Sent
from tests.support.browsing import Person
from tests.support.forms import GOOD, TOPICS, YES_NO, choice, report_form
from tests.support.intake import Bench, settings

PLACE = Place("sample", "report", "nordstadt", "2026-H2")


@pytest.fixture
def app(bench: Bench) -> Flask:
    return build_web(settings(), bench.store, bench.clock)


@pytest.fixture
def link(bench: Bench) -> str:
    bench.publish_report()
    return "/q/" + bench.office.invitations.invite(PLACE).token


def numbers(person: Person, **typed: Any) -> Person:
    return person.press(groups="10", groups_new="4", budget="1200,5", **typed)


def to_check(person: Person, link: str) -> Person:
    numbers(person.open(link).press())
    person.press(asked_on="2026-06-30")
    person.press(topics=["none"])
    return person.press(help="no")


def stored(bench: Bench) -> list[dict[str, Any]]:
    return bench.store.collection("submissions").find({}, sort=("revision",))


def test_looking_at_a_link_changes_nothing(bench: Bench, app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).open(link)

    assert person.status == 200
    assert person.page.h1 == "Report"
    assert "about 5 minutes" in person.page.text
    assert bench.store.collection("drafts").count({}) == 0


def test_a_report_from_start_to_receipt(bench: Bench, app: Flask, link: str) -> None:
    person = to_check(Person(app.test_client(), "de"), link)
    assert person.page.h1 == "Prüfen Sie Ihre Antworten"
    assert "1.200,5" in person.page.text

    person.press()

    (document,) = stored(bench)
    assert person.page.h1 == "Vielen Dank, Ihre Antworten sind angekommen"
    assert document["answers"]["budget"] == 1200.5
    assert document["answers"]["topics"] == ["none"]
    assert document["answers"]["c_share"] == 40


def test_pages_work_without_cookies(app: Flask, link: str) -> None:
    person = to_check(Person(app.test_client(use_cookies=False)), link)

    assert person.press().page.h1.startswith("Thank you")


def test_a_wrong_page_comes_back_with_everything_typed_and_all_its_faults(app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()

    person.press(groups="ten", groups_new="", budget="-5")

    assert person.status == 422
    assert person.page.title.startswith("Error: Numbers")
    assert [href for href in person.page.links if href.startswith("#") and href != "#content"] == [
        "#groups",
        "#groups_new",
        "#budget",
    ]
    assert person.page.forms[-1].values["groups"] == ["ten"]
    assert person.page.forms[-1].values["budget"] == ["-5"]
    assert 'aria-describedby="budget-hint budget-error"' in person.html
    assert {"groups", "groups_new", "budget", "budget-hint", "budget-error"} <= set(person.page.ids)


def test_wrong_answers_are_still_there_on_another_device(app: Flask, link: str) -> None:
    Person(app.test_client()).open(link).press().press(groups="ten", groups_new="3", button="save")

    person = Person(app.test_client()).open(link)

    assert "You have already begun" in person.page.text
    assert person.press().page.forms[-1].values["groups"] == ["ten"]
    assert person.page.forms[-1].values["groups_new"] == ["3"]


def test_saving_for_later_asks_for_nothing_and_tells_how_to_come_back(app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press().press(button="save")

    assert person.status == 200
    assert "22 Nov 2026, 13:00" in person.page.text
    assert "https://peilung.example.org" + link in person.page.text


def test_coming_back_continues_at_the_first_open_page(app: Flask, link: str) -> None:
    numbers(Person(app.test_client()).open(link).press())

    person = Person(app.test_client()).open(link).press()

    assert person.path.endswith("/p/asked_on")


def test_pages_that_do_not_apply_are_skipped_and_progress_knows(app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()
    assert "Page 1 of 4" in person.page.text.replace("\u00a0", " ")
    person.press(groups="0", groups_new="0")
    assert "Page 2 of 3" in person.page.text.replace("\u00a0", " ")

    person.press()
    person.press(topics=["rooms"])

    assert person.page.h1 == "Check your answers"


def test_questions_that_follow_from_answers_on_the_same_page_are_shown_not_blamed(app: Flask, link: str) -> None:
    person = numbers(Person(app.test_client()).open(link).press())
    person.press()

    person.press(topics=["grants", "rooms"])

    assert person.status == 200
    assert "more questions" in person.page.text
    assert {"main_topic", "comment"} <= person.page.forms[-1].names
    assert person.press(main_topic="rooms").path.endswith("/p/g_help")


def test_an_answer_that_is_no_longer_offered_must_be_chosen_again(bench: Bench, app: Flask) -> None:
    more = (*TOPICS, choice("staff", "Personal", "Staff"))
    bench.publish_report(report_form(choices={"yes_no": YES_NO, "topics": more}))
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    person = numbers(Person(app.test_client()).open(link).press())
    person.press()
    person.press(topics=["grants", "rooms"])
    person.press(main_topic="rooms")

    person.open(link + "/p/g_topics").press(topics=["grants", "staff"])

    assert person.status == 422
    assert "no longer offered" in person.page.text


def test_changing_from_the_check_page_returns_to_it(app: Flask, link: str) -> None:
    person = to_check(Person(app.test_client()), link)
    change = next(href for href in person.page.links if "/p/g_help?back=check" in href)

    person.open(change.partition("#")[0])
    assert person.page.links[link + "/check"] == "Back"
    person.press(help="yes")

    assert person.page.h1 == "Check your answers"
    assert "Yes" in person.page.text


def test_an_incomplete_report_cannot_be_submitted(bench: Bench, app: Flask, link: str) -> None:
    person = numbers(Person(app.test_client()).open(link).press())

    person.open(link + "/check").press()

    assert person.status == 422
    assert person.page.title.startswith("Error: ")
    blamed = [href for href, said in person.page.links.items() if "Answer this question" in said]
    assert blamed == [f"{link}/p/g_topics?back=check#topics", f"{link}/p/g_help?back=check#help"]
    assert stored(bench) == []


def test_submitting_twice_is_submitting_once(bench: Bench, app: Flask, link: str) -> None:
    client = app.test_client()
    person = to_check(Person(client), link)

    first = client.post(link + "/submit")
    second = client.post(link + "/submit")
    person.open(link + "/submit")

    assert first.headers["Location"] == second.headers["Location"] == link + "/receipt"
    assert person.page.h1.startswith("Thank you")
    assert len(stored(bench)) == 1


def test_a_second_visit_shows_the_receipt_and_lets_change(bench: Bench, app: Flask, link: str) -> None:
    to_check(Person(app.test_client()), link).press()
    person = Person(app.test_client()).open(link)
    assert person.page.h1.startswith("Thank you")

    person.press()
    assert person.page.h1 == "Check your answers"
    person.open(link + "/p/g_help?back=check").press(help="yes")
    person.press()

    assert [document["revision"] for document in stored(bench)] == [1, 2]
    assert stored(bench)[1]["answers"]["help"] == "yes"
    assert "Revision" in person.page.text


def test_a_submission_that_came_by_api_meanwhile_is_not_overwritten_unasked(
    bench: Bench, app: Flask, link: str
) -> None:
    person = to_check(Person(app.test_client()), link)
    bench.submissions.submit(Sent(PLACE, "uuid:api", GOOD))

    person.press()
    assert person.status == 409
    assert len(stored(bench)) == 1
    person.press("mine")

    assert person.page.h1.startswith("Thank you")
    assert [document["revision"] for document in stored(bench)] == [1, 2]


def test_the_other_version_can_be_kept(bench: Bench, app: Flask, link: str) -> None:
    person = to_check(Person(app.test_client()), link)
    bench.submissions.submit(Sent(PLACE, "uuid:api", GOOD))

    person.press().press("other")

    assert person.page.h1.startswith("Thank you")
    assert "Grants, Rooms" in person.page.text
    assert len(stored(bench)) == 1


def test_a_report_sent_by_api_shows_under_the_link(bench: Bench, app: Flask, link: str) -> None:
    bench.submissions.submit(Sent(PLACE, "uuid:api", GOOD))

    assert Person(app.test_client()).open(link).page.h1.startswith("Thank you")


def test_a_page_that_cannot_be_saved_comes_back_filled_in_and_says_so(bench: Bench, app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()
    bench.outage.begin()

    numbers(person)

    assert person.status == 503
    assert person.response is not None
    assert person.response.headers["Retry-After"]
    assert "Not saved yet" in person.page.text
    assert 'role="alert"' in person.html
    assert person.page.forms[-1].values["groups"] == ["10"]
    bench.outage.end()
    assert person.press().path.endswith("/p/asked_on")


def test_answers_that_cannot_be_submitted_stay_and_go_out_once_later(bench: Bench, app: Flask, link: str) -> None:
    person = to_check(Person(app.test_client()), link)
    bench.outage.begin()

    person.press()

    assert person.status == 503
    assert "Not submitted yet" in person.page.text
    assert "none of these" in person.page.text
    bench.outage.end()
    assert person.press().page.h1.startswith("Thank you")
    assert len(stored(bench)) == 1


@pytest.mark.parametrize("path", ["/q/unknown", "/q/unknown/p/g_numbers", "/q/unknown/receipt", "/q/x/r/y"])
def test_an_unknown_link_is_404(app: Flask, link: str, path: str) -> None:
    assert app.test_client().get(path).status_code == 404
    assert app.test_client().post(path).status_code in (403, 404)


def test_a_revoked_or_expired_link_looks_like_an_unknown_one(bench: Bench, app: Flask) -> None:
    bench.publish_report()
    revoked = bench.office.invitations.invite(PLACE)
    bench.office.invitations.revoke("sample", revoked.invitation.id)
    expired = bench.office.invitations.invite(PLACE)
    client = app.test_client()
    pages = [client.get(f"/q/{revoked.token}"), client.get("/q/unknown")]
    bench.clock.advance(days=400)
    pages.append(client.get(f"/q/{expired.token}"))

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert len({page.data for page in pages}) == 1


def test_the_link_itself_is_not_stored(bench: Bench, link: str) -> None:
    token = link.removeprefix("/q/")

    assert all(token not in str(document) for document in bench.store.collection("invitations").find({}))


def test_a_closed_wave_takes_no_more_pages(bench: Bench, app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()
    bench.clock.advance(days=100)

    numbers(person)

    assert "closed since" in person.page.text
    assert person.page.forms == []
    assert Person(app.test_client()).open(link + "/p/g_numbers").page.h1 == "Report"


@pytest.mark.parametrize(
    ("respondents", "anonymous", "said"),
    [
        ("one", False, "Your answers are seen by your site"),
        ("many", False, "Only the consultant in charge and the evaluators read single answers"),
        ("many", True, "by the consultant in charge, too, without free texts and only where at least 5 have answered"),
    ],
)
def test_a_questionnaire_says_who_reads_the_answers(
    bench: Bench, app: Flask, respondents: Literal["one", "many"], anonymous: bool, said: str
) -> None:
    bench.publish_report(report_form(respondents=respondents, anonymous=anonymous))

    assert said in Person(app.test_client(), "en").open(f"/q/{bench.office.invitations.invite(PLACE).token}").page.text


def test_everybody_with_an_anonymous_link_is_a_respondent_of_their_own(bench: Bench, app: Flask) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    first, second = Person(app.test_client(use_cookies=False)), Person(app.test_client(use_cookies=False))

    to_check(first, link).press()
    to_check(second, link)

    assert first.path != second.path
    assert first.page.h1.startswith("Thank you")
    assert "13:00" not in first.page.text
    assert second.open(second.path).page.h1 == "Check your answers"
    assert Person(app.test_client()).open(link).page.h1 == "Report"
    second.press()
    kept = str([*stored(bench), *bench.store.collection("drafts").find({})])
    token, run = link.removeprefix("/q/"), first.path.split("/")[4]
    assert len(stored(bench)) == 2
    assert "T12:" not in kept
    assert token not in kept
    assert run not in kept


def test_an_anonymous_respondent_can_change_answers_by_the_own_link(bench: Bench, app: Flask) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    link = "/q/" + bench.office.invitations.invite(PLACE).token
    person = to_check(Person(app.test_client()), link).press()

    person.press()
    person.press()

    assert [document["revision"] for document in stored(bench)] == [1, 2]
    assert len({document["respondent"] for document in stored(bench)}) == 1


def test_somebody_elses_part_of_a_link_does_not_open_with_another_link(bench: Bench, app: Flask) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))
    mine = Person(app.test_client()).open("/q/" + bench.office.invitations.invite(PLACE).token).press()
    other = bench.office.invitations.invite(Place("sample", "report", "suedtal", "2026-H2")).token
    run = mine.path.split("/")[4]

    person = Person(app.test_client()).open(f"/q/{other}/r/{run}/p/g_numbers")

    assert person.page.h1 == "Report"
    assert "groups" not in person.page.forms[-1].names


def test_what_is_typed_is_shown_as_text_never_as_markup(app: Flask, link: str) -> None:
    person = Person(app.test_client()).open(link).press()

    person.press(groups='"><script>alert(1)</script>', groups_new="1")

    assert person.status == 422
    assert "<script>" not in person.html


def test_the_page_follows_the_language_switch(app: Flask, link: str) -> None:
    person = Person(app.test_client(), "de").open(link)
    assert person.page.h1 == "Bericht"

    person.open(link + "?lang=en").press()

    assert person.page.h1 == "Numbers"
