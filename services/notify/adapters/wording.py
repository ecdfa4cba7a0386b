"""The facts of a delivery put into words of one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notify.domain import facts
from shared.web.language import message, number, pick

_NEWS_WORD = {"first": "new", "new": "new", "repeat": "repeat", "returned": "returned"}


class Wording:
    """Texts, numbers and subjects in one language."""

    def __init__(self, package: str, language: str) -> None:
        self._package = package
        self._language = language

    def t(self, key: str, **params: object) -> str:
        """Return one text of the catalogue."""
        return message((self._package,), self._language, key, **params)

    def facts(self, delivery: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the templates show."""
        place, programme = self.place(delivery), self._pick(delivery["programme_title"])
        why = "why.fallback" if delivery["fallback"] else "why"
        return {
            "subject": self.subject(delivery),
            "programme": programme,
            "place": place,
            "intro": self.t(f"intro.{delivery['reason']}", place=place),
            "alerts": [self._alert(alert) for alert in delivery["alerts"]],
            "why": self.t(why, place=place, programme=programme),
        }

    def place(self, delivery: Mapping[str, Any]) -> str:
        """Return `Standort Musterstadt`, or `alle Standorte` for a whole programme."""
        if delivery["site"] == "*":
            return self.t("place.all")
        unit = self._pick(delivery["unit_label"])
        return f"{unit[:1].upper()}{unit[1:]} {self._pick(delivery['site_name'])}"

    def subject(self, delivery: Mapping[str, Any]) -> str:
        """Return `[HoR][kritisch] Standort Musterstadt: 2 neue Hinweise`."""
        title = facts.short_title(self._pick(delivery["programme_title"]))
        tag = self.t(f"tag.{delivery['severity'] or 'resolved'}")
        return f"[{title}][{tag}] {self.place(delivery)}: {self._matter(delivery)}"

    def _matter(self, delivery: Mapping[str, Any]) -> str:
        statuses = [alert["status"] for alert in delivery["alerts"]]
        resolved = statuses.count(facts.RESOLVED)
        still_open = len(statuses) - resolved
        word = _NEWS_WORD.get(delivery["reason"])
        if word is None:
            done = self.t("subject.resolved", n=resolved)
            return f"{done}, {self.t('subject.and_open', n=still_open)}" if still_open else done
        counted = still_open if word == "repeat" else still_open - statuses.count(facts.ONGOING)
        return self.t(f"subject.{word}", n=counted)

    def _alert(self, alert: Mapping[str, Any]) -> dict[str, Any]:
        resolved = alert["status"] == facts.RESOLVED
        return {
            "tag": self.t(f"tag.{'resolved' if resolved else alert['severity']}"),
            "label": self._pick(alert["label"]),
            "status": self.t(f"status.{alert['status']}"),
            "wave": self._pick(alert["wave"]),
            "rule": self._pick(alert["rule"]),
            "ends": "" if resolved else self._pick(alert["counterfactual"]),
            "support": [] if resolved else [self._pick(measure) for measure in alert["support"]],
            "values": [self._value(value) for value in alert["values"]],
        }

    def _value(self, value: Mapping[str, Any]) -> dict[str, Any]:
        label, unit = self._pick(value["label"]), value["unit"] or ""
        history = [{"wave": self._pick(p["wave"]), "shown": self._shown(p["value"], unit)} for p in value["history"]]
        return {
            "label": label,
            "shown": self._shown(value["value"], unit),
            "trend": self.t("trend", label=label),
            "history": history if len(history) > 1 else [],
        }

    def _shown(self, value: Any, unit: str) -> str:
        if value is None:
            return self.t("missing")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return f"{number(value, self._language)} {unit}".strip()

    def _pick(self, texts: Mapping[str, str]) -> str:
        return pick(texts, self._language)
