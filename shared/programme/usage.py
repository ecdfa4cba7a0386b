"""Which scales, indicators and flags rest on a question."""

from __future__ import annotations

from collections.abc import Iterator

from shared.expressions import ExpressionError, References, parse, references
from shared.programme.model import Programme


def users_of(programme: Programme) -> dict[str, list[str]]:
    """Return, for every question that something is computed from, what: `indicator H15`, `flag F-H14`, `scale ACC`.

    Flags that judge the question through one indicator count, too.
    """
    found: dict[str, list[str]] = {}
    through: dict[str, list[str]] = {}
    for name, text in _rules(programme):
        used = _used(text)
        for question in used.questions:
            found.setdefault(question, []).append(name)
        for indicator in used.names:
            through.setdefault(f"indicator {indicator}", []).append(name)
    for scale in programme.scales:
        for item in scale.items:
            found.setdefault(item, []).append(f"scale {scale.id}")
    return {
        question: list(dict.fromkeys((*names, *(rule for name in names for rule in through.get(name, ())))))
        for question, names in found.items()
    }


def _rules(programme: Programme) -> Iterator[tuple[str, str]]:
    for indicator in programme.indicators:
        yield f"indicator {indicator.id}", indicator.value
        yield f"indicator {indicator.id}", indicator.valid_when or ""
    for flag in programme.flags:
        for text in (*flag.raise_.values(), flag.clear or ""):
            yield f"flag {flag.id}", text


def _used(text: str) -> References:
    try:
        return references(parse(text or "0"))
    except ExpressionError:
        return references(parse("0"))
