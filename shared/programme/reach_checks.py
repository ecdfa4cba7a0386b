"""Questions that nobody can ever be asked, because the conditions around them cannot hold together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product

from shared.expressions import (
    ExpressionError,
    FormContext,
    FormState,
    Node,
    Value,
    compile_form,
    parse,
    references,
    truth,
)
from shared.programme.entries import FormDraft
from shared.programme.model import Group, Question
from shared.programme.place import Report, listed
from shared.programme.reach_values import Answers, possible_answers

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_COMBINATIONS = 2_000
_MOST_TRIALS = 60_000
_MOST_QUESTIONS = 8


@dataclass(frozen=True)
class _Gate:
    """One `relevant` on the way to a question: whose it is, and how it is judged."""

    owner: str
    node: Node
    run: Callable[[FormContext], Value]


Gates = tuple[_Gate, ...]


def check_reach(draft: FormDraft, report: Report) -> None:
    """Report every question or group whose conditions contradict each other, the outermost of each.

    Only what can be shown is reported: all answers the conditions tell apart are tried. Expects a form without faults.
    """
    reach = _Reach(draft)
    for item, around in reach.unreachable(draft.form.items, ()):
        cell = draft.entries[item.name].cell("relevant") if item.name in draft.entries else None
        if cell:
            others = [name for name in reach.decided_by(around) if name != item.name]
            message = (
                f'"{item.name}" is never asked: no answers to {listed(others)} make this and the conditions around '
                "it true at once. Correct the condition or remove the row."
            )
            report.fault(cell.place, "never_relevant", message)


@dataclass
class _Reach:
    draft: FormDraft
    trials: int = _MOST_TRIALS
    gates: dict[str, Gates] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gates = dict(_gates(self.draft.form.items, ()))

    def unreachable(self, items: Iterable[Question | Group], around: Gates) -> Iterator[tuple[Question | Group, Gates]]:
        """Yield what can never be shown, with the conditions on the way to it; nothing inside it again."""
        for item in items:
            own = (*around, *_gate(item))
            if len(own) > len(around) and self.never(own):
                yield item, own
            elif isinstance(item, Group):
                yield from self.unreachable(item.items, own)

    def decided_by(self, gates: Gates) -> list[str]:
        """Return the questions the conditions ask, and those that decide whether these are asked, in sheet order."""
        found: set[str] = set()
        waiting = {name for gate in gates for name in references(gate.node).questions}
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= {one for gate in self.gates.get(name, ()) for one in references(gate.node).questions} - found
        return [question.name for question in self.draft.form.questions() if question.name in found]

    def never(self, gates: Gates) -> bool:
        """Return True when no answers make all conditions true; False also when that cannot be told."""
        names = self.decided_by(gates)
        if not 0 < len(names) <= _MOST_QUESTIONS:
            return False
        nodes = [gate.node for gate in gates] + [gate.node for name in names for gate in self.gates[name]]
        domains = [possible_answers(self.draft.form, name, nodes) for name in names]
        count = 1
        for domain in domains:
            count *= len(domain or ())
        if not 0 < count <= min(_MOST_COMBINATIONS, self.trials):
            return False
        self.trials -= count
        return not any(
            self._hold(gates, dict(zip(names, given, strict=True))) for given in product(*map(_all, domains))
        )

    def _hold(self, gates: Gates, given: Mapping[str, object]) -> bool:
        counted: dict[str, object] = {}
        for name in given:
            self._count(name, given, counted)
        return _true(gates, counted)

    def _count(self, name: str, given: Mapping[str, object], counted: dict[str, object]) -> None:
        """Let an answer count only if its question is asked; what decides that is settled first."""
        if name in counted:
            return
        counted[name] = ""
        for gate in self.gates[name]:
            for asked in references(gate.node).questions:
                self._count(asked, given, counted)
        counted[name] = given[name] if _true(self.gates[name], counted) else ""


def _all(domain: Answers | None) -> Answers:
    return domain or ()


def _true(gates: Gates, answers: Mapping[str, object]) -> bool:
    state = FormState(answers, _SOME_DAY, new_id=str)
    return all(truth(gate.run(state)) for gate in gates)


def _gates(items: Iterable[Question | Group], around: Gates) -> Iterator[tuple[str, Gates]]:
    for item in items:
        own = (*around, *_gate(item))
        if isinstance(item, Group):
            yield from _gates(item.items, own)
        else:
            yield item.name, own


def _gate(item: Question | Group) -> Gates:
    try:
        node = parse(item.relevant) if item.relevant else None
    except ExpressionError:
        return ()
    return (_Gate(item.name, node, compile_form(node)),) if node else ()
