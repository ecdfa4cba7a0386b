"""What people call the things an expression names, per language."""

from __future__ import annotations

from collections.abc import Mapping

from services.scoring.domain.plan import Compiled, Plan
from shared.expressions import Question, in_words, measured, question_of
from shared.expressions.words import Language
from shared.programme.model import Indicator, Programme, Texts

LANGUAGES: tuple[Language, ...] = ("de", "en")


def pick(texts: Texts, language: str) -> str:
    """Return the text in this language, else in German, English or any; "" if there is none."""
    for code in (language, *LANGUAGES):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()), "")


def labels(programme: Programme, language: Language) -> dict[str, str]:
    """Return names of indicators, questions, forms, scales and features, and `question=choice`, with their labels."""
    found = {name: pick(texts, language) for name, texts in programme.feature_labels.items()}
    found.update((form.id, pick(form.title, language)) for form in programme.forms)
    for form in programme.forms:
        for question in form.questions():
            found[question.name] = pick(question.label, language) or question.name
            for choice in form.choices.get(question.list_name or "", ()):
                found[f"{question.name}={choice.name}"] = pick(choice.label, language) or choice.name
    found.update((one.id, pick(one.label, language) or one.id) for one in programme.indicators)
    return found


class Speaker:
    """Says expressions and terms of one plan in words; builds its labels, and each sentence, once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._labels: Mapping[Language, Mapping[str, str]] = {
            language: labels(plan.programme, language) for language in LANGUAGES
        }
        self._units = {one.id: one.unit for one in plan.programme.indicators}
        self._said: dict[str, dict[str, str]] = {}

    def label(self, name: str) -> dict[str, str]:
        """Return what a name is called, per language."""
        return {language: self._labels[language].get(name, name) for language in LANGUAGES}

    def say(self, one: Compiled) -> dict[str, str]:
        """Return an expression in words, per language."""
        if one.source not in self._said:
            self._said[one.source] = {
                language: in_words(one.node, self._labels[language], language, self._units) for language in LANGUAGES
            }
        return dict(self._said[one.source])

    def term(self, one: Compiled) -> dict[str, str]:
        """Return what a term is called where it stands alone, per language."""
        return self.label(one.node.name) if isinstance(one.node, Question) else self.say(one)

    def unit(self, one: Compiled | None) -> str:
        """Return the unit of a term that is an indicator, here or in another wave, else nothing."""
        indicator = self._indicator(one)
        return indicator.unit if indicator else ""

    def decimals(self, one: Compiled | None) -> int | None:
        """Return how many decimals a term that is an indicator is shown with."""
        indicator = self._indicator(one)
        return indicator.decimals if indicator else None

    def choice(self, one: Compiled | None, value: object) -> dict[str, str] | None:
        """Return the labels of chosen codes where the term is a question with choices, else None."""
        asked = None if one is None else question_of(one.node)
        if asked is None or not isinstance(value, str):
            return None
        keys = [f"{asked.name}={code}" for code in value.split()]
        if not keys or keys[0] not in self._labels["de"]:
            return None
        return {
            lang: ", ".join(self._labels[lang].get(key, key.partition("=")[2]) for key in keys) for lang in LANGUAGES
        }

    def _indicator(self, one: Compiled | None) -> Indicator | None:
        node = None if one is None else measured(one.node)
        return self.plan.measures[node.id].definition if node and node.id in self.plan.measures else None
