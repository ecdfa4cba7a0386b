"""Questions that depend on themselves, directly or in a circle, through calculations and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.expressions import Call, Current, Node, cycles, references
from shared.expressions.tree import walk
from shared.programme.entries import FormDraft
from shared.programme.model import Group, Question
from shared.programme.place import Located, Report, listed

Dependency = tuple[Question | Group, str, Located, Node]
_DECIDING = ("calculation", "relevant", "repeat_count")


def check_cycles(draft: FormDraft, conditions: Sequence[Dependency], report: Report) -> None:
    """Report each circle once, at the first cell that belongs to it."""
    uses: dict[tuple[str, str], Located] = {}
    for owner, column, cell, node in conditions:
        if column not in _DECIDING:
            continue
        affected = [owner.name] if isinstance(owner, Question) else [q.name for q in _inside(owner)]
        for name in affected:
            for used in _used(node, name):
                uses.setdefault((name, used), cell)
    graph: dict[str, set[str]] = {}
    for name, used in uses:
        graph.setdefault(name, set()).add(used)
    for circle in cycles(graph):
        _report(circle, uses, draft, report)


def _inside(group: Group) -> Iterator[Question]:
    for item in group.items:
        if isinstance(item, Group):
            yield from _inside(item)
        else:
            yield item


def _used(node: Node, owner: str) -> set[str]:
    used = set(references(node).questions)
    if any(isinstance(part, Current) for part, _ in walk(node)):
        used.add(owner)
    return used - {owner} if isinstance(node, Call) and node.name == "once" else used


def _report(circle: list[str], uses: dict[tuple[str, str], Located], draft: FormDraft, report: Report) -> None:
    order = [question.name for question in draft.form.questions() if question.name in circle]
    cell = next(uses[name, used] for name in order for used in order if (name, used) in uses)
    if len(order) == 1:
        message = f'"{order[0]}" depends on itself; only a constraint may look at its own answer.'
        report.fault(cell.place, "self_reference", message)
    else:
        message = f"These depend on each other in a circle: {listed(order)}. Break the circle at one of them."
        report.fault(cell.place, "cycle", message)
