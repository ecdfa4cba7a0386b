"""Who may see a site's figures, and each flag: the one place that says it, for every service's pages, API and mails."""

from __future__ import annotations

from collections.abc import Collection, Set

from shared.registry.accounts import MACHINE

# Whose pages are there for them: others are not led to them and get no further than the guard.
MONITORING_STAFF = ("coordinator", "consultant", "evaluator", "lead")
SUPPORT_STAFF = ("consultant", "lead", "evaluator")

SITE_ROLES = frozenset({"coordinator", "consultant", "evaluator", MACHINE})
AUDIENCES = {
    "consultant": SITE_ROLES | {"lead"},
    "lead": frozenset({"lead", "consultant", "evaluator", MACHINE}),
    "evaluator": frozenset({"evaluator", MACHINE}),
}


def sees_site(roles: Set[str]) -> bool:
    """Return whether somebody with these roles at a site may see its own figures and flags. Leads see only sums."""
    return bool(roles & SITE_ROLES)


def sees_flag(roles: Set[str], audience: str, hidden_from: Collection[str], site: str | None) -> bool:
    """Return whether one of the roles held there may see a flag (site None: a flag about the whole programme)."""
    allowed = AUDIENCES[audience] - set(hidden_from)
    return bool(roles & (allowed if site is None else allowed & SITE_ROLES))
