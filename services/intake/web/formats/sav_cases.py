"""The data part of a SAV file: cases as compressed units of eight bytes."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from services.intake.domain.export_rows import Value
from services.intake.web.formats.sav_dictionary import BIAS, padded, segments

_END, _RAW, _BLANK, _NO_NUMBER = 252, 253, 254, 255
_EMPTY = b" " * 8
_DOUBLE = struct.Struct("<d")


class Cases:
    """Encodes cases; `widths` are the variables' widths, 0 = a number."""

    def __init__(self, widths: Sequence[int]) -> None:
        self._widths = widths
        self._codes = bytearray()
        self._raw = bytearray()
        self._done = bytearray()

    @property
    def size(self) -> int:
        """How many bytes wait to be taken."""
        return len(self._done)

    def add(self, values: Sequence[Value]) -> None:
        """Encode one case: a number or None, or a text, per variable."""
        for width, value in zip(self._widths, values, strict=True):
            if width:
                self._text(width, "" if value is None else str(value))
            elif isinstance(value, str):
                raise TypeError("a text in a variable of numbers")
            else:
                self._number(value)

    def taken(self) -> bytes:
        """Return what is complete."""
        taken = bytes(self._done)
        self._done.clear()
        return taken

    def end(self) -> bytes:
        """Return the rest, with the mark that ends the data."""
        self._unit(_END)
        while self._codes:
            self._unit(0)
        return self.taken()

    def _number(self, value: float | int | None) -> None:
        if value is None:
            self._unit(_NO_NUMBER)
        elif -BIAS < value <= 251 - BIAS and value == int(value):
            self._unit(int(value) + BIAS)
        else:
            self._unit(_RAW, _DOUBLE.pack(value))

    def _text(self, width: int, value: str) -> None:
        data = padded(value, width)
        for at, room in enumerate(segments(width)):
            # A segment holds 255 bytes of the text; the last may have more room than there is text left.
            piece = data[255 * at : 255 * (at + 1)].ljust(-(-room // 8) * 8)
            for start in range(0, len(piece), 8):
                unit = piece[start : start + 8]
                self._unit(_BLANK) if unit == _EMPTY else self._unit(_RAW, unit)

    def _unit(self, code: int, raw: bytes = b"") -> None:
        self._codes.append(code)
        self._raw += raw
        if len(self._codes) == 8:
            self._done += self._codes
            self._done += self._raw
            self._codes.clear()
            self._raw.clear()
