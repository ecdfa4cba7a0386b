"""Drafts sealed with keys derived from the installation's secret: the database alone cannot read them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from services.intake.domain.sealing import Sealed, Unreadable

_SALT = b"peilung drafts 1"
_KEY_BYTES, _NONCE_BYTES, _ID_BYTES = 32, 12, 6


@dataclass(frozen=True)
class _Master:
    id: str
    secret: bytes


class DraftSeal:
    """AES-256-GCM under a key of each draft's own.

    A draft's key is derived (HKDF-SHA-256) from the installation's secret, the draft's id and what only
    the respondent's address holds. What is sealed is bound to the draft and its revision. The id of the
    secret lies beside it, so that drafts sealed under `older` secrets can still be opened.
    """

    def __init__(self, secret: str, older: Iterable[str] = ()) -> None:
        self._now = _master(secret)
        self._known = {master.id: master for master in (*map(_master, older), self._now)}

    def seal(self, content: Mapping[str, Any], about: Sealed) -> dict[str, str]:
        """Return the content as only this installation can read it."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(content, separators=(",", ":")).encode()
        data = AESGCM(_key(self._now, about)).encrypt(nonce, plain, _bound(about))
        return {"key": self._now.id, "nonce": _text(nonce), "data": _text(data)}

    def open(self, sealed: Mapping[str, str], about: Sealed) -> dict[str, Any]:
        """Return what `seal` was given. Raises Unreadable: a secret nobody named, or not as it was sealed."""
        master = self._known.get(sealed["key"])
        if master is None:
            raise Unreadable("sealed under a secret that is not known")
        try:
            plain = AESGCM(_key(master, about)).decrypt(_bytes(sealed["nonce"]), _bytes(sealed["data"]), _bound(about))
        except (InvalidTag, ValueError) as error:
            raise Unreadable("not as it was sealed") from error
        found: dict[str, Any] = json.loads(plain)
        return found


def _master(secret: str) -> _Master:
    known = HKDF(SHA256(), _KEY_BYTES + _ID_BYTES, _SALT, b"master and id").derive(secret.encode())
    return _Master(known[_KEY_BYTES:].hex(), known[:_KEY_BYTES])


def _key(master: _Master, about: Sealed) -> bytes:
    info = json.dumps(["draft", about.id, about.own]).encode()
    return HKDFExpand(SHA256(), _KEY_BYTES, info).derive(master.secret)


def _bound(about: Sealed) -> bytes:
    return json.dumps(["draft", about.id, about.rev]).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
