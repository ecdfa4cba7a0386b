"""A whole form on one page, blank or filled in, with its conditions in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.filling import Record
from services.intake.domain.outputs import in_words as answer_in_words
from services.intake.domain.values import Answer
from services.intake.web.page_view import said
from shared.expressions import Call, Language, Node, Text, compile_form, in_words, parse, references, truth
from shared.expressions.tree import Binary, Unary
from shared.programme.model import Group, Question, Texts
from shared.web.language import day, pick

MARKS = {"select_one": ("○", "●"), "select_multiple": ("☐", "☑"), "acknowledge": ("☐", "☑"), "rank": ("__", "__")}
_OUTPUT = re.compile(r"\$\{[^}]*\}")
_BEFORE = {"de": "{label} (vorige Erhebung)", "en": "{label} (last round)"}
_ALWAYS = ("", "true()")
_HERE = ("wave", "site_code", "org_code")


@dataclass(frozen=True)
class Line:
    """One thing on paper.

    `kind`: heading (`level` 2 and deeper), note, choices, box (one line), or lines (room for a text). `only_if` is the
    condition in words, "" = always. `options` are mark, label and whether it is chosen; `text` is the answer.
    """

    kind: Literal["heading", "note", "choices", "box", "lines"]
    label: str
    only_if: str = ""
    hint: str = ""
    level: int = 0
    optional: bool = False
    many: bool = False
    options: tuple[tuple[str, str, bool], ...] = ()
    text: str = ""


class Paper:
    """Draws a form: `folded` is the form as published, `record` says what is known where it is answered.

    `typed` None = blank, else what was typed wrongly. `features` name the features of sites.
    """

    def __init__(
        self,
        folded: CompiledForm,
        record: Record,
        typed: Mapping[str, str] | None,
        language: str,
        features: Mapping[str, Texts],
    ) -> None:
        self._compiled = folded if typed is None else record.compiled
        self._record = record
        self._blank = typed is None
        self._answers: Mapping[str, Answer] = {} if typed is None else record.values
        self._typed = typed or {}
        self._of_site = frozenset(name for name in folded.hidden if name in _HERE or name.startswith("site_"))
        self._language = language
        self._labels = _labels(folded, language, features)

    def lines(self) -> tuple[Line, ...]:
        """Return everything that is printed, in order."""
        return tuple(self._parts(self._compiled.form.items, 2))

    def _parts(self, parts: tuple[Question | Group, ...], level: int) -> Iterator[Line]:
        for part in parts:
            only_if = self._only_if(part.relevant)
            if only_if is None:
                continue
            if isinstance(part, Group):
                yield Line("heading", self._say(part.label), only_if, level=level, many=part.repeat)
                yield from self._parts(part.items, min(level + 1, 6))
            elif part.asked or part.type == "note":
                yield self._question(part, only_if)

    def _question(self, question: Question, only_if: str) -> Line:
        item = self._compiled.items[question.name]
        label, hint = self._say(question.label), self._say(question.hint)
        if question.type == "note":
            return Line("note", label, only_if)
        optional = (question.required or "").strip() == "" and question.readonly is None
        options = self._options(item)
        multiline = question.type == "text" and "multiline" in question.appearance
        kind: Literal["choices", "box", "lines"] = "choices" if options else "lines" if multiline else "box"
        text = "" if options and question.name not in self._typed and question.type != "rank" else self._text(item)
        return Line(kind, label or question.name, only_if, hint, optional=optional, options=options, text=text)

    def _options(self, item: Item) -> tuple[tuple[str, str, bool], ...]:
        blank, crossed = MARKS.get(item.question.type, ("", ""))
        if not blank:
            return ()
        answer = self._answers.get(item.question.name)
        if item.question.type == "acknowledge":
            return ((crossed if answer else blank, "", bool(answer)),)
        chosen = answer if isinstance(answer, list) else [answer]
        named = [(choice.name in chosen, self._say(choice.label)) for choice in item.choices]
        return tuple((crossed if taken else blank, label, taken) for taken, label in named)

    def _text(self, item: Item) -> str:
        name = item.question.name
        if name in self._typed:
            return self._typed[name]
        return answer_in_words(item, self._answers.get(name), self._language, day)

    def _only_if(self, source: str | None) -> str | None:
        """Return the condition in words, "" = always; None when it can never hold at this site."""
        if source is None or source.strip() in _ALWAYS:
            return ""
        node = parse(source)
        asked = references(node).questions
        if asked and asked <= self._of_site:
            return "" if truth(compile_form(node)(self._record)) else None
        return in_words(_plainly(node), self._labels, cast(Language, self._language))

    def _say(self, texts: Mapping[str, str]) -> str:
        if self._blank:
            return _OUTPUT.sub("…", pick(texts, self._language))
        return said(texts, self._compiled, self._answers, self._language)


def _plainly(node: Node) -> Node:
    """Return the condition with comparisons to nothing said as "is answered" and "is missing"."""
    if isinstance(node, Unary):
        return replace(node, operand=_plainly(node.operand))
    if isinstance(node, Call):
        return replace(node, args=tuple(map(_plainly, node.args)))
    if not isinstance(node, Binary):
        return node
    if node.op in ("=", "!=") and isinstance(node.right, Text) and node.right.value == "":
        return Call("is_missing" if node.op == "=" else "answered", (node.left,), node.column)
    return replace(node, left=_plainly(node.left), right=_plainly(node.right))


def _labels(folded: CompiledForm, language: str, features: Mapping[str, Texts]) -> dict[str, str]:
    """Return what conditions call questions, and their choices (`question=code`)."""
    found: dict[str, str] = {}
    for name, item in folded.items.items():
        if item.question.type != "hidden":
            found[name] = _OUTPUT.sub("…", pick(item.question.label, language)) or name
        found |= {f"{name}={choice.name}": pick(choice.label, language) for choice in item.choices}
    for name in folded.hidden:
        if (feature := name.removeprefix("site_")) in features:
            found[name] = pick(features[feature], language)
        if (asked := name.removeprefix("prev_")) in found and asked != name:
            found[name] = _BEFORE[language if language in _BEFORE else "en"].format(label=found[asked])
    return found
