"""A person with a browser that has no JavaScript: opens pages, fills forms in, presses buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass
class Form:
    """One form of a page: where it goes and what it would send as it stands."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class PageReader(HTMLParser):
    """Collects title, headings, texts, links, ids and forms of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.h1 = ""
        self.text = ""
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self.forms: list[Form] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._area = ""
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif tag in ("input", "button", "textarea", "select", "option") and self.forms:
            self._control(tag, given)
        if tag not in ("input", "meta", "link", "br", "img", "path", "circle"):
            self._open.append((tag, given))

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "button":
            form.buttons.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            form.values[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option":
            if "selected" in given or self._select not in form.values:
                form.values[self._select] = [given.get("value", "")]
        elif given.get("type") not in ("radio", "checkbox") or "checked" in given:
            form.values.setdefault(name, []).append(given.get("value", ""))
        form.names.add(name)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            closed, _ = self._open.pop()
            if closed == tag:
                break
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if self._area:
            self.forms[-1].values[self._area][0] += data
        if "title" in tags and "svg" not in tags:
            self.title += data
        elif "h1" in tags:
            self.h1 += data
        self.text += data
        for tag, given in self._open:
            if tag == "a" and "href" in given:
                self.links[given["href"]] = self.links.get(given["href"], "") + data


class Person:
    """Somebody who uses the pages; follows redirects and remembers where they are."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self._client = client
        self._headers = {"Accept-Language": language}
        self.path = ""
        self.response: TestResponse | None = None

    def open(self, path: str) -> Person:
        """Go to an address."""
        return self._arrive(self._client.get(path, headers=self._headers, follow_redirects=True))

    def press(self, button: str = "continue", *, form: int = -1, **typed: Any) -> Person:
        """Fill in and send a form of the page (the last one); `button` is the pressed button's value."""
        chosen = self.page.forms[form]
        values = dict(chosen.values)
        for name, value in typed.items():
            assert name in chosen.names, f"the page has no field {name}: {sorted(chosen.names)}"
            values[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        pressed = next((name for name, value in chosen.buttons if name and value == button), None)
        if pressed:
            values[pressed] = [button]
        target = self.path + chosen.action if chosen.action.startswith("?") else chosen.action or self.path
        sent = self._client.open(
            target, method=chosen.method.upper(), data=values, headers=self._headers, follow_redirects=True
        )
        return self._arrive(sent)

    def send(self, **values: str) -> Person:
        """Send these values to the page's address, whatever its form has."""
        return self._arrive(self._client.post(self.path, data=values, headers=self._headers, follow_redirects=True))

    def _arrive(self, response: TestResponse) -> Person:
        self.response = response
        self.path = response.request.path
        return self

    @property
    def status(self) -> int:
        """The status of the page in front."""
        assert self.response is not None
        return self.response.status_code

    @property
    def html(self) -> str:
        """The source of the page in front."""
        assert self.response is not None
        return self.response.get_data(as_text=True)

    @property
    def page(self) -> PageReader:
        """The page in front."""
        return PageReader(self.html)
