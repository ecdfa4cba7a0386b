"""Strict YAML: plain mappings, lists and texts, every one of them with its line and column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from shared.programme.place import Place, Report

MAX_BYTES = 1_000_000
MAX_DEPTH = 12

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Scalar:
    """A text; `raw` is how it stands in the file, quotes and line breaks included."""

    text: str
    place: Place
    raw: str = ""
    style: str = ""

    def place_at(self, offset: int) -> Place:
        """Return the place of the character at this offset (from 0) of `text`."""
        position = _raw_position(self.raw, self.style, self.text, offset)
        before = self.raw[:position]
        lines = before.count("\n")
        if not lines:
            return Place(self.place.file, line=self.place.line, column=self.place.column + position)
        return Place(self.place.file, line=self.place.line + lines, column=position - before.rfind("\n"))


@dataclass(frozen=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Mapping:
    """Keys with values, in file order; `keys` holds each key's own place."""

    place: Place
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


def read_yaml(data: bytes, file: str, report: Report) -> Node | None:
    """Read one YAML document; None when it cannot be read at all (the report says why).

    Aliases, anchors, tags, merge keys, duplicate keys and further documents are faults; every
    scalar stays text.
    """
    start = Place(file, line=1, column=1)
    if len(data) > MAX_BYTES:
        report.fault(Place(file), "too_large", f"The file is larger than {MAX_BYTES:,} bytes; split or shorten it.")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report.fault(Place(file, line=line, column=1), "not_utf8", "Save the file as UTF-8; this line is not.")
        return None
    try:
        node = _Builder(text, file, report).build()
    except yaml.YAMLError as error:
        report.fault(_error_place(error, file), "yaml_syntax", _error_text(error))
        return None
    except _TooDeep as error:
        report.fault(error.place, "too_deep", f"Nested deeper than {MAX_DEPTH} levels; the format needs far fewer.")
        return None
    if node is None or (isinstance(node, Scalar) and not node.text):
        report.fault(start, "empty_file", "The file is empty; see programmes/README.md for what belongs here.")
        return None
    return node


class _TooDeep(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__(str(place))
        self.place = place


class _Builder:
    """Builds nodes from the parser's events, without recursion."""

    def __init__(self, text: str, file: str, report: Report) -> None:
        self._text = text
        self._file = file
        self._report = report
        self._open: list[Sequence | Mapping] = []
        self._pending: list[Scalar | None] = []
        self._root: Node | None = None

    def build(self) -> Node | None:
        documents = 0
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents == 2:
                    message = "Only one document per file: remove the line `---`."
                    self._report.fault(self._at(event), "several_documents", message)
            elif documents == 1:
                self._take(event)
        return self._root

    def _events(self) -> Iterator[yaml.Event]:
        yield from yaml.parse(self._text, Loader=_Loader)

    def _at(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._file, line=mark.line + 1, column=mark.column + 1) if mark else Place(self._file)

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self._open.pop()
            self._pending.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._refuse_extras(event)
            node = self._node(event)
            self._attach(node)
            if isinstance(node, (Sequence, Mapping)):
                self._open.append(node)
                self._pending.append(None)
                if len(self._open) > MAX_DEPTH:
                    raise _TooDeep(node.place)

    def _node(self, event: yaml.NodeEvent) -> Node:
        place = self._at(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(place)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(place)
        start, end = event.start_mark, event.end_mark
        raw = self._text[start.index : end.index] if start and end else ""
        return Scalar(getattr(event, "value", ""), place, raw, getattr(event, "style", None) or "")

    def _refuse_extras(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report.fault(self._at(event), "yaml_alias", "Write the value out here; `*` references are not read.")
            return
        if event.anchor is not None:
            self._report.fault(self._at(event), "yaml_anchor", f"Remove `&{event.anchor}`; anchors are not read.")
        if getattr(event, "tag", None) is not None:
            self._report.fault(self._at(event), "yaml_tag", "Remove the `!` tag; types come from the format itself.")

    def _attach(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif self._pending[-1] is None:
            self._pending[-1] = self._key(node)
        else:
            key, self._pending[-1] = self._pending[-1], None
            parent.entries.setdefault(key.text, node)

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            self._report.fault(node.place, "yaml_key", "A key must be a plain word, not a list or a mapping.")
            return Scalar("", node.place)
        parent = self._open[-1]
        assert isinstance(parent, Mapping)
        if node.text in parent.keys:
            first = parent.keys[node.text].place.line
            message = f'"{node.text}" stands here twice (first in line {first}); keep one.'
            self._report.fault(node.place, "duplicate_key", message)
        elif node.text == "<<":
            self._report.fault(node.place, "yaml_merge", "Write the keys out here; `<<` merges are not read.")
            return node
        parent.keys.setdefault(node.text, node)
        return node


def _error_place(error: yaml.YAMLError, file: str) -> Place:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Place(file, line=1, column=1)
    return Place(file, line=mark.line + 1, column=mark.column + 1)


def _error_text(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    advice = "Check indentation and brackets, and put text that holds `: `, `#` or starts with a sign in double quotes."
    return f"This is not valid YAML here: {problem}. {advice}"


def _raw_position(raw: str, style: str, text: str, offset: int) -> int:
    """Return where in `raw` the character `text[offset]` stands, whatever was folded, indented or escaped."""
    position = raw.find("\n") + 1 if style in ("|", ">") else len(style)
    last = position
    for character in text[: offset + 1]:
        if character.isspace():
            last = position
            continue
        last = raw.find(character, position)
        if last < 0:
            return 0
        position = last + 1 + (style == "'" and character == "'")
    return last if offset < len(text) else position
