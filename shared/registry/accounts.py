"""People and machines that may sign in, and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ROLES = ("coordinator", "consultant", "evaluator", "lead", "admin")
MACHINE = "machine"


@dataclass(frozen=True)
class Grant:
    """One role in one programme; `sites` are codes or `*` for all; `programme` `*` = every programme.

    `topics` empty = all topics. `lead` marks the person told when nobody else can be reached.
    """

    role: str
    programme: str
    sites: tuple[str, ...] = ("*",)
    topics: tuple[str, ...] = ()
    lead: bool = False

    def covers(self, programme: str, site: str | None) -> bool:
        """True when the grant holds for this programme and site (None = for any site of it)."""
        if self.programme not in ("*", programme):
            return False
        return site is None or "*" in self.sites or site in self.sites


@dataclass(frozen=True)
class Account:
    """A person or machine. `scopes` are what its API keys may do (`read`, `submissions:write`, …)."""

    id: str
    email: str
    name: str
    language: str
    roles: tuple[Grant, ...]
    active: bool = True
    scopes: tuple[str, ...] = ()
    sessions_from: str = ""

    def may(self, role: str | tuple[str, ...], programme: str | None = None, site: str | None = None) -> bool:
        """True when an active account holds one of the roles there (programme None = anywhere)."""
        wanted = (role,) if isinstance(role, str) else role
        return self.active and any(
            grant.role in wanted and (programme is None or grant.covers(programme, site)) for grant in self.roles
        )

    @property
    def machine(self) -> bool:
        """True for an account that only API keys use: its scopes are checked, roles it has none."""
        return bool(self.scopes) and not self.roles

    def roles_at(self, programme: str, site: str | None) -> frozenset[str]:
        """Return the roles an active account holds there (site None: anywhere in it); `machine` is one of its own."""
        if not self.active:
            return frozenset()
        held = frozenset(grant.role for grant in self.roles if grant.covers(programme, site))
        return frozenset({MACHINE}) if self.machine else held

    def sites(self, role: str | tuple[str, ...], programme: str) -> frozenset[str]:
        """Return the site codes (or `*`) where the account holds one of the roles."""
        wanted = (role,) if isinstance(role, str) else role
        return frozenset(site for g in self.roles if g.role in wanted and g.covers(programme, None) for site in g.sites)


def account_from(data: Mapping[str, Any]) -> Account:
    """Read an account from the data of `account.changed` or from the stored copy."""
    return Account(
        id=data["account"],
        email=data["email"],
        name=data["name"],
        language=data["language"],
        active=data["active"],
        scopes=tuple(data.get("scopes", ())),
        sessions_from=data.get("sessions_from", ""),
        roles=tuple(
            Grant(
                role=grant["role"],
                programme=grant["programme"],
                sites=tuple(grant.get("sites", ("*",))),
                topics=tuple(grant.get("topics", ())),
                lead=bool(grant.get("lead", False)),
            )
            for grant in data["roles"]
        ),
    )
