"""What a site's expressions see of features: absent and empty ones are missing, a zero is a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from services.scoring.domain.cells import CellInputs
from services.scoring.domain.context import NO_DATA, Peer, SiteContext, World
from services.scoring.domain.plan import build_plan
from shared.programme.model import Wave
from tests.support.scoring import minimal


def context(features: Mapping[str, Any], peers: list[Peer] | None = None) -> SiteContext:
    wave = Wave("w1", 1, {}, ("small_report",), *["2026-01-01"] * 5, features=features)
    world = World(
        plan=build_plan(minimal(), 1),
        features=features,
        waves=(wave,),
        inputs=lambda _: CellInputs([], {}),
        values=lambda _: {},
        peers=lambda _: peers or [],
    )
    return SiteContext(world, 0, "small_report", None)


@pytest.mark.parametrize("value", [0, 0.0, "0", "town", 3])
def test_a_given_feature_is_a_value(value: Any) -> None:
    assert context({"size": value}).site("size") == value
    assert context({"size": value}).wave("size") == value


@pytest.mark.parametrize("features", [{}, {"size": ""}, {"size": None}])
def test_an_absent_or_empty_feature_is_missing(features: Mapping[str, Any]) -> None:
    assert context(features).site("size") == NO_DATA
    assert context(features).wave("size") == NO_DATA


def test_peers_alike_in_a_feature_that_is_zero_are_found() -> None:
    peers = [Peer({"size": 0}, {"H1": 1.0}), Peer({"size": 1}, {"H1": 2.0})]  # type: ignore[dict-item]

    assert context({"size": 0}, peers).peers("H1", "size") == [1.0]
    assert context({}, peers).peers("H1", "size") == []
