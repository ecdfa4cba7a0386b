"""What an explanation names, and how lists are cut into pages."""

from __future__ import annotations

import pytest

from services.scoring.domain.terms import operands, source_text
from services.scoring.web.paging import page
from services.scoring.web.wording import target_text
from shared.errors import Invalid
from shared.expressions import parse
from shared.programme.model import Indicator, Target


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ("H15 > 15 and ${mp_overdue} >= 2", ["H15", "${mp_overdue}"]),
        ("${a} + coalesce(prev(${a}), 0) >= 2", ["${a}", "prev(${a})"]),
        ("100 * H1 div H2 > -3", ["H1", "H2"]),
        ("not(selected(latest(${topics}), 'x'))", ["latest(${topics})"]),
        ("max(H1, H2) > 1", ["H1", "H2"]),
        ("count(${a} = 'yes') >= 5", ["count(${a} = 'yes')"]),
        ("(B02 < 55 or B08 < 50) and wave('half') = 'H2'", ["B02", "B08", "wave('half')"]),
        ("months_until(site('funding_end')) <= 6", ["months_until(site('funding_end'))"]),
        ("-H1 < 0.5", ["H1"]),
    ],
)
def test_a_rule_names_what_it_looks_at(rule: str, named: list[str]) -> None:
    assert [source_text(node) for node in operands(parse(rule))] == named


@pytest.mark.parametrize("text", ["(H1 + H2) * 3", "not(H1 > 1)", "-(H1 + 1)", "pct(${a} >= 4, ${b} = 'x')"])
def test_a_node_is_written_so_that_it_reads_the_same(text: str) -> None:
    node = parse(text)

    assert parse(source_text(node)) == node


@pytest.mark.parametrize(
    ("target", "benchmark", "shown"),
    [
        (Target(peer_median=True), 78.1153, "≥ 78,1"),
        (Target(peer_median=True), 65.0, "≥ 65"),
        (Target(peer_median=True), None, "Median der anderen"),
        (Target(min=1.25), None, "≥ 1,25"),
    ],
)
def test_a_target_that_is_a_median_is_rounded_and_one_that_was_written_is_not(
    target: Target, benchmark: float | None, shown: str
) -> None:
    indicator = Indicator("X", {"de": "x"}, "report", "1", target=target, good="up", decimals=0)

    assert target_text(indicator, benchmark).replace("\u00a0", " ") == shown


def test_pages_follow_each_other_without_gap_or_repeat_even_when_items_go() -> None:
    first, cursor = page(["a", "b", "c", "d"], str, 2, None)
    second, end = page(["a", "c", "d"], str, 2, cursor)

    assert (first, second, end) == (["a", "b"], ["c", "d"], None)


@pytest.mark.parametrize("cursor", ["", "!", "YWJj", "aw", "ä"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        page(["a"], str, 1, cursor)
