"""Who may see what: a site's figures, and each flag."""

from __future__ import annotations

from collections.abc import Set

from shared.programme.model import Flag

MACHINE = "machine"
SITE_ROLES = frozenset({"coordinator", "consultant", "evaluator", MACHINE})
AUDIENCES = {
    "consultant": SITE_ROLES | {"lead"},
    "lead": frozenset({"lead", "consultant", "evaluator", MACHINE}),
    "evaluator": frozenset({"evaluator", MACHINE}),
}


def sees_site(roles: Set[str]) -> bool:
    """Return whether somebody with these roles at a site may see its own figures and flags."""
    return bool(roles & SITE_ROLES)


def sees_flag(roles: Set[str], flag: Flag | None) -> bool:
    """Return whether one of the roles may know of the rule; a rule no longer defined is for evaluators."""
    if flag is None:
        return bool(roles & AUDIENCES["evaluator"])
    return bool(roles & AUDIENCES[flag.audience] - set(flag.hidden_from))
