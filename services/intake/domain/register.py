"""The respondent register: who was asked to answer, what became of it, and when to remind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.intake.domain.invitation import Invitation
from services.intake.domain.submission import Place

State = Literal["invited", "opened", "started", "submitted", "bounced", "refused"]
STATES: tuple[State, ...] = ("invited", "opened", "started", "submitted", "bounced", "refused")

INVITATION = "invitation"
APART_DAYS = 2
MOST_LINES = 500
MOST_LABEL = 80
_MAILBOX = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+\.[^\s<>,;:\"()\[\]\\@.]+")
_SEPARATOR = re.compile(r"[;,\t]")


@dataclass(frozen=True)
class Contact:
    """One address that was asked to answer at a place, apart from all answers.

    `label` is a name or role for the staff's eyes. `address` stands for the email wherever two contacts
    or mails are compared, `stop` for the link that ends all mails to it; neither can be turned back
    without the installation's secret. `handled` are the mails that were queued or had become needless,
    `mailed_on` is the day of the last. Only days are kept, no times.
    """

    id: str
    place: Place
    email: str
    label: str
    language: str
    invitation: str
    address: str
    stop: str
    by: str
    entered_on: str
    expires_at: str
    handled: Sequence[str] = ()
    mailed_on: str = ""
    bounced: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a list of addresses."""

    number: int
    email: str
    label: str


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line: `bad_address`, `long_label`, `twice`, `known`, `refused`; or with all (line 0)."""

    line: int
    code: str


def read_lines(text: str) -> tuple[list[Line], list[LineFault]]:
    """Read a pasted list: an address per line, after `;`, `,` or a tab a name or role. All faults at once."""
    lines: list[Line] = []
    faults: list[LineFault] = []
    seen: set[str] = set()
    for number, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        email, _, label = (part.strip() for part in _SEPARATOR.sub(";", written, count=1).partition(";"))
        line = Line(number, email, " ".join(label.split()))
        faults += [LineFault(number, code) for code in _wrong(line, seen)]
        seen.add(email.casefold())
        lines.append(line)
    if not lines:
        faults.append(LineFault(0, "nothing"))
    if len(lines) > MOST_LINES:
        faults.append(LineFault(0, "too_many"))
    return lines, faults


def _wrong(line: Line, seen: set[str]) -> list[str]:
    plain = line.email.isascii() and line.email.isprintable() and len(line.email) <= 254
    found = [] if plain and _MAILBOX.fullmatch(line.email) else ["bad_address"]
    if line.email.casefold() in seen:
        found.append("twice")
    if len(line.label) > MOST_LABEL or not line.label.isprintable():
        found.append("long_label")
    return found


def state_of(contact: Contact, invitation: Invitation | None, *, answered: bool, objected: bool) -> State:
    """Return what became of an invitation; `answered`: the answers are there, by whatever way they came."""
    if answered:
        return "submitted"
    if objected:
        return "refused"
    if contact.bounced:
        return "bounced"
    if invitation is not None and invitation.started:
        return "started"
    return "opened" if invitation is not None and invitation.opened else "invited"


def due_mail(contact: Contact, today: date, due_on: date, rhythm: Sequence[int]) -> str | None:
    """Return the mail that is due to a contact today, None if none is.

    First the invitation, then of the reminders whose day has come only the last; one that would follow
    another mail sooner than after two days is left out for good.
    """
    if INVITATION not in contact.handled:
        return INVITATION
    passed = [offset for offset in rhythm if due_on + timedelta(days=offset) <= today]
    if not passed:
        return None
    on = due_on + timedelta(days=max(passed))
    soonest = date.fromisoformat(contact.mailed_on or contact.entered_on) + timedelta(days=APART_DAYS)
    kind = f"reminder{max(passed):+d}"
    return None if on < soonest or kind in contact.handled else kind


@dataclass(frozen=True)
class Rhythms:
    """When to remind, in days after the due date: for all, and other ones for a programme or one of its forms."""

    usual: tuple[int, ...]
    special: dict[str, tuple[int, ...]]

    def of(self, programme: str, form: str) -> tuple[int, ...]:
        """Return the days for a form."""
        return self.special.get(f"{programme}/{form}", self.special.get(programme, self.usual))


def read_rhythms(text: str) -> Rhythms:
    """Read `-7,-2,3; programme=-14,-3; programme/form=` (none). Raises ValueError."""
    usual: tuple[int, ...] = ()
    special: dict[str, tuple[int, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, named, days = part.rpartition("=")
        found = tuple(int(day) for day in days.split(",") if day.strip())
        if any(abs(day) > 365 for day in found):
            raise ValueError(f"{part}: at most 365 days before or after")
        if named:
            special[name.strip()] = found
        else:
            usual = found
    return Rhythms(usual, special)
