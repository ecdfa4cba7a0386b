"""Rules written once and repeated for every choice of a list (`each: topic`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.programme.drafts import ProgrammeDraft
from shared.programme.fields import Record
from shared.programme.model import Choice, Texts

MARK = "{each}"
LEFT_OUT = "none"


@dataclass(frozen=True)
class Turn:
    """One repetition; without a choice it changes nothing."""

    choice: Choice | None = None

    def text(self, text: str) -> str:
        """Return the text with the choice's name filled in."""
        return text.replace(MARK, self.choice.name) if self.choice else text

    def id(self, text: str) -> str:
        """Return the id; when it does not say where, the choice's name comes last."""
        if self.choice is None:
            return text
        return self.text(text if MARK in text or not text else f"{text}_{MARK}")

    def texts(self, texts: Texts, *, label: bool = False) -> dict[str, str]:
        """Return the texts with the choice's label filled in; a label without a mark gets it appended."""
        if self.choice is None:
            return dict(texts)
        filled: dict[str, str] = {}
        for code, text in texts.items():
            name = self.choice.label.get(code, self.choice.name)
            filled[code] = f"{text}: {name}" if label and MARK not in text else text.replace(MARK, name)
        return filled


def turns(record: Record, form_id: str, draft: ProgrammeDraft) -> Iterator[Turn]:
    """Yield one turn per choice of the list in `each` (without `none`), or one plain turn."""
    scalar = record.scalar("each")
    if scalar is None:
        yield Turn()
        return
    form = draft.forms.get(form_id)
    lists = form.form.choices if form else {}
    if form and scalar.text not in lists:
        hint = record.report.hint(scalar.text, lists)
        message = f'The form "{form_id}" has no choice list "{scalar.text}".{hint}'
        record.fault(scalar.place, "unknown_list", message)
    for choice in lists.get(scalar.text, ()):
        if choice.name != LEFT_OUT:
            yield Turn(choice)
