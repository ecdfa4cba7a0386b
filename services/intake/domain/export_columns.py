"""The columns of an export: what is known about every response, then the questions of all form versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from services.intake.domain.export_history import History
from shared.programme.model import Choice, Form, Question, Texts
from shared.programme.travel import travelling

Kind = Literal["text", "computed", "code", "number", "date", "time", "dateTime", "flag", "rank"]
KINDS: dict[str, Kind] = {
    "integer": "number", "decimal": "number", "range": "number", "select_one": "code", "acknowledge": "code",
    "date": "date", "time": "time", "dateTime": "dateTime", "select_multiple": "flag", "rank": "rank",
    "calculate": "computed", "hidden": "computed",
}  # fmt: skip
LISTS = frozenset({"flag", "rank"})
# Hidden questions that intake fills in with what the columns `site` and `wave` say.
_SAID_ALREADY = frozenset({"wave", "site_code", "org_code"})
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,14})", re.ASCII)


@dataclass(frozen=True)
class Column:
    """One column.

    `question` is None for what is known about every response. A list of choices has one column per
    `choice`: 0 or 1, or the rank. `choices` are what a code can mean, `missing` the codes that mean
    "cannot say"; `versions` are the form versions that ask the question (and offer the choice).
    """

    name: str
    kind: Kind
    label: Texts
    type: str = ""
    question: str | None = None
    choice: str | None = None
    choices: tuple[Choice, ...] = ()
    missing: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def numbers(self) -> bool:
        """True when every code is a whole number, so that the column can hold numbers."""
        return self.kind == "code" and bool(self.choices) and all(_WHOLE.fullmatch(one.name) for one in self.choices)

    def title(self, language: str) -> str:
        """Return the label in a language, else in any, else the name."""
        return in_language(self.label, language) or self.name


def in_language(texts: Texts, language: str) -> str:
    """Return a text in a language, else in the first there is, else nothing."""
    return texts.get(language) or next(iter(texts.values()), "")


def about_columns(history: History, *, full: bool) -> list[Column]:
    """Return the columns every form has. What could lead to a person is not among those of an anonymous form."""
    form = history.form
    sites = tuple(Choice(site.code, site.name) for site in history.sites)
    waves = tuple(Choice(wave.code, wave.label) for wave in history.waves)
    named = [] if form.anonymous else [_about("reference", "text"), _about("instance_id", "text")]
    if full and form.respondents == "many" and not form.anonymous:
        named.append(_about("respondent", "text"))
    return [
        *named,
        _about("site", "code", sites),
        _about("wave", "code", waves),
        _about("form_version", "code"),
        _about("received_at", "date" if form.anonymous else "dateTime"),
        _about("revision", "number"),
        _about("marks", "text"),
    ]


_ABOUT: dict[str, Texts] = {
    "reference": {"de": "Aktenzeichen der Quittung", "en": "Reference number of the receipt"},
    "instance_id": {"de": "Kennung der Abgabe", "en": "Id of the submission"},
    "respondent": {"de": "Kürzel der antwortenden Person", "en": "Code of the respondent"},
    "site": {"de": "Standort", "en": "Site"},
    "wave": {"de": "Erhebung", "en": "Wave"},
    "form_version": {"de": "Fassung des Fragebogens", "en": "Form version"},
    "received_at": {"de": "Eingegangen (UTC)", "en": "Received (UTC)"},
    "revision": {"de": "Fassung der Abgabe", "en": "Revision"},
    "marks": {"de": "Verletzte Regeln (Abgabe vom Gerät)", "en": "Broken rules (submission from a device)"},
}


def _about(name: str, kind: Kind, choices: tuple[Choice, ...] = ()) -> Column:
    return Column(name, kind, _ABOUT[name], choices=choices)


def question_columns(versions: Sequence[Form], *, texts: bool, around: Sequence[str] = ()) -> list[Column]:
    """Return the columns of the questions, newest form first: in its order, then what only older ones ask.

    `around` are the repeats whose items are the rows. Without `texts` only what may leave intake in every
    version: codes, numbers, dates.
    """
    asked: dict[str, list[tuple[Form, Question]]] = {}
    kept_back: set[str] = set()
    for form in versions:
        travels = travelling(form, inside_repeats=True)
        repeats = form.repeats()
        for question in form.questions():
            if repeats.get(question.name, ()) != tuple(around):
                continue
            asked.setdefault(question.name, []).append((form, question))
            if question.name not in travels:
                kept_back.add(question.name)
    shown = [name for name in asked if texts or name not in kept_back]
    return [column for name in shown for column in _columns(asked[name])]


def _columns(asked: Sequence[tuple[Form, Question]]) -> Iterator[Column]:
    newest = asked[0][1]
    if newest.type == "note" or (newest.type == "hidden" and newest.name in _SAID_ALREADY):
        return
    kinds = {KINDS.get(question.type, "text") for _, question in asked}
    kind: Kind = kinds.pop() if len(kinds) == 1 else "text"
    name = f"answer.{newest.name}" if newest.name in _ABOUT else newest.name
    choices = _choices(asked)
    if kind not in LISTS:
        missing = tuple(one.name for one in choices if any(one.name in form.missing for form, _ in asked))
        versions = tuple(form.version for form, _ in asked)
        yield Column(name, kind, newest.label, newest.type, newest.name, None, choices, missing, versions)
        return
    for choice in choices:
        offering = tuple(form.version for form, question in asked if choice.name in _names(form, question))
        label = {language: f"{text} – {in_language(choice.label, language)}" for language, text in newest.label.items()}
        yield Column(f"{name}.{choice.name}", kind, label, newest.type, newest.name, choice.name, versions=offering)


def _choices(asked: Iterable[tuple[Form, Question]]) -> tuple[Choice, ...]:
    """Return every choice a question ever had, each as the newest version words it."""
    found: dict[str, Choice] = {}
    for form, question in asked:
        for choice in form.choices.get(question.list_name or "", ()):
            found.setdefault(choice.name, choice)
    return tuple(found.values())


def _names(form: Form, question: Question) -> set[str]:
    return {choice.name for choice in form.choices.get(question.list_name or "", ())}
