from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.intake.domain.submission import Place, Sent
from shared.errors import Conflict, Invalid, NotFound
from tests.support.forms import GOOD, report_form
from tests.support.intake import Bench

PLACE = Place("sample", "report", "nordstadt", "2026-H2")


def sent(instance: str = "uuid:1", **more: Any) -> Sent:
    return Sent(**{"place": PLACE, "instance_id": instance, "answers": GOOD, **more})


def stored(bench: Bench) -> list[dict[str, Any]]:
    return bench.store.collection("submissions").find({}, sort=("revision",))


def code_of(bench: Bench, attempt: Sent) -> str:
    with pytest.raises(Conflict) as caught:
        bench.submissions.submit(attempt)
    return caught.value.code


def test_answers_and_event_are_one_document(bench: Bench) -> None:
    bench.publish_report()

    accepted = bench.submissions.submit(sent())

    (document,) = stored(bench)
    (entry,) = document["outbox"]
    assert accepted.created
    assert document["answers"]["groups"] == 10
    assert entry["awaiting"] == ["scoring"]
    assert entry["event"]["data"]["revision"] == 1
    assert entry["event"]["data"]["answers"]["c_share"] == 40


def test_free_text_is_kept_but_not_in_the_event(bench: Bench) -> None:
    bench.publish_report()

    bench.submissions.submit(sent(answers={**GOOD, "comment": "canary-4711"}))

    (document,) = stored(bench)
    assert document["answers"]["comment"] == "canary-4711"
    assert "canary-4711" not in str(document["outbox"])


def test_the_same_instance_again_is_answered_as_the_first_time(bench: Bench) -> None:
    bench.publish_report()
    first = bench.submissions.submit(sent())
    bench.clock.advance(hours=1)

    again = bench.submissions.submit(sent(answers=dict(reversed(GOOD.items()))))

    assert again.submission == first.submission
    assert not again.created
    assert len(stored(bench)) == 1


def test_the_same_instance_is_answered_after_the_wave_has_closed(bench: Bench) -> None:
    bench.publish_report()
    first = bench.submissions.submit(sent())
    bench.clock.advance(days=300)

    assert bench.submissions.submit(sent()).submission == first.submission
    assert code_of(bench, sent("uuid:2")) == "wave_closed"


@pytest.mark.parametrize(
    "more", [{"answers": {**GOOD, "groups": 11}}, {"answers": {}}, {"place": replace(PLACE, site="suedtal")}]
)
def test_other_content_under_the_same_instance_is_a_conflict(bench: Bench, more: dict[str, Any]) -> None:
    bench.publish_report()
    bench.submissions.submit(sent())

    assert code_of(bench, sent(**more)) == "instance_conflict"


def test_a_second_report_of_a_site_must_name_the_first(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(sent())

    assert code_of(bench, sent("uuid:2")) == "already_submitted"


def test_a_replacement_is_the_next_revision_and_both_are_kept(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(sent())

    second = bench.submissions.submit(sent("uuid:2", deprecated_id="uuid:1", answers={**GOOD, "groups": 20}))

    assert second.submission.revision == 2
    assert [document["answers"]["groups"] for document in stored(bench)] == [10, 20]
    assert len({document["response"] for document in stored(bench)}) == 1


def test_only_the_newest_revision_can_be_replaced(bench: Bench) -> None:
    bench.publish_report()
    bench.submissions.submit(sent())
    bench.submissions.submit(sent("uuid:2", deprecated_id="uuid:1"))

    assert code_of(bench, sent("uuid:3", deprecated_id="uuid:1")) == "not_current"
    assert code_of(bench, sent("uuid:3", deprecated_id="uuid:9")) == "not_current"


def test_every_instance_of_a_many_form_is_a_respondent_unless_one_is_named(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many"))

    bench.submissions.submit(sent("uuid:1"))
    bench.submissions.submit(sent("uuid:2"))
    bench.submissions.submit(sent("uuid:3", respondent="r-1"))

    assert code_of(bench, sent("uuid:4", respondent="r-1")) == "already_submitted"
    assert sorted(document["respondent"] for document in stored(bench)) == ["r-1", "uuid:1", "uuid:2"]


def test_a_respondent_without_name_can_replace_the_own_answers(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many"))
    bench.submissions.submit(sent("uuid:1"))

    second = bench.submissions.submit(sent("uuid:2", deprecated_id="uuid:1"))
    third = bench.submissions.submit(sent("uuid:3", deprecated_id="uuid:2"))

    assert (second.submission.revision, third.submission.revision) == (2, 3)
    assert third.submission.respondent == "uuid:1"


def test_an_anonymous_submission_knows_the_day_and_no_moment(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))

    bench.submissions.submit(sent())

    (document,) = stored(bench)
    assert document["received_at"] == "2026-11-22T00:00:00.000Z"
    assert "T12:" not in str(document)


def test_an_anonymous_form_takes_no_respondent(bench: Bench) -> None:
    bench.publish_report(report_form(respondents="many", anonymous=True))

    with pytest.raises(Invalid):
        bench.submissions.submit(sent(respondent="r-1"))


def test_a_wave_takes_answers_from_its_first_to_its_last_day(bench: Bench) -> None:
    bench.publish_report()
    bench.clock.advance(days=-22)

    assert code_of(bench, sent()) == "wave_not_open"
    bench.clock.advance(days=1)
    bench.submissions.submit(sent())


@pytest.mark.parametrize("part", ["programme", "form", "site", "wave"])
def test_an_unknown_place_is_not_found(bench: Bench, part: str) -> None:
    bench.publish_report()

    with pytest.raises(NotFound):
        bench.submissions.submit(sent(place=replace(PLACE, **{part: "nowhere"})))


def test_a_known_older_form_version_is_judged_by_its_own_rules(bench: Bench) -> None:
    bench.publish_report()
    newer = bench.publish_report_version("2", report_form(version="2", items=report_form().items[:4]))
    assert newer.version == "2"

    old = bench.submissions.submit(sent(form_version="1"))

    assert old.submission.form_version == "1"
    assert "help" in old.submission.answers
    with pytest.raises(NotFound):
        bench.submissions.submit(sent("uuid:2", form_version="3"))


def test_the_answer_of_the_previous_wave_is_known_to_hidden_questions(bench: Bench) -> None:
    bench.publish_report()
    before = replace(PLACE, wave="2026-H1")
    bench.submissions.import_past(sent("uuid:0", place=before), "2026-07-20T10:00:00.000Z")

    with pytest.raises(Invalid) as caught:
        bench.submissions.submit(sent(answers={**GOOD, "groups": 16}))
    accepted = bench.submissions.submit(sent(answers={**GOOD, "groups": 15}))

    assert [fault.path for fault in caught.value.faults] == ["why"]
    assert accepted.submission.answers["wave"] == "2026-H2"
    assert accepted.submission.answers["site_code"] == "nordstadt"


@pytest.mark.parametrize("name", ["", "a b", "ü", "x" * 201, "a\n", "{$ne:1}"])
def test_ids_are_plain_names(bench: Bench, name: str) -> None:
    bench.publish_report()

    with pytest.raises(Invalid):
        bench.submissions.submit(sent(name))
    with pytest.raises(Invalid):
        bench.submissions.submit(sent(respondent=name))
