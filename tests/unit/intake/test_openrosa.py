"""Filled forms as XML: what is read from them, and that hostile XML is kept out."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.compiled import compile_questions
from services.intake.domain.openrosa import Part, Unreadable, answers_of, decoded, read_instance
from services.intake.domain.openrosa_blank import filled, marked
from services.intake.domain.submission import Place, Sent, field_record
from shared.errors import Fault
from shared.programme.model import Form, Group, Question
from shared.programme.xlsform import xform
from tests.support.forms import TOPICS, both, report_form

FORM = compile_questions(report_form())
META = "<meta><instanceID>uuid:1</instanceID></meta>"


def data(inside: str = "", meta: str = META, attributes: str = 'id="report" version="1"') -> str:
    return f'<?xml version="1.0"?><data xmlns:orx="http://openrosa.org/xforms" {attributes}>{inside}{meta}</data>'


def test_an_instance_says_which_form_it_is_and_what_was_answered_in_whatever_group() -> None:
    read = read_instance(
        data("<g><groups>10</groups><deep><why>so\n&amp; so</why></deep></g><asked_on/><help> </help>")
    )

    assert (read.form, read.version, read.instance_id, read.deprecated_id) == ("report", "1", "uuid:1", None)
    assert [(part.name, part.text) for part in read.parts if part.text] == [("groups", "10"), ("why", "so\n& so")]


@pytest.mark.parametrize("attributes", ['id="report" version="7"', 'id="report" orx:version="7"'])
@pytest.mark.parametrize("prefix", ["", "orx:"])
def test_version_and_meta_are_read_in_either_namespace(attributes: str, prefix: str) -> None:
    ids = f"<{prefix}instanceID>uuid:2</{prefix}instanceID><{prefix}deprecatedID>uuid:1</{prefix}deprecatedID>"
    read = read_instance(data(meta=f"<{prefix}meta>{ids}</{prefix}meta>", attributes=attributes))

    assert (read.version, read.instance_id, read.deprecated_id) == ("7", "uuid:2", "uuid:1")
    assert read.parts == ()


def test_the_ids_may_have_249_characters() -> None:
    long = "uuid:" + "x" * 244

    assert read_instance(data(meta=f"<meta><instanceID>{long}</instanceID></meta>")).instance_id == long


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">{LAUGHS}]><data id="report">&l9;{META}</data>'
OUTSIDE = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><data id="report"><why>&x;</why>{META}</data>'


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (f'<!DOCTYPE data SYSTEM "http://127.0.0.1:1/x.dtd">{data()[21:]}', "document type"),
        (data("<why>&unknown;</why>"), "well-formed"),
        (data("<a>" * 5000 + "</a>" * 5000), "deep"),
        (data("<groups>1</groups><g><groups>2</groups></g>"), "groups is answered twice"),
        ("", "well-formed"),
        ("no xml", "well-formed"),
        (data() + data(), "well-formed"),
        (data("<why>\x00</why>"), "well-formed"),
        (data("<why>&#xD800;</why>"), "well-formed"),
        (data(meta=""), "instanceID"),
        (data(meta="<meta><instanceID/></meta>"), "instanceID"),
        (data(meta="<meta><instanceID>a b</instanceID></meta>"), "instanceID"),
        (data(meta=f"<meta><instanceID>{'x' * 250}</instanceID></meta>"), "instanceID"),
        (data(meta=META.replace("</meta>", "<deprecatedID>a b</deprecatedID></meta>")), "deprecatedID"),
        (data(attributes='id="report" encrypted="yes"'), "Encrypted"),
    ],
)
def test_what_is_no_filled_form_is_refused_with_its_reason(xml: str, said: str) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable) as caught:
        answers_of(FORM, read_instance(xml).parts)

    assert said in str(caught.value.message)
    assert time.process_time() - started < 2


def test_only_utf_8_is_read_whatever_the_xml_declares() -> None:
    assert decoded("\ufeffÄ".encode()) == "\ufeffÄ"
    with pytest.raises(Unreadable):
        decoded("Ä".encode("latin-1"))
    latin = data("<why>Ä</why>").replace('"1.0"', '"1.0" encoding="latin-1"', 1)
    assert read_instance("\ufeff" + latin).parts == (Part("why", "Ä"),)


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for xml in (text, data(text), data(f"<why>{text}</why>")):
        with contextlib.suppress(Unreadable):
            assert read_instance(xml).instance_id == "uuid:1"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("groups", "10", 10),
        ("groups", " -3 ", -3),
        ("budget", "1200.5", 1200.5),
        ("budget", "1.23456785E7", 12345678.5),
        ("budget", "5.", 5.0),
        ("budget", "1,5", "1,5"),
        ("budget", "NaN", "NaN"),
        ("budget", "0x10", "0x10"),
        ("budget", "١٢", "١٢"),
        ("budget", "1_000", "1_000"),
        ("topics", "rooms grants", ["rooms", "grants"]),
        ("help", " yes ", "yes"),
        ("asked_on", "2026-01-31", "2026-01-31"),
        ("comment", " two\n lines ", " two\n lines "),
        ("site_code", "nordstadt", "nordstadt"),
        ("unheard_of", "5", "5"),
    ],
)
def test_texts_become_the_values_the_api_takes(name: str, text: str, value: Any) -> None:
    assert answers_of(FORM, [Part(name, text)]) == {name: value}


def test_what_a_note_showed_is_no_answer() -> None:
    assert answers_of(FORM, [Part("intro", "Count each group once.")]) == {}


def test_what_cannot_be_kept_as_an_answer_is_kept_aside_as_text() -> None:
    sent = Sent(Place("p", "f", "s", "w"), "uuid:1", {"a": 10**40, "b": ["x", "y"], "c": "2"}, original="<data/>")
    faults = [Fault(name, "unknown_choice", "") for name in ("a", "b", "d")] + [Fault("c", "constraint", "")]

    record = field_record(sent, {"c": 2}, faults)

    assert record is not None
    assert record.xml == "<data/>"
    assert [(mark.question, mark.aside) for mark in record.marks] == [
        ("a", "1" + "0" * 40), ("b", "x y"), ("d", None), ("c", None),
    ]  # fmt: skip
    assert field_record(replace(sent, original=None), {}, faults) is None


HIDDEN = {"site_code": "nord & <süd>", "wave": "2026-H2", "prev_groups": 4}


def test_what_intake_knows_is_filled_into_hidden_questions() -> None:
    form = report_form()
    blank = filled(form, xform(marked(form)), {**HIDDEN, "prev_groups": ["a", "b\x0b\ufffe"]})

    found = {element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(blank).iter()}

    assert (found["site_code"], found["wave"], found["prev_groups"]) == ("nord & <süd>", "2026-H2", "a b")


def test_nothing_of_the_marks_is_left_where_nothing_is_known_and_own_defaults_stay() -> None:
    own = Question("source", "hidden", default="paper")
    form = report_form(items=(*report_form().items, own, Group("g", both("G", "G"), (Question("wave_2", "hidden"),))))

    blank = filled(form, xform(marked(form)), {})

    assert "peilung" not in blank
    assert "<source>paper</source>" in blank
    assert "<wave></wave>" in blank


def long_form(count: int) -> Form:
    kinds = ("integer", "select_one", "text", "select_multiple", "date")
    questions = tuple(
        Question(f"q{n}", kinds[n % 5], both(f"Frage {n}", f"Question {n}"),
                 list_name="topics" if "select" in kinds[n % 5] else None, required="true()")
        for n in range(count)
    )  # fmt: skip
    return report_form(items=questions, choices={"topics": TOPICS})


def test_a_thousand_questions_are_read_in_well_under_a_second() -> None:
    compiled = compile_questions(long_form(1000))
    values = ("7", "grants", "some words", "grants rooms", "2026-01-31")
    xml = data("".join(f"<q{n}>{values[n % 5]}</q{n}>" for n in range(1000)))

    started = time.process_time()
    answers = answers_of(compiled, read_instance(xml).parts)
    took = time.process_time() - started

    assert len(answers) == 1000
    assert took < 0.5


def test_items_of_repeats_are_told_apart_by_their_place() -> None:
    inner = Group("helpers", both("Hilfe", "Helper"), (Question("helper", "text"),), repeat=True)
    events = Group("events", both("Treffen", "Event"), (Question("title", "text"), inner), repeat=True)
    compiled = compile_questions(report_form(items=(events, Question("end", "integer"))))
    first = (
        "<events><g><title>A</title></g><helpers><helper>Kim</helper></helpers><helpers><helper/></helpers></events>"
    )
    xml = data(f"{first}<events><title>B</title></events><end>3</end>")

    answers = answers_of(compiled, read_instance(xml).parts)

    assert answers == {
        "events": ["1", "2"], "helpers@1": ["1", "2"], "title@1": "A", "helper@1@1": "Kim", "title@2": "B", "end": 3,
    }  # fmt: skip
