"""What calls must look like: argument counts and arguments that have to be written out."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from shared.expressions.faults import ExpressionFault
from shared.expressions.missing import Reason
from shared.expressions.patterns import pattern_fault
from shared.expressions.tree import Call, Name, Node, Number, Parent, Question, Text, quoted_question
from shared.expressions.values import parse_day

ArgumentRule = Callable[[Node], str | None]
"""Says what is wrong with an argument as it is written, or None."""


class Signature(Protocol):
    @property
    def least(self) -> int: ...

    @property
    def most(self) -> int | None: ...

    @property
    def rules(self) -> Mapping[int, ArgumentRule]: ...


def call_faults(call: Call, known: Mapping[str, Signature], elsewhere: Iterable[str]) -> Iterator[ExpressionFault]:
    """Yield what is wrong with a call itself; `elsewhere` are functions of the other evaluator."""
    signature = known.get(call.name)
    if signature is None:
        yield _unknown(call, known, elsewhere)
        return
    count = len(call.args)
    if count < signature.least or (signature.most is not None and count > signature.most):
        yield ExpressionFault("argument_count", _count_message(call.name, signature, count), call.column)
    for index, rule in signature.rules.items():
        problem = rule(call.args[index]) if index < count else None
        if problem:
            yield ExpressionFault("argument", f"{call.name}(): {problem}.", call.args[index].column)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for the closest known word, or ''."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean {close[0]}?" if close else ""


def _unknown(call: Call, known: Mapping[str, Signature], elsewhere: Iterable[str]) -> ExpressionFault:
    if call.name in elsewhere:
        message = f"{call.name}() cannot be used here.{did_you_mean(call.name, known)}"
        return ExpressionFault("function_not_here", message, call.column)
    message = f"There is no function {call.name}().{did_you_mean(call.name, known)}"
    return ExpressionFault("unknown_function", message, call.column)


def _count_message(name: str, signature: Signature, count: int) -> str:
    if signature.most is None:
        wanted = f"at least {signature.least}"
    elif signature.most == signature.least:
        wanted = str(signature.least)
    else:
        wanted = f"{signature.least} to {signature.most}"
    return f"{name}() takes {wanted} arguments, not {count}."


def whole(low: int, high: int) -> ArgumentRule:
    """Require a whole number written out, from low to high."""

    def rule(node: Node) -> str | None:
        good = isinstance(node, Number) and node.value.is_integer() and low <= node.value <= high
        return None if good else f"a whole number from {low} to {high} is needed here"

    return rule


def quoted(what: str) -> ArgumentRule:
    """Require a quoted text."""
    return lambda node: None if isinstance(node, Text) else f"{what} is needed here, in quotes"


def indicator_name(node: Node) -> str | None:
    """Require a bare indicator name."""
    return None if isinstance(node, Name) else "the name of an indicator is needed here"


def question_in_quotes(node: Node) -> str | None:
    """Require a quoted reference such as '${region}'."""
    return None if quoted_question(node) else "a question in quotes, such as '${region}', is needed here"


def question_itself(node: Node) -> str | None:
    """Require a reference such as ${members}."""
    return None if isinstance(node, Question) else "a question or repeat such as ${members} is needed here"


def parent_levels(node: Node) -> str | None:
    """Require `..`."""
    return None if isinstance(node, Parent) else "write position(..), or position(../..) from inside a group"


def readable_pattern(node: Node) -> str | None:
    """Require that a pattern that is written out can be read."""
    return pattern_fault(node.value) if isinstance(node, Text) else None


def readable_day(node: Node) -> str | None:
    """Require that a date that is written out is one."""
    wrong = isinstance(node, Text) and node.value and parse_day(node.value) is None
    return "a date is written as '2026-12-31'" if wrong else None


def reason_name(node: Node) -> str | None:
    """Require one of the reasons for a missing value, in quotes."""
    good = isinstance(node, Text) and node.value in Reason.__members__
    return None if good else f"one of {', '.join(Reason)} is needed here, in quotes"
