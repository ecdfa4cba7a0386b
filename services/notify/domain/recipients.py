"""Who is told about an alert, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.registry.accounts import Account

ANY_SITE = "*"
AUDIENCE_ROLES: Mapping[str, str] = {"consultant": "consultant", "lead": "lead", "evaluator": "evaluator"}
_FALLBACK_ROLES = ("lead", "admin")

AccountsFor = Callable[[str], Sequence[Account]]


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told; `role` is the one they are told in, `fallback` that nobody else could be."""

    account: Account
    role: str
    fallback: bool = False


def recipients(
    alert: Mapping[str, Any], audience: str, accounts_for: AccountsFor, reachable: Callable[[Account], bool]
) -> list[Recipient]:
    """Return who is told, in order of account id.

    The flag's audience at this site (by topic where an account is limited to topics); when none of
    them can be reached, the programme's leads, then its administrators. Roles in `hidden_from` never.
    """
    role = AUDIENCE_ROLES.get(audience, "consultant")
    hidden: Collection[str] = alert["hidden_from"]
    found = _in_role(alert, role, accounts_for, reachable) if role not in hidden else []
    if found:
        return [Recipient(account, role) for account in found]
    for other in _FALLBACK_ROLES:
        found = _in_role(alert, other, accounts_for, reachable) if other not in hidden else []
        if found:
            return [Recipient(account, other, fallback=True) for account in found]
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


def readers(hidden_from: Collection[str], audience: str = "consultant") -> tuple[str, ...]:
    """Return the roles that may read an alert: its audience and the programme's staff, less the hidden ones."""
    return tuple(sorted({AUDIENCE_ROLES.get(audience, "consultant"), "lead", "evaluator"} - set(hidden_from)))


def may_see(account: Account, alert: Mapping[str, Any], audience: str) -> bool:
    """True when the account holds a role there that may read this alert."""
    return account.may(readers(alert["hidden_from"], audience), alert["programme"], site_of(alert))


def may_see_delivery(account: Account, delivery: Mapping[str, Any]) -> bool:
    """True for the recipient, for administrators, and for those who may read every alert in the mail."""
    if account.id == delivery["recipient"] or account.may("admin", delivery["programme"]):
        return True
    return account.may(readers(delivery["hidden_from"]), delivery["programme"], site_of(delivery))
