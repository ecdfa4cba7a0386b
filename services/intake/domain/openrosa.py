"""A filled form as ODK's clients send it: hostile XML kept out, identity and answers read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from services.intake.domain.compiled import CompiledForm
from services.intake.domain.repeats import is_repeat, key_of
from services.intake.domain.values import LISTS, NUMERIC
from shared.errors import Bilingual, PlatformError
from shared.programme.model import Question

OPENROSA = "{http://openrosa.org/xforms}"
MAX_DEPTH = 50
_ID = re.compile(r"[^\s\x00-\x1f]{1,249}")
_NUMBER = re.compile(r"[-+]?\d{1,30}(?:\.\d{0,30})?(?:[eE][-+]?\d{1,3})?", re.ASCII)

_NOT_UTF8 = Bilingual("The answers are not UTF-8 text.", "Die Antworten sind kein Text in UTF-8.")
_NOT_XML = Bilingual("The answers are not well-formed XML.", "Die Antworten sind kein wohlgeformtes XML.")
_DTD = Bilingual(
    "The XML holds a document type or entities; leave them out.",
    "Das XML enthält einen Dokumenttyp oder Entitäten; lassen Sie sie weg.",
)
_TOO_DEEP = Bilingual("The XML nests too deep.", "Das XML ist zu tief verschachtelt.")
_TWICE = Bilingual("The question {name} is answered twice.", "Die Frage {name} ist zweimal beantwortet.")
_ENCRYPTED = Bilingual(
    "Encrypted answers cannot be evaluated; use the form without a public key.",
    "Verschlüsselte Antworten lassen sich nicht auswerten; verwenden Sie den Fragebogen ohne Schlüssel.",
)
_BAD_ID = Bilingual(
    "meta/{name} must have 1 to 249 characters without blanks.",
    "meta/{name} braucht 1 bis 249 Zeichen ohne Leerzeichen.",
)


class Unreadable(PlatformError):
    """What was sent is no filled form."""


@dataclass(frozen=True)
class Part:
    """One element: a question's text, or '' for a group or an item of a repeat.

    `around` are the elements it stands in, outermost first, each with its number among those of its name.
    """

    name: str
    text: str
    number: int = 1
    around: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Instance:
    """A filled form: which one, its ids, its groups and items, and every question that has a value, in order."""

    form: str
    version: str | None
    instance_id: str
    deprecated_id: str | None
    parts: tuple[Part, ...]


class _Bounded(TreeBuilder):
    """Builds the tree and gives up on one that nests too deep."""

    _depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable(_TOO_DEEP)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)


def read_instance(xml: str) -> Instance:
    """Read a filled form.

    `version` may be in OpenRosa's namespace, `meta` and what is in it in any. Raises Unreadable.
    """
    root = _parse(xml)
    if root.get("encrypted") == "yes":
        raise Unreadable(_ENCRYPTED)
    meta = {part.name: part.text for part in _parts(part for part in root if _name(part) == "meta")}
    return Instance(
        form=root.get("id", ""),
        version=root.get("version") or root.get(f"{OPENROSA}version"),
        instance_id=_id(meta, "instanceID"),
        deprecated_id=_id(meta, "deprecatedID") if "deprecatedID" in meta else None,
        parts=tuple(_parts(part for part in root if _name(part) != "meta")),
    )


def decoded(data: bytes) -> str:
    """Return the text of an XML file. Raises Unreadable unless it is UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(_NOT_UTF8) from None


def _parse(xml: str) -> Element:
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(xml)
        root: Element = parser.close()
    except DefusedXmlException:
        raise Unreadable(_DTD) from None
    except ParseError:
        raise Unreadable(_NOT_XML) from None
    return root


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _parts(elements: Iterable[Element], around: tuple[tuple[str, int], ...] = ()) -> Iterator[Part]:
    """Yield everything that holds a value or parts of its own."""
    numbers: Counter[str] = Counter()
    for element in elements:
        name = _name(element)
        numbers[name] += 1
        if len(element):
            yield Part(name, "", numbers[name], around)
            yield from _parts(element, (*around, (name, numbers[name])))
        elif element.text and element.text.strip():
            yield Part(name, element.text, numbers[name], around)


def _id(meta: Mapping[str, str], name: str) -> str:
    found = meta.get(name, "").strip()
    if not _ID.fullmatch(found):
        raise Unreadable(_BAD_ID.format(name=name))
    return found


def answers_of(compiled: CompiledForm, parts: Iterable[Part]) -> dict[str, object]:
    """Return the texts as values by key; what is no answer to its question stays text and is judged as it is.

    Groups do not matter: a name stands once in a form. Raises Unreadable for a question answered twice
    in the same items.
    """
    found: dict[str, object] = {}
    items: dict[str, list[str]] = {}
    for part in parts:
        ids = [str(number) for name, number in part.around if _repeats(compiled, name)]
        key = key_of(part.name, ids)
        question = compiled.items[part.name].question if part.name in compiled.items else None
        if _repeats(compiled, part.name):
            items.setdefault(key, []).append(str(part.number))
        elif part.text and not _is_note(question):
            if key in found:
                raise Unreadable(_TWICE.format(name=part.name[:80]))
            found[key] = _value(question, part.text)
    return {**items, **found}


def _repeats(compiled: CompiledForm, name: str) -> bool:
    return name in compiled.repeats and is_repeat(compiled.items[name])


def _is_note(question: Question | None) -> bool:
    """A client sends back what a note showed."""
    return question is not None and question.type == "note"


def _value(question: Question | None, text: str) -> object:
    if question is None:
        return text
    if question.type in LISTS:
        return text.split()
    if question.type in NUMERIC:
        return _number(text.strip())
    return text if question.type == "text" else text.strip()


def _number(text: str) -> object:
    """Return the number, or the text if it is none."""
    if not _NUMBER.fullmatch(text):
        return text
    return int(text) if text.lstrip("+-").isdigit() else float(text)
