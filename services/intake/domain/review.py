"""Looking at what was handed in: what changed between two revisions, and asking for a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.compiled import CompiledForm, Item
from services.intake.domain.repeats import is_repeat
from services.intake.domain.submission import Submission
from services.intake.domain.unfolding import unfold
from services.intake.domain.values import Answer


@dataclass(frozen=True)
class SentBack:
    """A revision that somebody asked to be corrected: what about it, by whom, until when changes are taken."""

    comment: str
    by: str
    at: str
    until: str


@dataclass(frozen=True)
class Stated:
    """A revision with the form in the version it was given to."""

    submission: Submission
    compiled: CompiledForm

    @property
    def items(self) -> Mapping[str, Item]:
        """The questions, those in the items of its repeats under keys of their own."""
        return unfold(self.compiled, self.submission.answers).items


@dataclass(frozen=True)
class Difference:
    """One question whose answer differs, with the item that says it in words on each side (None = not asked)."""

    key: str
    before: tuple[Item | None, Answer | None]
    after: tuple[Item | None, Answer | None]

    @property
    def item(self) -> Item:
        """The question, as the later revision was asked if it was."""
        found = self.after[0] or self.before[0]
        assert found is not None
        return found


def differences(before: Stated, after: Stated) -> list[Difference]:
    """Return every question that people answer and whose answer differs, in the order of the later form."""
    old, new = before.items, after.items
    found = []
    for key in dict.fromkeys([*new, *old]):
        change = Difference(
            key,
            (old.get(key), before.submission.answers.get(key)),
            (new.get(key), after.submission.answers.get(key)),
        )
        if change.before[1] != change.after[1] and change.item.question.asked and not is_repeat(change.item):
            found.append(change)
    return found
