"""Form functions for text."""

from __future__ import annotations

import base64
import binascii
import hashlib

from shared.expressions.context import Value
from shared.expressions.faults import ExpressionError
from shared.expressions.form_functions import plain
from shared.expressions.patterns import pattern
from shared.expressions.signatures import readable_pattern
from shared.expressions.values import as_number, as_text

_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _substr(value: Value, start: Value, end: Value | None = None) -> Value:
    text = as_text(value)
    first = as_number(start)
    last = float(len(text)) if end is None else as_number(end)
    if first != first or last != last:
        return ""
    low, high = (int(max(0.0, min(at + len(text) if at < 0 else at, len(text)))) for at in (first, last))
    return text[low:high]


def _substring_before(value: Value, mark: Value) -> Value:
    before, found, _ = _partition(value, mark)
    return before if found else ""


def _substring_after(value: Value, mark: Value) -> Value:
    return _partition(value, mark)[2]


def _partition(value: Value, mark: Value) -> tuple[str, str | bool, str]:
    wanted = as_text(mark)
    return as_text(value).partition(wanted) if wanted else ("", False, as_text(value))


def _translate(value: Value, old: Value, new: Value) -> Value:
    targets = as_text(new)
    table: dict[int, str | None] = {}
    for index, character in enumerate(as_text(old)):
        table.setdefault(ord(character), targets[index] if index < len(targets) else None)
    return as_text(value).translate(table)


def _regex(value: Value, expression: Value) -> Value:
    try:
        return pattern(as_text(expression)).matches(as_text(value))
    except ExpressionError:
        return False


def _digest(value: Value, algorithm: Value, encoding: Value = "base64") -> Value:
    name = _DIGESTS.get(as_text(algorithm).upper())
    if name is None:
        return ""
    digest = hashlib.new(name, as_text(value).encode(), usedforsecurity=False).digest()
    return digest.hex() if as_text(encoding) == "hex" else base64.b64encode(digest).decode()


def _base64_decode(value: Value) -> Value:
    try:
        return base64.b64decode(as_text(value), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


FUNCTIONS = {
    "string": plain(as_text, 1),
    "string-length": plain(lambda value: float(len(as_text(value))), 1),
    "substr": plain(_substr, 2, 3),
    "substring-before": plain(_substring_before, 2),
    "substring-after": plain(_substring_after, 2),
    "contains": plain(lambda text, part: as_text(part) in as_text(text), 2),
    "starts-with": plain(lambda text, part: as_text(text).startswith(as_text(part)), 2),
    "ends-with": plain(lambda text, part: as_text(text).endswith(as_text(part)), 2),
    "translate": plain(_translate, 3),
    "normalize-space": plain(lambda text: " ".join(as_text(text).split()), 1),
    "regex": plain(_regex, 2, 2, {1: readable_pattern}),
    "digest": plain(_digest, 2, 3),
    "base64-decode": plain(_base64_decode, 1),
}
