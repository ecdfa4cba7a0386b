"""What intake needs from outside, and the collections it keeps."""

from __future__ import annotations

from typing import Protocol

from shared.outbox import OUTBOX_INDEX
from shared.registry import registry
from shared.store.port import CollectionSpec, Index

SUBMISSIONS = CollectionSpec(
    "submissions",
    (
        Index("response_revision", ("response", "revision"), unique=True),
        Index("place", ("programme", "wave", "form", "site", "response", "revision")),
        OUTBOX_INDEX,
    ),
)
DEFINITIONS = CollectionSpec(
    "registry_definitions",
    (Index("version", ("programme", "version"), unique=True), OUTBOX_INDEX),
)
DRAFTS = CollectionSpec(
    "drafts",
    (Index("place", ("programme", "wave", "form", "site")), Index("instance", ("instance_id",))),
)
INVITATIONS = CollectionSpec(
    "invitations",
    (Index("place", ("programme", "wave", "form", "site")), Index("expiry", ("expires_at",))),
)
REGISTER = CollectionSpec(
    "register",
    (
        Index("spot", ("spot",), unique=True),
        Index("place", ("programme", "wave", "form", "site")),
        Index("stop", ("stop",)),
        Index("expiry", ("expires_at",)),
    ),
)
REGISTER_MAILS = CollectionSpec(
    "register_mails",
    (
        Index("one_a_day", ("address", "day"), unique=True),
        Index("due", ("next_at",)),
        Index("place", ("programme", "wave", "form", "site")),
        Index("expiry", ("expires_at",)),
    ),
)
OBJECTIONS = CollectionSpec("register_objections")
NOTICES = CollectionSpec("notices")
CONSENTS = CollectionSpec("consents", (Index("unused", ("kept_until",)),))
SIGN_IN_LINKS = CollectionSpec("sign_in_links", (Index("mail", ("mail_due",)), Index("expiry", ("expires_at",))))
OVERDUE = CollectionSpec("overdue", (OUTBOX_INDEX,))
EMAILS = CollectionSpec("account_emails")
SENT_BACK = CollectionSpec(
    "sent_back", (Index("mail", ("mail_due",)), Index("place", ("programme", "wave", "form", "site")))
)
FORM_UPLOADS = CollectionSpec(
    "form_uploads", (Index("own", ("by", "programme", "form")), Index("expiry", ("expires_at",)))
)
_OWN = (SUBMISSIONS, DEFINITIONS, DRAFTS, INVITATIONS, SIGN_IN_LINKS, OVERDUE, EMAILS, FORM_UPLOADS)
_REGISTER = (REGISTER, REGISTER_MAILS, OBJECTIONS, NOTICES, CONSENTS)
_REGISTERED = (registry.SITES, registry.WAVES, registry.ACCOUNTS)
_TOLD = tuple(CollectionSpec(spec.name, (*spec.indexes, OUTBOX_INDEX)) for spec in _REGISTERED)
COLLECTIONS = (SENT_BACK, *_OWN, *_REGISTER, *_TOLD, registry.PROGRAMMES, registry.KEYS)
WITH_OUTBOX = (SUBMISSIONS, DEFINITIONS, *_TOLD, OVERDUE)


class Ids(Protocol):
    """Makes a new random id (UUID text)."""

    def __call__(self) -> str: ...


class Tokens(Protocol):
    """Makes a new unguessable token for a link."""

    def __call__(self) -> str: ...


class Mailer(Protocol):
    """Sends one plain mail."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand the mail to the mail server. Raises TransientError when that fails."""
