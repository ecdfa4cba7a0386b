"""Accounts of people and machines, and their API keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from services.intake.handlers.desk import Desk
from services.intake.handlers.state import State, establish
from services.intake.ports import EMAILS
from shared.errors import Conflict, Fault, Invalid, unknown
from shared.registry import Account, Grant
from shared.registry.accounts import ROLES
from shared.registry.registry import ACCOUNTS, KEYS
from shared.store.port import Change, Document, Duplicate

SCOPES = ("submissions:write", "programmes:write", "read", "answers:read", "alerts:write")


class People:
    """Keeps accounts; every change is told to the other services."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(self, account: Account) -> bool:
        """Create or change an account; False when nothing changed. Keys stay as they are.

        Raises Invalid, or Conflict `email_taken` when the address belongs to another account.
        """
        _check(account)
        self._claim_address(account)
        known = self._desk.collection(ACCOUNTS).get(account.id) or {}
        data = {
            "account": account.id,
            "email": account.email,
            "name": account.name,
            "language": account.language,
            "active": account.active,
            "scopes": list(account.scopes),
            "sessions_from": account.sessions_from,
            "roles": [_grant(grant) for grant in account.roles],
            "api_key_sha256": list(known.get("api_key_sha256", ())),
        }
        return self._tell(account.id, data)

    def add_key(self, account_id: str, scopes: Sequence[str], key: str) -> None:
        """Let this key act for the account, which is made when it is new; only the key's hash is kept."""
        unknown = sorted(set(scopes) - set(SCOPES))
        if unknown or not scopes:
            raise Invalid([Fault("scopes", "unknown_scope", f"Scopes are {', '.join(SCOPES)}.")])
        known = self._desk.collection(ACCOUNTS).get(account_id)
        if known is None:
            self.save(Account(account_id, "", account_id, "en", (), scopes=tuple(scopes)))
            known = self._account(account_id)
        digest = hashlib.sha256(key.encode()).hexdigest()
        keys = self._desk.collection(KEYS)
        keys.put_if_newer({"_id": digest, "account": account_id, "revision": 1})
        data = {
            **{name: known[name] for name in _TOLD},
            "scopes": sorted({*known.get("scopes", ()), *scopes}),
            "api_key_sha256": sorted({*known.get("api_key_sha256", ()), digest}),
        }
        self._tell(account_id, data)

    def deactivate(self, account_id: str) -> bool:
        """Take every right from an account. Raises NotFound."""
        known = self._account(account_id)
        data = {**{name: known[name] for name in _TOLD}, "active": False, "sessions_from": self._desk.now()}
        return self._tell(account_id, data)

    def by_email(self, email: str) -> Account | None:
        """Return the active account with this address, None if there is none."""
        claimed = self._desk.collection(EMAILS).get(_address(email)) if email.strip() else None
        account = self._desk.registry.account(claimed["account"]) if claimed else None
        return account if account and account.active and _address(account.email) == _address(email) else None

    def everyone(self) -> list[Document]:
        """Return every account as stored, by id."""
        return self._desk.collection(ACCOUNTS).find({})

    def _tell(self, account_id: str, data: dict[str, Any]) -> bool:
        return establish(self._desk, State(ACCOUNTS, account_id, data, "accounts"), "account.changed")

    def _account(self, account_id: str) -> Document:
        known = self._desk.collection(ACCOUNTS).get(account_id)
        if known is None:
            raise unknown("account", account_id)
        return known

    def _claim_address(self, account: Account) -> None:
        if not account.email:
            return
        emails, id_ = self._desk.collection(EMAILS), _address(account.email)
        try:
            emails.insert({"_id": id_, "account": account.id})
        except Duplicate:
            owner = self._owner(id_)
            if owner not in (None, account.id):
                raise Conflict("email_taken", "Another account has this address.") from None
            emails.update_if(id_, {}, Change(set={"account": account.id}))

    def _owner(self, address: str) -> str | None:
        """Return the account that still uses this address."""
        claimed = self._desk.collection(EMAILS).get(address)
        holder = self._desk.registry.account(claimed["account"]) if claimed else None
        return holder.id if holder and _address(holder.email) == address else None


_TOLD = ("account", "email", "name", "language", "active", "scopes", "sessions_from", "roles", "api_key_sha256")


def _address(email: str) -> str:
    return email.strip().casefold()


def _grant(grant: Grant) -> dict[str, Any]:
    return {
        "role": grant.role,
        "programme": grant.programme,
        "sites": list(grant.sites),
        "topics": list(grant.topics),
        "lead": grant.lead,
    }


def _check(account: Account) -> None:
    faults = [
        Fault("roles", "unknown_role", f"{grant.role} is no role; roles are {', '.join(ROLES)}.")
        for grant in account.roles
        if grant.role not in ROLES
    ]
    if account.email and (account.email.count("@") != 1 or any(c.isspace() or c in ",;<>" for c in account.email)):
        faults.append(Fault("email", "bad_address", "Write one address like name@example.org."))
    if not account.email and account.roles:
        faults.append(Fault("email", "missing", "A person needs an address."))
    if faults:
        raise Invalid(faults)


def parse_grant(text: str) -> Grant:
    """Read `role:programme[:site,site][:lead]` as commands take it; no sites means all. Raises ValueError."""
    role, _, rest = text.partition(":")
    programme, _, rest = rest.partition(":")
    sites, _, lead = rest.partition(":")
    if role not in ROLES or not programme or lead not in ("", "lead"):
        raise ValueError(f"{text!r}: write role:programme[:site,site][:lead]; roles are {', '.join(ROLES)}")
    return Grant(role, programme, tuple(sites.split(",")) if sites else ("*",), lead=lead == "lead")
