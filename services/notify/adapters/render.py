"""A delivery's facts as a mail: subject, text and HTML part in the recipient's language."""

from __future__ import annotations

from collections.abc import Mapping
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.notify.adapters.wording import Wording
from services.notify.domain.facts import RESOLVED
from services.notify.ports import BadAddress
from shared.clock import from_text
from shared.mail.envelope import Envelope
from shared.mail.headers import header_line, one_line, to_line
from shared.registry import Account
from shared.web.language import DEFAULT, LANGUAGES

PACKAGE = "services.notify.mail"
PRODUCT = "Peilung"


class Links(Protocol):
    """Makes the links of a mail; never from a request."""

    def site(self, programme: str, site: str) -> str:
        """Return the page of a site, or the inbox for a whole programme."""

    def acknowledge(self, delivery: Mapping[str, Any]) -> str:
        """Return the link that acknowledges this delivery's alerts."""


class MailRenderer:
    """Renders the same bytes for the same delivery and account, whenever it is asked."""

    def __init__(self, sender: str, links: Links) -> None:
        self._sender = sender
        self._links_to = links
        self._templates = _templates()

    def envelope(self, delivery: Mapping[str, Any], account: Account) -> Envelope:
        """Return the mail; raises BadAddress when the account's address cannot stand in a header."""
        to = _address(account)
        language = account.language if account.language in LANGUAGES else DEFAULT
        wording = Wording(PACKAGE, language)
        facts = {**wording.facts(delivery), **self._links(delivery)}
        head = header_line("Subject", facts["subject"]) + to_line(to)
        return Envelope(self._sender, to.addr_spec, head + self._message(delivery, wording, facts).as_bytes())

    def _message(self, delivery: Mapping[str, Any], wording: Wording, facts: Mapping[str, Any]) -> EmailMessage:
        """Return the mail without subject and recipient."""
        language = wording.language
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = Address(PRODUCT, addr_spec=self._sender)
        message["Date"] = format_datetime(from_text(delivery["created_at"]))
        message["Message-ID"] = delivery["message_id"]
        if delivery["thread_root"]:
            message["In-Reply-To"] = message["References"] = delivery["thread_root"]
        message["Auto-Submitted"] = "auto-generated"
        message["X-Alert-Id"] = delivery["_id"]
        text = self._templates.get_template("alert.txt").render(facts, t=wording.t, lang=language)
        html = self._templates.get_template("alert.html").render(facts, t=wording.t, lang=language)
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = language
        message.set_boundary(f"=_{delivery['_id']}")
        return message

    def _links(self, delivery: Mapping[str, Any]) -> dict[str, str]:
        still_open = any(alert["status"] != RESOLVED for alert in delivery["alerts"])
        return {
            "link": self._links_to.site(delivery["programme"], delivery["site"]),
            "acknowledge_link": self._links_to.acknowledge(delivery) if still_open else "",
        }


def _address(account: Account) -> Address:
    """Return exactly one mailbox. A comma in a name cannot add a second one."""
    email = account.email
    if not email.isascii() or email.count("@") != 1 or any(c.isspace() or not c.isprintable() for c in email):
        raise BadAddress(account.id)
    if any(c in '<>,;:"()[]\\' for c in email) or email.startswith("@") or email.endswith("@"):
        raise BadAddress(account.id)
    try:
        return Address(one_line(account.name), addr_spec=email)
    except ValueError as error:
        raise BadAddress(account.id) from error


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
