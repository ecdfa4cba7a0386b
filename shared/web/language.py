"""German and English: which one to speak, message catalogues, numbers and dates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, request

from shared.quantities import number, quantity
from shared.web.sessions import LANGUAGE_COOKIE

LANGUAGES = ("de", "en")
DEFAULT = "de"


_TOGETHER = re.compile(r"(?<=[≥≤<>=≠]) (?=[\d−])|(?<=\d) (?=%)")


class UnknownMessage(KeyError):
    """A message key is in no catalogue."""


@lru_cache
def catalogue(packages: tuple[str, ...], language: str) -> Mapping[str, str]:
    """Return the merged messages of the packages' `i18n/<language>.json` files; later packages win."""
    merged: dict[str, str] = {}
    for package in packages:
        file = resources.files(package).joinpath("i18n", f"{language}.json")
        if file.is_file():
            merged.update(json.loads(file.read_text(encoding="utf-8")))
    return merged


def message(packages: tuple[str, ...], language: str, key: str, **params: object) -> str:
    """Return one message with its parameters filled in. With `n` and a `<key>.one` entry, n = 1 takes that.

    Raises UnknownMessage.
    """
    messages = catalogue(packages, language)
    if params.get("n") == 1 and f"{key}.one" in messages:
        key = f"{key}.one"
    if key not in messages:
        raise UnknownMessage(key)
    return messages[key].format(**params) if params else messages[key]


def pick(texts: Mapping[str, str], language: str) -> str:
    """Return the text in this language, else in German, English, or any; "" if there is none."""
    for code in (language, DEFAULT, "en"):
        if texts.get(code):
            return texts[code]
    return next(iter(texts.values()), "")


def together(text: str) -> str:
    """Return a text in which a number stays on one line with its percent sign and the sign before it."""
    return _TOGETHER.sub("\u00a0", text)


def day(text: str, language: str, *, time: bool = False, zone: str = "Europe/Berlin") -> str:
    """Write an ISO day or instant for people: `31.01.2026`, `31 Jan 2026`; with `time` also the local time."""
    if len(text) == 10:
        at, time = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone)), False
    else:
        at = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(ZoneInfo(zone))
    shown = f"{at:%d.%m.%Y}" if language == "de" else f"{at.day} {at:%b %Y}"
    if not time:
        return shown
    return f"{shown}, {at:%H:%M} Uhr" if language == "de" else f"{shown}, {at:%H:%M}"


def install(app: Flask, packages: tuple[str, ...]) -> None:
    """Choose the language of each request and offer `t`, `text`, `number`, `day`, `lang` to templates.

    An API goes by Accept-Language alone and speaks English when it names none of ours.
    """

    def choose() -> None:
        if request.path.startswith("/api/"):
            g.lang = request.accept_languages.best_match(("en", "de"), "en")
            return
        asked = request.args.get("lang", "")
        kept = request.cookies.get(LANGUAGE_COOKIE, "")
        wanted = [asked, kept, request.accept_languages.best_match(LANGUAGES) or ""]
        g.lang = next((code for code in wanted if code in LANGUAGES), DEFAULT)

    def remember(response: Response) -> Response:
        if request.args.get("lang") in LANGUAGES:
            secure = app.config["SESSION_COOKIE_SECURE"]
            response.set_cookie(LANGUAGE_COOKIE, g.lang, max_age=31536000, samesite="Lax", secure=secure, httponly=True)
        return response

    app.before_request(choose)
    app.after_request(remember)
    app.context_processor(lambda: _for_templates(packages))


def _for_templates(packages: tuple[str, ...]) -> dict[str, Any]:
    return {
        "lang": current(),
        "t": lambda key, **params: message(packages, current(), key, **params),
        "text": lambda texts: together(pick(texts, current())),
        "number": lambda value, decimals=None: number(value, current(), decimals),
        "quantity": lambda value, unit, decimals=None: quantity(value, unit, current(), decimals),
        "day": lambda text, **options: day(text, current(), **options),
        "languages": LANGUAGES,
        "address_in": address_in,
    }


def address_in(language: str) -> str:
    """Return the address of the page in hand in another language; what else its query asks for stays."""
    asked = {**request.args.to_dict(flat=False), "lang": language}
    return f"?{urlencode(asked, doseq=True)}"


def current() -> str:
    """Return the language of the request in hand (`de` when there is none)."""
    return str(getattr(g, "lang", DEFAULT)) if g else DEFAULT
