"""One expression language for forms, indicators and flags: XLSForm expressions, one tree, two evaluators.

`parse(text)` reads an expression within hard limits or raises `ExpressionError` (message, column from 1);
`check(node, scope)` names every fault of a readable one; `references`, `uses_first`, `cycles`,
`comparisons`, `in_words`, `to_json`/`from_json` serve definitions, explanations and the browser.

`compile_form(node)` gives a function `FormContext -> Value` with ODK's meaning: empty is '', numbers may be
NaN, coercions as in XPath, nothing raises. Dates are ISO text; in arithmetic they count as days since 1970.

`compile_indicator(node)` gives a function `IndicatorContext -> Result` in which a missing value says why
(`Missing(reason)`) and logic is three-valued. `compile_counted` also returns `n`, the smallest number of
valid respondents any aggregate of the expression rests on (None if it has no aggregate).
Both compile functions raise `ExpressionError` for unknown functions and wrong arguments; names are not
checked there: that is `check`, with the `Scope` of names that exist.

The evaluators ask their surroundings through the ports `FormContext`, `IndicatorContext`, `Row` (context.py).
"""

from shared.expressions.checks import Scope, check
from shared.expressions.comparisons import Comparison, comparisons
from shared.expressions.context import Answer, FormContext, IndicatorContext, Row, Scale, Value
from shared.expressions.dependencies import cycles, uses_first
from shared.expressions.faults import ExpressionError, ExpressionFault
from shared.expressions.forms import FormState, compile_form
from shared.expressions.indicators import Counted, compile_counted, compile_indicator
from shared.expressions.json_form import from_json, to_json
from shared.expressions.missing import Missing, Reason, Result, first_missing
from shared.expressions.parser import parse
from shared.expressions.tree import (
    Binary,
    Call,
    Current,
    LastSaved,
    Name,
    Node,
    Number,
    Question,
    References,
    Text,
    Unary,
    references,
)
from shared.expressions.values import as_number, as_text, form_value, truth
from shared.expressions.words import Language, in_words, measured, question_of

__all__ = [
    "Answer",
    "Binary",
    "Call",
    "Comparison",
    "Counted",
    "Current",
    "ExpressionError",
    "ExpressionFault",
    "FormContext",
    "FormState",
    "IndicatorContext",
    "Language",
    "LastSaved",
    "Missing",
    "Name",
    "Node",
    "Number",
    "Question",
    "Reason",
    "References",
    "Result",
    "Row",
    "Scale",
    "Scope",
    "Text",
    "Unary",
    "Value",
    "as_number",
    "as_text",
    "check",
    "comparisons",
    "compile_counted",
    "compile_form",
    "compile_indicator",
    "cycles",
    "first_missing",
    "form_value",
    "in_words",
    "measured",
    "question_of",
    "from_json",
    "parse",
    "references",
    "to_json",
    "truth",
    "uses_first",
]
