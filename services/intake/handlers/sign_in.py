"""Signing in without passwords: a link by mail, good once and for a quarter of an hour."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.intake.domain.invitation import token_hash
from services.intake.handlers.desk import Desk
from services.intake.handlers.people import People
from services.intake.ports import SIGN_IN_LINKS, Mailer
from shared.clock import from_text, to_text
from shared.errors import Forbidden, TransientError, unknown
from shared.registry import Account
from shared.store.port import Change, Document, Duplicate

LINK_MINUTES = 15
DEMO_DAYS = 3650
AGAIN_S = 20
_LEASE_S = 60

TEXTS = {
    "de": (
        "Ihr Anmeldelink",
        "Guten Tag,\n\nmit diesem Link melden Sie sich bei Peilung an:\n\n{url}\n\n"
        "Er gilt {minutes} Minuten und nur einmal. Haben Sie ihn nicht angefordert, ist nichts zu tun.\n",
    ),
    "en": (
        "Your sign-in link",
        "Hello,\n\nsign in to Peilung with this link:\n\n{url}\n\nIt works once, within {minutes} minutes. "
        "If you did not ask for it, there is nothing to do.\n",
    ),
}


@dataclass(frozen=True)
class Signed:
    """Who signed in and where they wanted to go."""

    account: Account
    next: str


class SignIn:
    """Makes and redeems sign-in links. `sign` turns a text into an unguessable token, always the same."""

    def __init__(self, desk: Desk, people: People, sign: Callable[[str], str], public_url: str) -> None:
        self._desk = desk
        self._people = people
        self._sign = sign
        self._public_url = public_url.rstrip("/")
        self._links = desk.collection(SIGN_IN_LINKS)

    def ask(self, email: str, next_path: str = "") -> None:
        """Have a link mailed to this address if an account has it; nobody can tell whether that is so.

        An account gets at most one mail a minute, whoever asks.
        """
        account = self._people.by_email(email)
        now = self._desk.now()
        nonce = f"mail|{account.id if account else ''}|{now[:16]}"
        link: Document = {
            "_id": token_hash(self._token(nonce)),
            "kind": "once",
            "nonce": nonce,
            "next": safe_path(next_path),
            "account": account.id if account else None,
            "expires_at": _after(now, timedelta(minutes=LINK_MINUTES)),
            "used_at": None,
        }
        with contextlib.suppress(Duplicate):
            self._links.insert({**link, "mail_due": now} if account else link)

    def link_for(self, account_id: str, *, demo: bool = False) -> str:
        """Return the path of a link that signs this account in: once within 15 minutes, or (`demo`) for years.

        Raises NotFound.
        """
        if self._desk.registry.account(account_id) is None:
            raise unknown("account", account_id)
        nonce = f"demo|{account_id}" if demo else self._desk.new_id()
        life = timedelta(days=DEMO_DAYS) if demo else timedelta(minutes=LINK_MINUTES)
        link: Document = {
            "_id": token_hash(self._token(nonce)),
            "kind": "demo" if demo else "once",
            "nonce": nonce,
            "next": "",
            "account": account_id,
            "expires_at": _after(self._desk.now(), life),
            "used_at": None,
        }
        try:
            self._links.insert(link)
        except Duplicate:
            self._links.update_if(link["_id"], {}, Change(set={"expires_at": link["expires_at"]}))
        return f"/collection/sign-in/{self._token(nonce)}"

    def look(self, token: str) -> bool:
        """Return whether the link may be followed without a further click (demo). Raises Forbidden if it is spent."""
        return bool(self._valid(token)["kind"] == "demo")

    def redeem(self, token: str) -> Signed:
        """Use a link up and return who it signs in. Raises Forbidden if it is spent, expired or unknown."""
        link = self._valid(token)
        if link["kind"] != "demo":
            used = Change(set={"used_at": self._desk.now()})
            if self._links.update_if(link["_id"], {"used_at": None}, used) is None:
                raise _spent()
        account = self._desk.registry.account(link["account"])
        if account is None or not account.active:
            raise _spent()
        return Signed(account, link["next"] or home(account))

    def mail_one(self, mailer: Mailer, owner: str) -> int:
        """Send the oldest mail that is due; 1 if there was one. A refused mail is tried again until it expires."""
        now = self._desk.now()
        until = _after(now, timedelta(seconds=_LEASE_S))
        lease = self._links.claim({}, due="mail_due", now=now, until=until, owner=owner)
        if lease is None:
            return 0
        link, change = lease.document, Change(unset=("mail_due",))
        account = self._desk.registry.account(link["account"])
        if account is not None and now < link["expires_at"]:
            try:
                self._mail(mailer, account, link["nonce"])
            except TransientError:
                change = Change(set={"mail_due": _after(now, timedelta(seconds=AGAIN_S))})
        self._links.finish(link["_id"], lease.fence, change)
        return 1

    def _mail(self, mailer: Mailer, account: Account, nonce: str) -> None:
        subject, text = TEXTS.get(account.language, TEXTS["en"])
        url = f"{self._public_url}/collection/sign-in/{self._token(nonce)}"
        mailer.send(account.email, subject, text.format(url=url, minutes=LINK_MINUTES))

    def _valid(self, token: str) -> Document:
        link = self._links.get(token_hash(token))
        fresh = link is not None and link["account"] and self._desk.now() < link["expires_at"]
        if link is None or not fresh or link["used_at"] is not None:
            raise _spent()
        return link

    def _token(self, nonce: str) -> str:
        return self._sign(f"sign-in|{nonce}")


def home(account: Account) -> str:
    """Return the page a person's work begins on: questionnaires for those who answer or administer, else values."""
    answers = {grant.role for grant in account.roles} <= {"coordinator", "admin"}
    return "/collection/" if answers else "/monitoring/"


def _spent() -> Forbidden:
    return Forbidden("This link was used or has expired. Ask for a new one.")


def _after(instant: str, span: timedelta) -> str:
    return to_text(from_text(instant) + span)


def safe_path(path: str) -> str:
    """Return the path if it stays on this platform, else ""."""
    within = path.startswith(("/collection/", "/monitoring/", "/support/"))
    return path if within and "\\" not in path and not any(ord(c) < 33 for c in path) and len(path) < 500 else ""
