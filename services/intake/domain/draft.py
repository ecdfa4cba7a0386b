"""A draft: answers on their way, kept even when they are wrong."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from services.intake.domain.compiled import CompiledForm
from services.intake.domain.repeats import ids_of, with_first_items
from services.intake.domain.submission import Place
from services.intake.domain.typed import read_typed
from services.intake.domain.unfolding import unfold
from services.intake.domain.values import Answer, Refused, read
from shared.errors import Fault


@dataclass(frozen=True)
class Left:
    """An answer that an earlier version of the form took and a newer one does not."""

    version: str
    value: Answer


@dataclass(frozen=True)
class Draft:
    """One respondent's answers before (and, without answers, after) they are submitted.

    `answers` have the right form; `typed` are those that do not, as typed. `instance_id` is the id
    the submission will have, so that submitting twice is submitting once. `deprecated_id` names the
    submission it will replace. `seen` are the pages that were sent. `saved_at` is to the day for
    anonymous forms. `own` is the part of a shared link that is this respondent's alone; it is never stored.
    `last_page` is the page that was sent last. `form_version` is the version the answers were given to
    ("" = not known), `revised_from` the one before that when it has changed since the draft was begun.
    """

    id: str
    place: Place
    respondent: str | None
    instance_id: str
    saved_at: str
    deprecated_id: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen: Sequence[str] = ()
    state: Literal["draft", "submitted"] = "draft"
    rev: int = 0
    own: str = field(default="", repr=False)
    last_page: str = ""
    form_version: str = ""
    revised_from: str = ""
    left: Mapping[str, Left] = field(default_factory=dict)

    def with_page(self, compiled: CompiledForm, page: str, sent: Mapping[str, Sequence[str]], language: str) -> Draft:
        """Return the draft after a page was sent: for each of its questions what was typed, or nothing.

        Without the name of a page it is only saved: the person has not gone on yet.
        """
        answers = {name: value for name, value in self.answers.items() if name not in sent}
        typed = {name: value for name, value in self.typed.items() if name not in sent}
        items = unfold(compiled, {**answers, **sent}).items
        for name in (name for name in sent if name in items):
            item, given = items[name], list(sent[name])
            try:
                answer = read_typed(item.question, item.names, given, language)
            except Refused:
                typed[name] = given
            else:
                if answer is not None:
                    answers[name] = answer
        seen = self.seen if page in ("", *self.seen) else [*self.seen, page]
        return replace(self, answers=answers, typed=typed, seen=seen, last_page=page or self.last_page)

    def with_item(self, compiled: CompiledForm, repeat: str, id_: str) -> Draft:
        """Return the draft with one more item in a repeat, and one in every repeat in it."""
        held = self.answers.get(repeat, [])
        answers = {**self.answers, repeat: [*(held if isinstance(held, list) else []), id_]}
        return replace(self, answers=with_first_items(compiled, answers, under=(*ids_of(repeat), id_)))

    def without_item(self, compiled: CompiledForm, repeat: str, id_: str) -> Draft:
        """Return the draft without an item of a repeat and everything answered in it."""
        held = self.answers.get(repeat, [])
        left = [one for one in held if one != id_] if isinstance(held, list) else []
        answers = {**self.answers, repeat: left}
        items = unfold(compiled, answers).items
        typed = {name: given for name, given in self.typed.items() if name in items}
        return replace(self, answers={name: answers[name] for name in answers if name in items}, typed=typed)

    def refused(self, compiled: CompiledForm, language: str) -> dict[str, Fault]:
        """Return the fault of every answer that was typed in the wrong form.

        What this language (or a newer form) could read was not readable when it was typed: it stays a
        fault until it is looked at again.
        """
        found: dict[str, Fault] = {}
        items = unfold(compiled, self.answers).items
        for name, given in self.typed.items():
            item = items.get(name)
            if item is None:
                continue
            try:
                read_typed(item.question, item.names, list(given), language)
            except Refused as why:
                found[name] = why.at(name, language)
            else:
                found[name] = Refused("look_again").at(name, language)
        return found

    def known(self, compiled: CompiledForm) -> dict[str, Answer]:
        """Return the answers the form (still) asks for and can hold; a newer version may have changed."""
        found: dict[str, Answer] = {}
        items = unfold(compiled, self.answers).items
        for name, value in self.answers.items():
            item = items.get(name)
            with contextlib.suppress(Refused):
                answer = read(item.question, item.names, value) if item else None
                if answer is not None:
                    found[name] = answer
        return found
