"""The dictionary part of a SAV file: header, variables, labels, missing codes, long names, encoding."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from sys import float_info

from services.intake.web.formats.sav_variables import Variable
from shared.clock import from_text

BIAS = 100
_LITTLE_ENDIAN, _UTF_8 = 2, 65001
_SHORT, _LONG = 8, 255
_LABEL, _VALUE_LABEL = 255, 120
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Header:
    """What the file says of itself: a title, when it was made (instant text), how many cases it holds."""

    title: str
    at: str
    cases: int


@dataclass(frozen=True)
class _Placed:
    """A variable with the name and the position (in units of eight bytes, from 1) of each of its segments."""

    variable: Variable
    segments: tuple[int, ...]
    names: tuple[str, ...]
    position: int


def segments(width: int) -> tuple[int, ...]:
    """Return the widths of the parts a text is kept in: a long one has a part for every 252 bytes."""
    if width <= _LONG:
        return (width,)
    count = -(-width // 252)
    return (*[_LONG] * (count - 1), width - 252 * (count - 1))


def padded(text: str, width: int) -> bytes:
    """Return the text in UTF-8 with blanks up to the width; what is longer is cut between characters."""
    data = text.encode()
    if len(data) > width:
        data = data[:width].decode(errors="ignore").encode()
    return data.ljust(width)


def dictionary(header: Header, variables: Sequence[Variable]) -> bytes:
    """Return everything that stands before the data."""
    placed = list(_place(variables))
    units = sum(_units(room) for each in placed for room in each.segments)
    return b"".join(
        [
            _header(header, units),
            *(_variable(each) for each in placed),
            *(_short_labels(each) for each in placed if each.variable.values and each.variable.width <= _SHORT),
            _extension(3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, _LITTLE_ENDIAN, _UTF_8)),
            _extension(4, 8, struct.pack("<3d", -float_info.max, float_info.max, math.nextafter(-float_info.max, 0))),
            _extension(11, 4, b"".join(_display(each.variable) * len(each.segments) for each in placed)),
            _extension(13, 1, "\t".join(f"{each.names[0]}={each.variable.name}" for each in placed).encode()),
            _extension(14, 1, b"".join(_very_long(each) for each in placed if len(each.segments) > 1)),
            _extension(16, 8, struct.pack("<2q", 1, header.cases)),
            _extension(20, 1, b"UTF-8"),
            _extension(21, 1, b"".join(_long_labels(each.variable) for each in placed)),
            _extension(22, 1, b"".join(_long_missing(each.variable) for each in placed)),
            struct.pack("<2i", 999, 0),
        ]
    )


def _place(variables: Sequence[Variable]) -> Iterator[_Placed]:
    position, number = 1, 1
    for each in variables:
        rooms = segments(each.width)
        names = tuple(f"V{number + at:07d}" for at in range(len(rooms)))
        yield _Placed(each, rooms, names, position)
        position += sum(_units(room) for room in rooms)
        number += len(rooms)


def _units(width: int) -> int:
    return max(1, -(-width // 8))


def _header(header: Header, units: int) -> bytes:
    at = from_text(header.at)
    made = f"{at:%d} {_MONTHS[at.month - 1]} {at:%y}{at:%H:%M:%S}".encode()
    return struct.pack(
        "<4s60s5id17s64s3x",
        b"$FL2", padded("@(#) SPSS DATA FILE Peilung", 60), 2, units, 1, 0, header.cases, float(BIAS), made,
        padded(header.title, 64),
    )  # fmt: skip


def _variable(placed: _Placed) -> bytes:
    """Return the records of a variable: one per segment, and an empty one for each eight bytes beyond the first."""
    each = placed.variable
    missing = each.missing if each.width <= _SHORT else ()
    records: list[bytes] = []
    for at, room in enumerate(placed.segments):
        kind, width, decimals = each.display
        shown = decimals | (room if each.width else width) << 8 | kind << 16
        first = at == 0
        records.append(
            struct.pack("<6i8s", 2, room, int(first), len(missing) if first else 0, shown, shown,
                        placed.names[at].encode())
        )  # fmt: skip
        if first:
            label = padded(each.label, min(len(each.label.encode()), _LABEL))
            records += [struct.pack("<i", len(label)), _to_multiple(label, 4), *map(_eight, missing)]
        records += [struct.pack("<6i8x", 2, -1, 0, 0, 0, 0)] * (_units(room) - 1)
    return b"".join(records)


def _short_labels(placed: _Placed) -> bytes:
    each = placed.variable
    records = [struct.pack("<2i", 3, len(each.values))]
    for value, text in each.values:
        label = _cut(text, _VALUE_LABEL)
        records += [_eight(value), _to_multiple(bytes([len(label)]) + label, 8)]
    return b"".join([*records, struct.pack("<3i", 4, 1, placed.position)])


def _display(each: Variable) -> bytes:
    shown = min(max(each.display[1], 8), 40)
    return struct.pack("<3i", each.measure, shown, 0 if each.width else 1)


def _very_long(placed: _Placed) -> bytes:
    return f"{placed.names[0]}={placed.variable.width:05d}\0\t".encode()


def _long_labels(each: Variable) -> bytes:
    if not each.values or each.width <= _SHORT:
        return b""
    records = [_counted(each.name.encode()), struct.pack("<2i", each.width, len(each.values))]
    for value, text in each.values:
        records += [_counted(padded(str(value), each.width)), _counted(_cut(text, _VALUE_LABEL))]
    return b"".join(records)


def _long_missing(each: Variable) -> bytes:
    if not each.missing or each.width <= _SHORT:
        return b""
    head = _counted(each.name.encode()) + struct.pack("<bi", len(each.missing), _SHORT)
    return head + b"".join(map(_eight, each.missing))


def _extension(subtype: int, size: int, content: bytes) -> bytes:
    """Return an extension record of items of a size; nothing when it would be empty."""
    return struct.pack("<4i", 7, subtype, size, len(content) // size) + content if content else b""


def _counted(data: bytes) -> bytes:
    return struct.pack("<i", len(data)) + data


def _eight(value: str | float) -> bytes:
    return padded(value, _SHORT) if isinstance(value, str) else struct.pack("<d", value)


def _cut(text: str, most: int) -> bytes:
    return padded(text, most).rstrip()


def _to_multiple(data: bytes, of: int) -> bytes:
    return data.ljust(-(-len(data) // of) * of)
