"""Submissions from devices: 250 questions as XML, kept with their XML, against one bare insert."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

from bench import long_form, samples
from bench.load import PLACE, Spec, loaded
from bench.rows import Row
from bench.serving import installed, yardstick
from services.intake.domain.submission import Place
from tests.support.pipeline.installation import Installation

PROGRAMME, QUESTIONS, BUDGET = "devices", 250, 120
_EDGE = "edge-of-a-part"
_PART = 'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\nContent-Type: text/xml\r\n\r\n'


def measure(folder: Path, rounds: int, seconds: float) -> Row:
    """Send filled forms as a device does and, in turns, as many bytes to the yardstick."""
    installation = Installation(folder, settings={"API_RATE": "0"})
    ours, bare, refused = [], [], 0
    with yardstick(folder, f"sqlite://{folder / 'yardstick.db'}") as (port, _), installed(installation, 1, "web"):
        key = _invited(installation)
        for turn in range(rounds + 1):  # the first round warms up
            plain = loaded(Spec(port, "/submissions", _json(), seconds, run=f"bare{turn}"))
            kind = f"multipart/form-data; boundary={_EDGE}"
            path = f"/openrosa/{key}/submission"
            sent = loaded(Spec(installation.web_port, path, _body(), seconds, run=f"own{turn}", content_type=kind))
            refused += plain.refused + sent.refused
            if turn:
                ours.append(sent.per_s)
                bare.append(plain.per_s)
    return Row(
        what="submission from a device, 250 questions",
        measured=f"{median(ours):.0f}/s",
        yardstick=f"{median(bare):.0f}/s",
        ratio=f"{median(mine / yard for mine, yard in zip(ours, bare, strict=True)):.2f}",
        budget=f">= {BUDGET}/s",
        met=median(ours) >= BUDGET and not refused,
        note=f"SQLite; {refused} refused; the yardstick is sent as many bytes as JSON",
    )


def _invited(installation: Installation) -> str:
    """Publish the form in a programme of its own; return the token devices use."""
    base = samples.programme(1, PROGRAMME)
    form = long_form.form(QUESTIONS)
    programme = replace(base, forms=(form,), indicators=(), flags=(), scales=())
    installation.office.publishing.publish(programme)
    place = Place(PROGRAMME, samples.FORM, samples.code(1), samples.WAVE)
    return installation.office.invitations.invite(place).token


def _xml() -> str:
    answers = "".join(f"<q{n}>grants rooms</q{n}>" for n in range(QUESTIONS))
    version = samples.programme(1).form(samples.FORM).version
    meta = f"<meta><instanceID>{PLACE}</instanceID></meta>"
    return f'<?xml version="1.0"?><data id="{samples.FORM}" version="{escape(version)}">{answers}{meta}</data>'


def _body() -> str:
    return f"--{_EDGE}\r\n{_PART}{_xml()}\r\n--{_EDGE}--\r\n"


def _json() -> str:
    return f'{{"instance_id": "{PLACE}", "text": "{"x" * len(_xml())}"}}'
