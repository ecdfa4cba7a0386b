"""Who sees a site's figures, and who sees a flag."""

from __future__ import annotations

import pytest

from shared.registry import Account, Grant, sees_flag, sees_site

SITE = "north"


@pytest.mark.parametrize(
    ("roles", "sees"),
    [({"coordinator"}, True), ({"consultant"}, True), ({"evaluator"}, True), ({"machine"}, True),
     ({"lead"}, False), ({"admin"}, False), (set(), False), ({"lead", "evaluator"}, True)],
)  # fmt: skip
def test_who_sees_a_sites_figures(roles: set[str], sees: bool) -> None:
    assert sees_site(roles) is sees


@pytest.mark.parametrize(
    ("audience", "hidden", "roles", "of_site", "of_programme"),
    [
        ("consultant", (), {"coordinator"}, True, True),
        ("consultant", (), {"consultant"}, True, True),
        ("consultant", (), {"lead"}, False, True),
        ("consultant", (), {"admin"}, False, False),
        ("consultant", (), {"machine"}, True, True),
        ("consultant", ("coordinator",), {"coordinator"}, False, False),
        ("consultant", ("coordinator",), {"coordinator", "consultant"}, True, True),
        ("consultant", ("lead",), {"lead"}, False, False),
        ("lead", (), {"lead"}, False, True),
        ("lead", (), {"coordinator"}, False, False),
        ("lead", (), {"consultant"}, True, True),
        ("evaluator", (), {"consultant"}, False, False),
        ("evaluator", (), {"evaluator"}, True, True),
    ],
)
def test_who_sees_a_flag_of_a_site_and_one_of_the_programme(
    audience: str, hidden: tuple[str, ...], roles: set[str], of_site: bool, of_programme: bool
) -> None:
    assert sees_flag(roles, audience, hidden, SITE) is of_site
    assert sees_flag(roles, audience, hidden, None) is of_programme


def test_roles_hold_where_they_were_given_and_end_with_the_account() -> None:
    grants = (Grant("consultant", "a", (SITE,)), Grant("lead", "a"), Grant("evaluator", "*"))

    def account(active: bool) -> Account:
        return Account("x", "x@example.org", "X", "de", grants, active=active)

    assert account(True).roles_at("a", SITE) == {"consultant", "lead", "evaluator"}
    assert account(True).roles_at("a", "south") == {"lead", "evaluator"}
    assert account(True).roles_at("a", None) == {"consultant", "lead", "evaluator"}
    assert account(True).roles_at("b", SITE) == {"evaluator"}
    assert account(False).roles_at("a", SITE) == frozenset()


def test_a_machine_has_a_role_of_its_own_everywhere() -> None:
    assert Account("m", "", "M", "en", (), scopes=("read",)).roles_at("a", SITE) == {"machine"}
