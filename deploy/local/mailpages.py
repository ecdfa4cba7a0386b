"""The mailbox in a browser: a list of mails, one mail with headers, text and HTML part. Local use only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from shared.web.language import day

Response = tuple[str, list[tuple[str, str]], bytes]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PER_PAGE = 50
_NAME = re.compile(r"[0-9A-Za-z.-]+\.eml")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
)
_CSS = b""".mail-text { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); padding: 1rem; }
.rows > .rows__mail { grid-template-columns: minmax(0, 1fr); }
.mail-html { width: 100%; height: 40rem; border: 1px solid var(--line); background: var(--paper); }
"""
_TEXTS = {
    "de": {
        "title": "Postfach",
        "hint": "Alle Mails dieser Installation, neueste zuerst. Nichts davon verlässt diesen Rechner.",
        "none": "Noch keine Mail.",
        "subject": "Betreff",
        "to": "An",
        "date": "Datum",
        "older": "Ältere Mails",
        "back": "Zurück zum Postfach",
        "headers": "Kopfzeilen",
        "text": "Text",
        "html": "HTML-Ansicht",
        "source": "Quelltext",
        "skip": "Zum Inhalt springen",
        "missing": "Diese Mail gibt es nicht.",
    },
    "en": {
        "title": "Mailbox",
        "hint": "Every mail this installation has sent, newest first. None of it leaves this machine.",
        "none": "No mail yet.",
        "subject": "Subject",
        "to": "To",
        "date": "Date",
        "older": "Older mails",
        "back": "Back to the mailbox",
        "headers": "Headers",
        "text": "Text",
        "html": "HTML view",
        "source": "Source",
        "skip": "Skip to content",
        "missing": "This mail does not exist.",
    },
}


def build_mailbox(folder: Path, prefix: str = "/mailbox") -> Wsgi:
    """Return the WSGI app that shows the mails in `folder` under `prefix`."""
    pages = _Pages(folder, prefix.rstrip("/"))

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, body = pages.answer(environ)
        always = [
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ]
        chosen = parse_qs(environ.get("QUERY_STRING", "")).get("lang", [""])[-1]
        if chosen in _TEXTS:
            headers = [*headers, ("Set-Cookie", f"lang={chosen}; Path=/; SameSite=Lax; HttpOnly; Max-Age=31536000")]
        start_response(status, [*headers, *always, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return app


class _Pages:
    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._templates = Environment(loader=PackageLoader("deploy.local"), autoescape=True, trim_blocks=True)

    def answer(self, environ: dict[str, Any]) -> Response:
        """Choose the page by path."""
        path = environ.get("PATH_INFO", "").removeprefix(self._prefix)
        query = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        language = _language(environ, query)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return "405 Method Not Allowed", [("Allow", "GET, HEAD")], b""
        if path == "":
            return "302 Found", [("Location", f"{self._prefix}/")], b""
        if path == "/":
            return self._list(language, query)
        if path == "/site.css":
            css = _CSS + resources.files("shared.web").joinpath("static", "site.css").read_bytes()
            return "200 OK", [("Content-Type", "text/css; charset=utf-8")], css
        return self._mail(path.strip("/").split("/"), language)

    def _list(self, language: str, query: dict[str, str]) -> Response:
        before = query.get("before", "")
        names = sorted((f.name for f in self._folder.glob("*.eml") if not before or f.name < before), reverse=True)
        shown = names[:PER_PAGE]
        older = f"{self._prefix}/?before={quote(shown[-1])}" if len(names) > PER_PAGE else ""
        mails = [{"name": name, **_head(self._read(name), language)} for name in shown]
        return self._page("mailbox.html", language, mails=mails, older=older)

    def _mail(self, parts: list[str], language: str) -> Response:
        name, view = parts[0], parts[1] if len(parts) == 2 else ""
        if not _NAME.fullmatch(name) or len(parts) > 2 or not (self._folder / name).is_file():
            return self._page("mailbox.html", language, "404 Not Found", mails=[], older="")
        message = self._read(name)
        if view == "source":
            content = (self._folder / name).read_bytes()
            return (
                "200 OK",
                [("Content-Type", "text/plain; charset=utf-8"), ("Content-Security-Policy", _HTML_POLICY)],
                content,
            )
        html = _part(message, "html")
        if view == "html":
            inside = html.replace("<head>", '<head><base target="_blank">', 1)
            headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _HTML_POLICY)]
            return "200 OK", headers, inside.encode()
        return self._page(
            "mail.html",
            language,
            name=name,
            head=_head(message, language),
            headers=[(key, str(value)) for key, value in message.items()],
            text=linked(_part(message, "plain")),
            has_html=bool(html),
        )

    def _page(self, template: str, language: str, status: str = "200 OK", **values: Any) -> Response:
        texts = _TEXTS[language]
        missing = texts["missing"] if status.startswith("404") else ""
        page = self._templates.get_template(template).render(
            t=texts, lang=language, prefix=self._prefix, missing=missing, **values
        )
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _PAGE_POLICY)]
        return status, headers, page.encode()

    def _read(self, name: str) -> EmailMessage:
        message = message_from_bytes((self._folder / name).read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


def linked(text: str) -> Markup:
    """Return plain text as HTML whose web addresses can be followed."""
    found, at = [], 0
    for match in _LINK.finditer(text):
        found.append(escape(text[at : match.start()]))
        found.append(Markup('<a href="{0}">{0}</a>').format(match.group()))
        at = match.end()
    return Markup("").join([*found, escape(text[at:])])


def _head(message: EmailMessage, language: str) -> dict[str, str]:
    date = str(message.get("Date", ""))
    with contextlib.suppress(ValueError):
        date = day(parsedate_to_datetime(date).isoformat(), language, time=True)
    return {"subject": str(message.get("Subject", "")), "to": str(message.get("To", "")), "date": date}


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _language(environ: dict[str, Any], query: dict[str, str]) -> str:
    cookie = re.search(r"(?:^|;\s*)lang=(de|en)\b", environ.get("HTTP_COOKIE", ""))
    accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("en")
    wanted = query.get("lang") or (cookie.group(1) if cookie else "en" if accepted else "de")
    return wanted if wanted in _TEXTS else "de"
