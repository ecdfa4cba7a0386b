"""Typed reading of one YAML mapping: every wrong, missing or unknown key becomes a fault at its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from shared.programme.place import Place, Report, did_you_mean, listed
from shared.programme.yaml_source import Mapping, Node, Scalar, Sequence

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
NAME_RULE = "start with a letter or _, then letters, digits, _ or - (at most 64)"
CODE_RULE = "letters, digits, _ or - (at most 64), starting with a letter or digit"
_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})


class Record:
    """A mapping with known keys (None: any). Readers return the default when a value is missing or wrong."""

    def __init__(self, node: Node, report: Report, what: str, keys: Collection[str] | None) -> None:
        self.report = report
        self.what = what
        self.place = node.place
        self.node = node if isinstance(node, Mapping) else Mapping(node.place)
        if not isinstance(node, Mapping):
            self.fault(node.place, "not_a_mapping", f"{what} must be a mapping of `key: value` lines.")
        for key, scalar in self.node.keys.items():
            if keys is not None and key not in keys:
                message = f'{what} has no key "{key}".{did_you_mean(key, keys)} Known: {listed(sorted(keys), 40)}.'
                self.fault(scalar.place, "unknown_key", message)

    def fault(self, place: Place, code: str, message: str) -> None:
        """Record a fault."""
        self.report.fault(place, code, message)

    def at(self, key: str) -> Place:
        """Return the place of the key's value, or of the whole mapping when the key is absent."""
        node = self.node.entries.get(key)
        return node.place if node is not None else self.place

    def has(self, key: str) -> bool:
        """Return whether the key is given with a value."""
        node = self.node.entries.get(key)
        return node is not None and not (isinstance(node, Scalar) and not node.text)

    def missing(self, key: str) -> None:
        """Record that the key must be given."""
        self.fault(self.place, "missing_key", f"{self.what} needs `{key}:`.")

    def scalar(self, key: str, *, required: bool = False) -> Scalar | None:
        """Return the text under the key with its place; None when absent or not a text."""
        if not self.has(key):
            if required:
                self.missing(key)
            return None
        node = self.node.entries[key]
        if isinstance(node, Scalar):
            return node
        self.fault(node.place, "not_a_text", f"`{key}` of {self.what} must be a single text.")
        return None

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Return the text under the key."""
        scalar = self.scalar(key, required=required)
        return scalar.text if scalar else default

    def code(self, key: str, *, rule: re.Pattern[str] = CODE) -> str:
        """Return a required identifier that keeps the naming rule."""
        scalar = self.scalar(key, required=True)
        if scalar is None:
            return ""
        if not rule.fullmatch(scalar.text):
            words = NAME_RULE if rule is NAME else CODE_RULE
            self.fault(scalar.place, "bad_name", f'"{scalar.text[:80]}" is not usable as {key}: {words}.')
        return scalar.text

    def number(self, key: str, *, required: bool = False) -> float | None:
        """Return a finite number; None when absent or wrong."""
        scalar = self.scalar(key, required=required)
        if scalar is None:
            return None
        if not re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", scalar.text):
            message = f'`{key}` must be a number such as 10 or 2.5, not "{scalar.text}".'
            self.fault(scalar.place, "not_a_number", message)
            return None
        return float(scalar.text)

    def integer(self, key: str, default: int, least: int = 0, most: int = 100_000, *, required: bool = False) -> int:
        """Return a whole number within bounds."""
        scalar = self.scalar(key, required=required)
        if scalar is None:
            return default
        if not re.fullmatch(r"-?\d{1,9}", scalar.text) or not least <= int(scalar.text) <= most:
            message = f'`{key}` must be a whole number from {least} to {most}, not "{scalar.text}".'
            self.fault(scalar.place, "not_a_number", message)
            return default
        return int(scalar.text)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a yes/no value (true, yes, on / false, no, off)."""
        scalar = self.scalar(key)
        if scalar is None:
            return default
        if scalar.text.lower() not in _YES | _NO:
            self.fault(scalar.place, "not_yes_no", f'`{key}` must be true or false, not "{scalar.text}".')
        return scalar.text.lower() in _YES

    def choice(self, key: str, allowed: Collection[str], default: str, *, required: bool = False) -> str:
        """Return one of the allowed words."""
        scalar = self.scalar(key, required=required)
        if scalar is None:
            return default
        if scalar.text not in allowed:
            words = listed(sorted(a for a in allowed if a), 30)
            message = f'`{key}` cannot be "{scalar.text}".{did_you_mean(scalar.text, allowed)} Possible: {words}.'
            self.fault(scalar.place, "unknown_word", message)
            return default
        return scalar.text

    def day(self, key: str) -> str:
        """Return a required ISO day (`2026-01-31`), empty when missing or wrong."""
        scalar = self.scalar(key, required=True)
        if scalar is None:
            return ""
        try:
            return date.fromisoformat(scalar.text).isoformat()
        except ValueError:
            message = f'`{key}` must be a day that exists, written 2026-01-31, not "{scalar.text}".'
            self.fault(scalar.place, "not_a_day", message)
            return ""

    def texts(self, key: str, languages: Collection[str], *, required: bool = True) -> dict[str, str]:
        """Return a text per language; every language of the programme must be there."""
        if not self.has(key):
            if required:
                self.missing(key)
            return {}
        return texts_of(self.node.entries[key], self.report, f"`{key}` of {self.what}", languages)

    def scalars(self, key: str, *, required: bool = False) -> list[Scalar]:
        """Return the texts of a list, each with its place."""
        found: list[Scalar] = []
        for item in self._items(key, required):
            if isinstance(item, Scalar) and item.text:
                found.append(item)
            else:
                self.fault(item.place, "not_a_text", f"Every entry of `{key}` must be a single text.")
        return found

    def names(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return the texts of a list; an entry that stands there twice is a fault."""
        seen: list[str] = []
        for scalar in self.scalars(key, required=required):
            if scalar.text in seen:
                self.fault(scalar.place, "duplicate", f'"{scalar.text}" stands twice in `{key}`; keep one.')
            else:
                seen.append(scalar.text)
        return tuple(seen)

    def _items(self, key: str, required: bool) -> list[Node]:
        if not self.has(key):
            if required:
                self.missing(key)
            return []
        node = self.node.entries[key]
        if isinstance(node, Sequence):
            if required and not node.items:
                self.fault(node.place, "missing_key", f"`{key}` of {self.what} must list at least one.")
            return node.items
        message = f"`{key}` of {self.what} must be a list: `[a, b]` or lines starting with `-`."
        self.fault(node.place, "not_a_list", message)
        return []

    def record(self, key: str, keys: Collection[str] | None) -> Record | None:
        """Return the mapping under the key, None when absent."""
        return Record(self.node.entries[key], self.report, f"`{key}`", keys) if self.has(key) else None

    def records(self, key: str, what: str, keys: Collection[str]) -> list[Record]:
        """Return a list of mappings."""
        return [Record(item, self.report, what, keys) for item in self._items(key, required=False)]

    def named(self, key: str) -> Iterator[tuple[Scalar, Node]]:
        """Yield the entries of a mapping whose keys are the author's own names."""
        if not self.has(key):
            return
        node = self.node.entries[key]
        if not isinstance(node, Mapping):
            self.fault(node.place, "not_a_mapping", f"`{key}` of {self.what} must be a mapping of `name: value` lines.")
            return
        for name, scalar in node.keys.items():
            yield scalar, node.entries[name]

    def plain(self, key: str, rule: re.Pattern[str] = CODE) -> dict[str, str]:
        """Return a mapping of names to single texts."""
        found: dict[str, str] = {}
        for name, node in self.named(key):
            if not rule.fullmatch(name.text):
                self.fault(name.place, "bad_name", f'"{name.text[:80]}" in `{key}`: use {CODE_RULE}.')
            if isinstance(node, Scalar):
                found[name.text] = node.text
            else:
                self.fault(node.place, "not_a_text", f'"{name.text}" in `{key}` must be a single text.')
        return found


def texts_of(node: Node, report: Report, what: str, languages: Collection[str]) -> dict[str, str]:
    """Return a text per language from `{de: …, en: …}`; faults name missing and unknown languages."""
    record = Record(node, report, what, languages)
    found = {language: record.text(language) for language in languages}
    for language in sorted(languages):
        if isinstance(node, Mapping) and not found[language]:
            report.fault(node.place, "missing_translation", f"{what} has no text in {language}: add `{language}: …`.")
    return {language: text for language, text in found.items() if text}
