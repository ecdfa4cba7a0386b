"""Form functions for conditions and choices."""

from __future__ import annotations

from collections.abc import Sequence

from shared.expressions.context import FormContext, Value
from shared.expressions.form_functions import FormFunction, Run, contextual, plain
from shared.expressions.signatures import question_in_quotes
from shared.expressions.tree import Call, quoted_question
from shared.expressions.values import as_number, as_text, each, is_empty, truth


def _if(_: Call, args: Sequence[Run]) -> Run:
    condition, then, otherwise = args

    def choose(context: FormContext) -> Value:
        decided = condition(context)
        if decided is True or (decided is not False and truth(decided)):
            return then(context)
        return otherwise(context)

    return choose


def _coalesce(_: Call, args: Sequence[Run]) -> Run:
    def first_answered(context: FormContext) -> Value:
        for arg in args:
            value = arg(context)
            if not is_empty(value):
                return value
        return ""

    return first_answered


def _once(_: Call, args: Sequence[Run]) -> Run:
    compute = args[0]

    def keep(context: FormContext) -> Value:
        current = context.current
        return compute(context) if is_empty(current) else current

    return keep


def _choice_name(call: Call, args: Sequence[Run]) -> Run:
    question = quoted_question(call.args[1]) or ""

    def label(context: FormContext) -> Value:
        value = as_text(args[0](context))
        return context.choices(question).get(value, "")

    return label


def _selected(values: Value, wanted: Value) -> Value:
    return as_text(wanted).strip() in as_text(values).split()


def _selected_at(values: Value, position: Value) -> Value:
    tokens = as_text(values).split()
    index = as_number(position)
    return tokens[int(index)] if 0 <= index < len(tokens) else ""


def _checklist(least: Value, most: Value, *answers: Value) -> Value:
    return _within(least, most, float(sum(truth(answer) for answer in each(answers))))


def _weighted_checklist(least: Value, most: Value, *pairs: Value) -> Value:
    weights = [as_number(weight) for answer, weight in zip(pairs[::2], pairs[1::2], strict=False) if truth(answer)]
    return _within(least, most, sum(weights, 0.0))


def _within(least: Value, most: Value, total: float) -> bool:
    low, high = as_number(least), as_number(most)
    return (low == -1 or total >= low) and (high == -1 or total <= high)


def _same(value: bool) -> FormFunction:
    return FormFunction(0, 0, lambda _call, _args: lambda _context: value)


FUNCTIONS = {
    "if": FormFunction(3, 3, _if),
    "coalesce": FormFunction(1, None, _coalesce),
    "once": FormFunction(1, 1, _once),
    "jr:choice-name": FormFunction(2, 2, _choice_name, {1: question_in_quotes}),
    "selected": plain(_selected, 2),
    "selected-at": plain(_selected_at, 2),
    "count-selected": plain(lambda values: float(len(as_text(values).split())), 1),
    "not": plain(lambda value: not truth(value), 1),
    "boolean": plain(truth, 1),
    "boolean-from-string": plain(lambda value: as_text(value) in ("true", "1"), 1),
    "true": _same(True),
    "false": _same(False),
    "checklist": plain(_checklist, 3, None),
    "weighted-checklist": plain(_weighted_checklist, 4, None),
    "uuid": contextual(lambda context, *length: _uuid(context, *length), 0, 1),
}


def _uuid(context: FormContext, length: Value = "") -> Value:
    identity = context.instance_ids()
    if is_empty(length):
        return identity
    size = as_number(length)
    wanted = int(min(size, 200)) if size > 0 else 0
    characters = ""
    while len(characters) < wanted:
        characters += context.instance_ids().replace("-", "")
    return characters[:wanted]
