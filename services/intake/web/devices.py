"""Devices on staff pages: what sets one up, and what is wrong with the answers they sent."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from functools import cached_property

from flask import current_app

from services.intake.handlers.desk import Questionnaire
from services.intake.handlers.monitor import Response
from services.intake.web.qr import Code
from shared.programme.model import Form
from shared.web.language import current, pick

MOST_MARKS = 200


@dataclass(frozen=True)
class SetUp:
    """What sets ODK Collect up for one link: the server address, and the code to scan."""

    server_url: str
    name: str

    @property
    def settings(self) -> str:
        """Collect's settings as its QR codes carry them: JSON, deflated, in base64."""
        general = {"server_url": self.server_url, "form_update_mode": "match_exactly"}
        written = json.dumps({"general": general, "admin": {}, "project": {"name": self.name}}, ensure_ascii=False)
        return base64.b64encode(zlib.compress(written.encode(), 9)).decode()

    @cached_property
    def code(self) -> Code:
        """The code to scan."""
        return Code(self.settings)


def set_up(token: str, asked: Questionnaire) -> SetUp:
    """Return what sets a device up for a link to this questionnaire."""
    names = [pick(texts, current()) for texts in (asked.site.name, asked.form.title, asked.wave.label)]
    return SetUp(f"{current_app.config['PUBLIC_URL']}/openrosa/{token}", ", ".join(names))


def marks_of(form: Form, response: Response) -> list[tuple[str, str]]:
    """Return what is wrong with answers from devices: a question's label and what kind of thing it is.

    Nothing is said of single answers to an anonymous form.
    """
    if form.anonymous:
        return []
    labels = {question.name: pick(question.label, current()) for question in form.questions()}
    return [(labels.get(name) or name, kind) for name, kind in response.marks[:MOST_MARKS]]
