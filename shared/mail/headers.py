"""Headers that hold free text: subject and recipient, encoded and folded so that every reader shows them whole."""

from __future__ import annotations

import unicodedata
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr

LONGEST_WORD = 60
CRLF = "\r\n"


def header_line(name: str, text: str) -> bytes:
    """Return a header of free text, encoded and folded.

    By hand, because the library's folding of a header set as text gains and loses spaces.
    """
    shown = one_line(text)
    plain = shown.isascii() and max(map(len, shown.split()), default=0) <= LONGEST_WORD
    encoded = Header(shown, "us-ascii" if plain else "utf-8", maxlinelen=76, header_name=name)
    return f"{name}: {encoded.encode(linesep=CRLF)}{CRLF}".encode("ascii")


def to_line(to: Address) -> bytes:
    """Return the header that names the recipient; whatever the name holds, it is one name."""
    name, mailbox = to.display_name, f"<{to.addr_spec}>"
    if name.isascii() and len(name) <= LONGEST_WORD:
        return f"To: {formataddr((name, to.addr_spec))}{CRLF}".encode("ascii")
    encoded = Header(name, "utf-8", maxlinelen=76, header_name="To").encode(linesep=CRLF)
    return f"To: {encoded}{CRLF} {mailbox}{CRLF}".encode("ascii")


def one_line(text: str) -> str:
    """Return the text without control characters and line breaks, as headers need it."""
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(spaced.split())
