"""The data part of a SAV file: cases as compressed units of eight bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from services.intake.web.formats.sav_dictionary import BIAS, padded, segments

_END, _RAW, _BLANK, _NO_NUMBER = 252, 253, 254, 255
_SMALLEST, _LARGEST = 1 - BIAS, 251 - BIAS
_EMPTY = b" " * 8
_PACK = struct.Struct("<d").pack


class Cases:
    """Encodes cases; `widths` are the variables' widths, 0 = a number.

    Each unit has a code; one that is not in the code itself follows raw. Eight codes stand before their raw units.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        self._widths = widths
        self._codes = bytearray()
        self._raw = bytearray()
        self._done = bytearray()

    @property
    def size(self) -> int:
        """How many bytes wait to be taken."""
        return len(self._done)

    def add(self, values: Sequence[Any]) -> None:
        """Encode one case: a number or None, or a text, per variable."""
        codes = self._codes
        for width, value in zip(self._widths, values, strict=True):
            if width:
                self._text(width, value or "")
            elif value is None:
                codes.append(_NO_NUMBER)
            elif _SMALLEST <= value <= _LARGEST and value == int(value):
                codes.append(int(value) + BIAS)
            else:
                codes.append(_RAW)
                self._raw += _PACK(value)
        self._complete()

    def taken(self) -> bytes:
        """Return what is complete."""
        taken = bytes(self._done)
        self._done.clear()
        return taken

    def end(self) -> bytes:
        """Return the rest, with the mark that ends the data."""
        self._codes.append(_END)
        self._codes += bytes(-len(self._codes) % 8)
        self._complete()
        return self.taken()

    def _text(self, width: int, value: str) -> None:
        data = padded(value, width)
        for at, room in enumerate(segments(width)):
            # A segment holds 255 bytes of the text; the last may have more room than there is text left.
            piece = data[255 * at : 255 * (at + 1)].ljust(-(-room // 8) * 8)
            for start in range(0, len(piece), 8):
                unit = piece[start : start + 8]
                if unit == _EMPTY:
                    self._codes.append(_BLANK)
                else:
                    self._codes.append(_RAW)
                    self._raw += unit

    def _complete(self) -> None:
        """Move every full group of eight codes, with the raw units it announces, to what is done."""
        at = 0
        whole = len(self._codes) // 8 * 8
        for start in range(0, whole, 8):
            group = self._codes[start : start + 8]
            following = at + 8 * group.count(_RAW)
            self._done += group
            self._done += self._raw[at:following]
            at = following
        del self._codes[:whole]
        del self._raw[:at]
