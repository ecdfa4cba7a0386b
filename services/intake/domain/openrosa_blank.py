"""Blank forms for devices: what intake knows (site, wave, earlier answers) filled into hidden questions.

A form is converted once with a mark in each hidden question; the marks are replaced for each place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from services.intake.domain.values import Answer
from shared.programme.model import Form, Group, Question

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Blank:
    """A blank form as it is handed out; `about` says in words which place it is for."""

    form: Form
    xml: str
    about: str

    @property
    def hash(self) -> str:
        """The file's MD5, by which clients see that it has changed."""
        return hashlib.md5(self.xml.encode(), usedforsecurity=False).hexdigest()


def marked(form: Form) -> Form:
    """Return the form with a mark as the default of every hidden question that has none."""
    return replace(form, items=_marked(form.items, _marks(form)))


def filled(form: Form, marked_xml: str, given: Mapping[str, Answer]) -> str:
    """Return the converted form with every mark replaced by what is given for the question, or by nothing."""
    xml = marked_xml
    for name, mark in _marks(form).items():
        xml = xml.replace(mark, escape(_NOT_IN_XML.sub("", _text(given.get(name, "")))))
    return xml


def _marks(form: Form) -> dict[str, str]:
    hidden = [question.name for question in form.questions() if question.type == "hidden" and not question.default]
    return {name: f"peilung_fills_in_{number}_" for number, name in enumerate(hidden)}


def _marked(items: tuple[Question | Group, ...], marks: Mapping[str, str]) -> tuple[Question | Group, ...]:
    return tuple(
        replace(item, items=_marked(item.items, marks))
        if isinstance(item, Group)
        else replace(item, default=marks.get(item.name, item.default))
        for item in items
    )


def _text(value: Answer) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
