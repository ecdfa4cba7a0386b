"""The facts of a delivery put into words of one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.notify.domain import facts
from shared.quantities import quantity
from shared.web.language import message, pick

_BARS = "▁▂▃▄▅▆▇█"
_NEWS_WORD = {"first": "new", "new": "new", "repeat": "repeat", "returned": "returned"}


def picture(values: Sequence[Any]) -> str:
    """Return numbers as a row of bars, a dot where there is none; "" for fewer than two numbers."""
    known = [value for value in values if isinstance(value, int | float)]
    if len(known) < 2:
        return ""
    low, high = min(0, *known), max(0, *known)
    scale = (len(_BARS) - 1) / (high - low or 1)
    return "".join(_BARS[round((one - low) * scale)] if isinstance(one, int | float) else "·" for one in values)


class Wording:
    """Texts, numbers and subjects in one language."""

    def __init__(self, package: str, language: str) -> None:
        self._package = package
        self.language = language

    def t(self, key: str, **params: object) -> str:
        """Return one text of the catalogue."""
        return message((self._package,), self.language, key, **params)

    def facts(self, delivery: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the templates show."""
        place, programme = self.place(delivery), self._pick(delivery["programme_title"])
        why = "why.fallback" if delivery["fallback"] else "why"
        return {
            "subject": self.subject(delivery),
            "programme": programme,
            "place": place,
            "intro": self.t(f"intro.{delivery['reason']}", place=place, n=self._news(delivery)),
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
        """Return `[HoR][kritisch] Standort Musterstadt: 2 neue Hinweise`; a single one is named."""
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
            matter = f"{done}, {self.t('subject.and_open', n=still_open)}" if still_open else done
        else:
            matter = self.t(f"subject.{word}", n=self._news(delivery))
        return f"{matter}: {self._pick(delivery['alerts'][0]['label'])}" if len(statuses) == 1 else matter

    def _news(self, delivery: Mapping[str, Any]) -> int:
        statuses = [alert["status"] for alert in delivery["alerts"]]
        told = statuses if delivery["reason"] == "repeat" else [s for s in statuses if s != facts.ONGOING]
        return len([status for status in told if status != facts.RESOLVED])

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
        label = self._pick(value["label"])
        history = [{"wave": self._pick(p["wave"]), "shown": self._shown(p, value)} for p in value["history"]]
        return {
            "label": label,
            "shown": self._shown(value, value),
            "history": history if len(history) > 1 else [],
            "picture": picture([point["value"] for point in value["history"]]),
        }

    def _shown(self, point: Mapping[str, Any], of: Mapping[str, Any]) -> str:
        value = point["value"]
        if value is None:
            return self.t("missing")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._pick(point.get("text") or {}) or str(value)
        return quantity(value, of["unit"] or "", self.language, of.get("decimals"))

    def _pick(self, texts: Mapping[str, str]) -> str:
        return pick(texts, self.language)
