"""Charts say in text what they show."""

from __future__ import annotations

from xml.etree import ElementTree

from shared.web.charts import line_chart, sparkline


def test_a_line_chart_is_well_formed_and_carries_title_and_description() -> None:
    svg = line_chart("H15 <b>", "rises", [("2025-H1", 10.0), ("2025-H2", None), ("2026-H1", 20.0)], target=15, unit="%")

    tree = ElementTree.fromstring(str(svg))
    assert tree.find("title") is not None
    assert tree.findtext("title") == "H15 <b>"
    assert tree.findtext("desc") == "rises"
    assert len(tree.findall("circle")) == 2
    assert tree.findall("polyline") == []


def test_a_chart_of_one_equal_or_no_points_is_drawn() -> None:
    for points in ([], [("a", 3.0)], [("a", 0.0), ("b", 0.0)], [("a", None)], [("a", -5.0), ("b", 5.0)]):
        ElementTree.fromstring(str(line_chart("t", "d", points)))
        ElementTree.fromstring(str(sparkline("t", points)))


def test_grid_lines_stand_at_round_numbers() -> None:
    def shown(*values: float) -> list[str | None]:
        tree = ElementTree.fromstring(str(line_chart("t", "d", [(str(v), v) for v in values])))
        return [text.text for text in tree.findall("text[@text-anchor='end']") if text.get("y") != "180"]

    assert shown(5, 40, 25) == ["0", "10", "20", "30", "40"]
    assert shown(98, 101) == ["98", "99", "100", "101"]
    assert shown(3, 3) == ["0", "1", "2", "3"]
    assert shown(-18, 42) == ["−20", "0", "20", "40", "60"]
