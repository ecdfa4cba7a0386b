"""The facts of a delivery put into words of one language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


def _news(delivery: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the open alerts a mail is about: what is new, in a reminder all of them."""
    open_ = [alert for alert in delivery["alerts"] if alert["status"] != facts.RESOLVED]
    return open_ if delivery["reason"] == "repeat" else [a for a in open_ if a["status"] != facts.ONGOING]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _from_first_value(history: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the points from the first value on; none where there never was one."""
    first = next((number for number, point in enumerate(history) if point["value"] is not None), len(history))
    return history[first:]


def _said_elsewhere(name: str, named: Collection[str]) -> bool:
    """True for features of the round, which is named, and for the value before of something whose trend is shown."""
    return name.startswith("wave(") or (name.startswith("prev(") and name[5:-1] in named)


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
        programme, whole = self._pick(delivery["programme_title"]), delivery["site"] == "*"
        name = self.t("name.all") if whole else self._pick(delivery["site_name"])
        why = "why.fallback" if delivery["fallback"] else "why"
        reminder = delivery["reason"] == "repeat"
        known = [a for a in delivery["alerts"] if a["status"] == facts.ONGOING and not reminder]
        return {
            "subject": self.subject(delivery),
            "programme": programme,
            "place": self.place(delivery),
            "intro": self.t(f"intro.{delivery['reason']}", n=len(_news(delivery))),
            "alerts": [self._alert(alert) for alert in delivery["alerts"] if alert not in known],
            "known": [self._headline(alert) for alert in known],
            "link_text": self.t("link.inbox") if whole else self.t("link.site", unit=self._unit(delivery)),
            "why": self.t(why, name=name, programme=programme),
        }

    def place(self, delivery: Mapping[str, Any]) -> str:
        """Return `Standort Musterstadt` (`Beispielverband`, as its name says what it is), or `Programm insgesamt`."""
        if delivery["site"] == "*":
            return self.t("place.all")
        unit, name = self._unit(delivery), self._pick(delivery["site_name"])
        return name if unit.lower() in name.lower() else f"{_capital(unit)} {name}"

    def _unit(self, delivery: Mapping[str, Any]) -> str:
        return self._pick(delivery["unit_label"])

    def subject(self, delivery: Mapping[str, Any]) -> str:
        """Return `[HoR][kritisch] Standort Musterstadt: 2 neue Hinweise`; a single one is named."""
        title = self._pick(delivery["programme_short"]) or facts.initials(self._pick(delivery["programme_title"]))
        tag = self.t(f"tag.{delivery['severity'] or 'resolved'}")
        return f"[{title}][{tag}] {self.place(delivery)}: {self._matter(delivery)}"

    def _matter(self, delivery: Mapping[str, Any]) -> str:
        resolved = [alert for alert in delivery["alerts"] if alert["status"] == facts.RESOLVED]
        still_open = len(delivery["alerts"]) - len(resolved)
        word = _NEWS_WORD.get(delivery["reason"])
        if word is not None:
            return self._named(f"subject.{word}", _news(delivery))
        done = self._named("subject.resolved", resolved)
        return f"{done}, {self.t('subject.and_open', n=still_open)}" if still_open else done

    def _named(self, key: str, alerts: Sequence[Mapping[str, Any]]) -> str:
        """Return how many there are, a single one by its name."""
        matter = self.t(key, n=len(alerts))
        return f"{matter}: {self._pick(alerts[0]['label'])}" if len(alerts) == 1 else matter

    def _headline(self, alert: Mapping[str, Any]) -> dict[str, Any]:
        resolved = alert["status"] == facts.RESOLVED
        return {
            "tag": self.t(f"tag.{'resolved' if resolved else alert['severity']}"),
            "label": self._pick(alert["label"]),
            "status": "" if resolved else self.t(f"status.{alert['status']}"),
            "wave": self._pick(alert["wave"]),
        }

    def _alert(self, alert: Mapping[str, Any]) -> dict[str, Any]:
        resolved = alert["status"] == facts.RESOLVED
        named = {value["name"] for value in alert["values"]}
        return {
            **self._headline(alert),
            "rule": "" if resolved else self._pick(alert["rule"]),
            "ends": "" if resolved else self._pick(alert["counterfactual"]),
            "support": [] if resolved else [self._pick(measure) for measure in alert["support"]],
            "values": [self._value(value) for value in alert["values"] if not _said_elsewhere(value["name"], named)],
        }

    def _value(self, value: Mapping[str, Any]) -> dict[str, Any]:
        label = _capital(self._pick(value["label"]))
        points = _from_first_value(value["history"])
        history = [{"wave": self._pick(p["wave"]), "shown": self._shown(p, value)} for p in points]
        return {
            "label": label if label.endswith("?") else f"{label}:",
            "name": label,
            "shown": self._now(value, points),
            "history": history if len(history) > 1 else [],
            "picture": picture([point["value"] for point in points]),
        }

    def _now(self, value: Mapping[str, Any], points: Sequence[Mapping[str, Any]]) -> str:
        """Return the value; where there is none now, the last one there was."""
        last = next((point for point in reversed(points) if point["value"] is not None), None)
        if value["value"] is not None or last is None:
            return self._shown(value, value)
        return self.t("missing.last", value=self._shown(last, value), wave=self._pick(last["wave"]))

    def _shown(self, point: Mapping[str, Any], of: Mapping[str, Any]) -> str:
        value = point["value"]
        if value is None:
            return self.t("missing")
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._pick(point.get("text") or {}) or str(value)
        return quantity(value, of["unit"] or "", self.language, of.get("decimals"))

    def _pick(self, texts: Mapping[str, str]) -> str:
        return pick(texts, self.language)
