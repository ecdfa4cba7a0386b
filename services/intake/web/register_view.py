"""What staff may see of the register: counts always, single invitations only where answers are not protected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.intake.domain.register import INVITATION, STATES, State
from services.intake.handlers.letters import privacy_of
from services.intake.handlers.register import Entry
from shared.mail.delivery import SENT
from shared.programme.model import Form, Programme, Site
from shared.registry import Account
from shared.store.port import Document

CONTACTS = ("coordinator", "evaluator", "admin")
_FOLLOWERS = ("evaluator", "consultant", "admin")
_SAID_OF_EVERYBODY: tuple[State, ...] = ("bounced", "refused")


@dataclass(frozen=True)
class Row:
    """One invitation; `letter`: its link may be seen. `mails` are left out where they would tell who answered."""

    entry: Entry
    state: State
    letter: bool
    mails: Sequence[Document]


@dataclass(frozen=True)
class Block:
    """The invitations to one form at one site. `log`: kind of mail, day, how many."""

    form: Form
    site: Site
    counts: dict[State, int]
    detailed: bool
    rows: list[Row] = field(default_factory=list)
    log: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many were invited."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """How many could still be reminded."""
        return sum(self.counts[state] for state in ("invited", "opened", "started"))


def sees_single(actor: Account, programme: str, form: Form) -> bool:
    """Return whether the account may see who has answered a form.

    Of an anonymous form nobody may; of a confidential one not the site, and nobody who sees only sums.
    """
    kind = privacy_of(form)
    if kind == "anonymous":
        return False
    return kind == "named" or actor.machine or actor.may(_FOLLOWERS, programme)


def sees_links(actor: Account, programme: str, form: Form) -> bool:
    """Return whether the account may see personal links.

    Whoever has one to a confidential form can read the answers, to an anonymous one see whether it was used.
    """
    return actor.may("evaluator", programme) or (privacy_of(form) == "named" and actor.may(CONTACTS, programme))


def blocks(actor: Account, programme: Programme, entries: Iterable[Entry]) -> list[Block]:
    """Return the entries by form and site as the account may see them."""
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        grouped.setdefault((entry.contact.place.form, entry.contact.place.site), []).append(entry)
    forms = {form.id: form for form in programme.forms}
    sites = {site.code: site for site in programme.sites}
    return [
        _block(actor, programme.id, forms[form], sites[site], found)
        for (form, site), found in grouped.items()
        if form in forms and site in sites
    ]


def _block(actor: Account, programme: str, form: Form, site: Site, entries: list[Entry]) -> Block:
    counted = Counter(entry.state for entry in entries)
    detailed, links = sees_single(actor, programme, form), sees_links(actor, programme, form)
    log = Counter((_kind(mail), mail["sent_at"][:10]) for one in entries for mail in one.mails if mail["state"] == SENT)
    return Block(
        form=form,
        site=site,
        counts={state: counted[state] for state in STATES},
        detailed=detailed,
        rows=[_row(entry, detailed=detailed, links=links) for entry in entries],
        log=[(kind, on, n) for (kind, on), n in sorted(log.items(), key=lambda item: item[0][1])],
    )


def _row(entry: Entry, *, detailed: bool, links: bool) -> Row:
    if detailed:
        return Row(entry, entry.state, links, entry.mails)
    state: State = "bounced" if entry.contact.bounced else entry.state
    shown: State = state if state in _SAID_OF_EVERYBODY else "invited"
    return Row(entry, shown, links, [mail for mail in entry.mails if mail["kind"] == INVITATION])


def _kind(mail: Document) -> str:
    return INVITATION if mail["kind"] == INVITATION else "reminder"
