"""Who is told about an alert: never somebody who may not see it, save for administrators as a stand-in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from shared.registry import Account, sees_flag

ANY_SITE = "*"
ADMIN = "admin"
_STAND_INS = ("lead", ADMIN)

AccountsFor = Callable[[str], Sequence[Account]]


@dataclass(frozen=True)
class Terms:
    """Whom a flag's rule addresses (a role), and from which roles it is hidden."""

    audience: str
    hidden_from: Collection[str]

    def seen_by(self, roles: Set[str], site: str | None) -> bool:
        """Return whether one of the roles held there may see the flag; site None: it is about the programme."""
        return sees_flag(roles, self.audience, self.hidden_from, site)


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told; `role` is the one they are told in, `fallback` that nobody else could be."""

    account: Account
    role: str
    fallback: bool = False


def recipients(
    alert: Mapping[str, Any], terms: Terms, accounts_for: AccountsFor, reachable: Callable[[Account], bool]
) -> list[Recipient]:
    """Return who is told, in order of account id.

    The flag's audience at this site (by topic where an account is limited to topics); when none of
    them can be reached, the programme's leads where they may see the flag, then its administrators.
    """
    for role in (terms.audience, *_STAND_INS):
        if terms.seen_by({role}, site_of(alert)) or (role == ADMIN and ADMIN not in terms.hidden_from):
            found = _in_role(alert, role, accounts_for, reachable)
            if found:
                return [Recipient(account, role, fallback=role != terms.audience) for account in found]
    return []


def _in_role(
    alert: Mapping[str, Any], role: str, accounts_for: AccountsFor, reachable: Callable[[Account], bool]
) -> list[Account]:
    return sorted(
        (a for a in accounts_for(role) if a.email and reachable(a) and _on_topic(a, role, alert)), key=lambda a: a.id
    )


def _on_topic(account: Account, role: str, alert: Mapping[str, Any]) -> bool:
    grants = [g for g in account.roles if g.role == role and g.covers(alert["programme"], site_of(alert))]
    return any(not grant.topics or alert.get("topic") in grant.topics for grant in grants)


def site_of(alert: Mapping[str, Any]) -> str | None:
    """Return the site's code, None for an alert about the whole programme."""
    return None if alert["site"] == ANY_SITE else str(alert["site"])


def may_see(account: Account, alert: Mapping[str, Any], terms: Terms) -> bool:
    """True when the account holds a role there that may see this alert."""
    where = site_of(alert)
    return terms.seen_by(account.roles_at(alert["programme"], where), where)


def may_see_delivery(account: Account, delivery: Mapping[str, Any]) -> bool:
    """True for the recipient, for administrators, and for those who may see every alert in the mail."""
    if account.id == delivery["recipient"] or account.may(ADMIN, delivery["programme"]):
        return True
    every = (Terms(audience, delivery["hidden_from"]) for audience in delivery["audiences"])
    return all(may_see(account, delivery, terms) for terms in every)
