"""Draws synthetic answers as a programme's `demo.yaml` says; the same seed gives the same answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Sample:
    """One synthetic submission."""

    form: str
    site: str
    wave: str
    respondent: int
    answers: Mapping[str, Any]


def samples(folder: Path, sites: list[str]) -> Iterator[Sample]:
    """Yield the submissions of a programme folder's `demo.yaml`, wave by wave; nothing without the file."""
    file = folder / "demo.yaml"
    if not file.exists():
        return
    demo = yaml.safe_load(file.read_text(encoding="utf-8"))
    for form, spec in demo["forms"].items():
        left_out = {(gap["site"], gap["wave"]) for gap in spec.get("missing", ())}
        for wave in spec["waves"]:
            for site in sites:
                if (site, wave) not in left_out:
                    yield from _site(demo["seed"], form, spec, site, wave)


def _site(seed: int, form: str, spec: Mapping[str, Any], site: str, wave: str) -> Iterator[Sample]:
    low, high = spec.get("respondents", (1, 1))
    count = random.Random(f"{seed}/{form}/{site}/{wave}").randint(low, high)
    for respondent in range(count):
        draw = _Draw(f"{seed}/{form}/{site}", f"{wave}/{respondent}", respondent)
        answers: dict[str, Any] = {}
        for question, rule in spec["answers"].items():
            answers[question] = draw.answer(question, rule, answers)
        for story in spec.get("stories", ()):
            if site in story["sites"] and wave in story["waves"]:
                answers.update(story["set"])
        yield Sample(form, site, wave, respondent, answers)


class _Draw:
    """Draws one respondent's answers."""

    def __init__(self, place: str, moment: str, respondent: int) -> None:
        self._place, self._moment, self._respondent = place, moment, respondent

    def answer(self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
        """Return an answer under one rule; rules are named in the file by their first key."""
        kind = next(iter(rule))
        chance = self._chance(question, rule)
        if kind in ("value", "text"):
            return rule[kind]
        if kind == "cycle":
            return rule["cycle"][self._respondent % len(rule["cycle"])]
        if kind == "first_of":
            return answers[rule["first_of"]][0]
        return getattr(self, f"_{kind}")(question, rule, answers, chance)

    def _chance(self, question: str, rule: Mapping[str, Any]) -> random.Random:
        moment = "" if rule.get("per_site") else self._moment
        return random.Random(f"{self._place}/{question}/{moment}")

    def _pick(self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any], chance: random.Random) -> Any:
        names, weights = zip(*rule["pick"].items(), strict=True)
        return chance.choices(names, weights)[0]

    def _between(
        self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any], chance: random.Random
    ) -> Any:
        value = chance.uniform(*rule["between"])
        if "wobble" in rule:
            value *= 1 + random.Random(f"{self._place}/{question}/{self._moment}").uniform(-1, 1) * rule["wobble"]
        return _rounded(value, rule)

    def _share_of(
        self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any], chance: random.Random
    ) -> Any:
        return _rounded(float(answers[rule["share_of"]]) * chance.uniform(*rule["between"]), rule)

    def _draw(self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any], chance: random.Random) -> Any:
        return chance.sample(rule["draw"], chance.randint(*rule["count"]))

    def _likert(self, question: str, rule: Mapping[str, Any], answers: Mapping[str, Any], chance: random.Random) -> Any:
        site_level = random.Random(f"{self._place}/level").uniform(-0.35, 0.35)
        drawn = round(chance.gauss(rule["likert"] + site_level, 0.75))
        return str(min(rule["of"], max(1, drawn)))


def _rounded(value: float, rule: Mapping[str, Any]) -> float | int:
    decimals = rule.get("decimals", 0)
    return round(value, decimals) if decimals else round(value)
