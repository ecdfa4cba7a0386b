"""Says a rule in plain words, in German or English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from shared.expressions.phrases import ANY, NEGATED, PHRASES
from shared.expressions.tree import (
    Binary,
    Call,
    LastSaved,
    Name,
    Node,
    Number,
    Question,
    Text,
    Unary,
    named_by_literal,
)
from shared.expressions.values import as_text
from shared.quantities import with_unit

Language = Literal["de", "en"]
_CONDITION, _NOUN, _ATOM = 3, 7, 8
_LEVELS = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5}
_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥", "-": "−", "*": "×", "div": "/"}
_COMPARED = ("=", "!=", "<", "<=", ">", ">=")
_SAME_UNIT = ("prev", "prev_valid", "latest", "baseline", "change", "min", "max", "mean", "median", "coalesce", "abs")
_WORDS = {"de": {"and": "und", "or": "oder", "mod": "modulo"}, "en": {"mod": "modulo"}}
_SLOT = re.compile(r"\{([0-9*])\}|<([0-9])>")


def in_words(node: Node, labels: Mapping[str, str], language: Language, units: Mapping[str, str] | None = None) -> str:
    """Return the rule as a sentence fragment.

    `labels` maps names of indicators, questions, scales, features and forms to what people call them, and
    `question=code` to the label of a choice; a name without a label stands for itself. Numbers compared
    with an indicator get its unit from `units`.
    """
    return _Speaker(labels, language, units or {}).say(node)[0]


def question_of(node: Node) -> Question | None:
    """Return the question whose answer an expression hands through: itself, or the one in another wave."""
    if isinstance(node, Question):
        return node
    if isinstance(node, Call) and node.name in ("prev", "prev_valid", "latest", "baseline") and node.args:
        return question_of(node.args[0])
    return None


def measured(node: Node) -> Name | None:
    """Return the indicator whose unit an expression keeps: itself, its value in another wave, its change."""
    if isinstance(node, Name):
        return node
    if isinstance(node, Call) and node.name in _SAME_UNIT and len(node.args) == 1:
        return measured(node.args[0])
    return None


class _Speaker:
    def __init__(self, labels: Mapping[str, str], language: Language, units: Mapping[str, str]) -> None:
        self._labels = labels
        self._language = language
        self._units = units

    def say(self, node: Node) -> tuple[str, int]:
        """Return the words and how tightly they bind."""
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Unary):
            return f"−{self._at_least(node.operand, _ATOM)}", _NOUN
        return self._leaf(node), _ATOM

    def _leaf(self, node: Node) -> str:
        match node:
            case Number(value):
                text = as_text(value).replace("-", "−")
                return text.replace(".", ",") if self._language == "de" else text
            case Text(value):
                return self._quoted(value)
            case Question(name) | LastSaved(name) if name in self._labels:
                return self._quoted(self._labels[name])
            case Question(name) | LastSaved(name) | Name(name):
                return self._labels.get(name, name)
            case _:
                return "Antwort" if self._language == "de" else "answer"

    def _quoted(self, text: str) -> str:
        return f"„{text}“" if self._language == "de" else f"“{text}”"

    def _at_least(self, node: Node, level: int) -> str:
        words, binding = self.say(node)
        return words if binding >= level else f"({words})"

    def _binary(self, node: Binary) -> tuple[str, int]:
        level = _LEVELS.get(node.op, 6)
        sign = _WORDS[self._language].get(node.op) or _SIGNS.get(node.op, node.op)
        chain = node.op in ("and", "or", "+", "*")
        left, right = self._measured(node) or self._choice_labelled(node)
        loosest_left = level if chain or level >= 5 else level + 1
        words = f"{self._operand(left, loosest_left)} {sign} {self._operand(right, level if chain else level + 1)}"
        return words, level

    def _operand(self, side: Node | str, level: int) -> str:
        return side if isinstance(side, str) else self._at_least(side, level)

    def _measured(self, node: Binary) -> tuple[Node | str, Node | str] | None:
        if node.op in _COMPARED and isinstance(node.right, Number) and (unit := self._unit(node.left)):
            return node.left, with_unit(self._leaf(node.right), unit, self._language, node.right.value)
        if node.op in _COMPARED and isinstance(node.left, Number) and (unit := self._unit(node.right)):
            return with_unit(self._leaf(node.left), unit, self._language, node.left.value), node.right
        return None

    def _unit(self, node: Node) -> str:
        if isinstance(node, Name):
            return self._units.get(node.id, "")
        if isinstance(node, Binary) and node.op in ("+", "-"):
            return self._unit(node.left)
        return self._unit(node.args[0]) if isinstance(node, Call) and node.name in _SAME_UNIT and node.args else ""

    def _choice_labelled(self, node: Binary) -> tuple[Node | str, Node | str]:
        left, right = node.left, node.right
        if isinstance(right, Text | Number) and (asked := question_of(left)):
            return left, self._choice(asked, right) or right
        if isinstance(left, Text | Number) and (asked := question_of(right)):
            return self._choice(asked, left) or left, right
        return left, right

    def _choice(self, question: Question, code: Text | Number) -> str | None:
        value = code.value if isinstance(code, Text) else as_text(code.value)
        label = self._labels.get(f"{question.name}={value}")
        return self._leaf(Text(label)) if label else None

    def _call(self, node: Call) -> tuple[str, int]:
        denied = node.args[0] if node.name == "not" else None
        if isinstance(denied, Call) and denied.name in NEGATED:
            return self._phrase(denied, NEGATED[denied.name][self._language == "en"])
        phrases = PHRASES.get((node.name, len(node.args))) or PHRASES.get((node.name, ANY))
        if phrases is None:
            return f"{node.name}({self._all(node.args)})", _ATOM
        return self._phrase(node, phrases[self._language == "en"])

    def _phrase(self, node: Call, phrase: str) -> tuple[str, int]:
        words = _SLOT.sub(lambda slot: self._slot(node, slot), phrase)
        if ", " in phrase or phrase.endswith(">"):
            return words, 0
        closed = phrase == "{0}" or phrase.endswith(")")
        return words, _CONDITION if phrase.startswith("{") and not closed else _ATOM

    def _slot(self, call: Call, slot: re.Match[str]) -> str:
        noun, condition = slot.groups()
        if noun == "*":
            return self._all(call.args)
        argument = call.args[int(noun or condition)]
        literal = named_by_literal(call)
        if literal and literal[1] is argument:
            return self._labels.get(literal[1].value, literal[1].value)
        if call.name == "selected" and isinstance(argument, Text) and (asked := question_of(call.args[0])):
            return self._choice(asked, argument) or self._leaf(argument)
        return self._at_least(argument, _NOUN if noun else _CONDITION)

    def _all(self, args: Sequence[Node]) -> str:
        return "; ".join(self.say(arg)[0] for arg in args)
