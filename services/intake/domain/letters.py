"""What a person who is asked to answer is told: who asks, why, how long it takes, until when, how to object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What a letter speaks of, in its language. `who` is "" when no person asks; `minutes` 0 when nobody knows."""

    language: str
    programme: str
    form: str
    site: str
    wave: str
    who: str
    purpose: str
    legal_basis: str
    due: str
    closes: str
    kept_days: int
    minutes: int
    kind: str  # anonymous, confidential or named


@dataclass(frozen=True)
class Letter:
    """A letter: what stands before the link and after it. `stop` stands before the link that ends all mails."""

    subject: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    stop: str


@dataclass(frozen=True)
class Outgoing:
    """A letter as a mail. `id` makes the Message-ID, so that the same mail carries the same one at every try."""

    id: str
    to: str
    language: str
    subject: str
    text: str
    stop_link: str
    reply_to: str
    written_at: str


WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "subject": "Bitte um Ihre Antworten: {form}",
        "reminder": "Erinnerung: {form}, bitte bis {due}",
        "late": "Erinnerung: {form}, möglich bis {closes}",
        "hello": "Guten Tag,",
        "ask": "im Programm „{programme}“ bitten wir Sie um Ihre Antworten: {form}, {wave} ({site}).",
        "ask_who": "{who} bittet Sie im Programm „{programme}“ um Ihre Antworten: {form}, {wave} ({site}).",
        "again": "wir erinnern an unsere Bitte: Ihre Antworten auf diesen Fragebogen sind noch nicht angekommen. "
        "Haben Sie ihn gerade abgeschickt, ist nichts zu tun.",
        "why": "Wozu wir fragen: {purpose}",
        "minutes": "Es dauert etwa {minutes} Minuten, und Sie können unterbrechen.",
        "until": "Bitte antworten Sie bis {due}.",
        "until_closes": "Bitte antworten Sie bis {due}. Möglich ist es bis {closes}.",
        "link": "Ihr persönlicher Link:",
        "anonymous": "Die Befragung ist anonym. Ihr Link gilt für eine Antwort. Wir speichern, dass er benutzt wurde, "
        "aber nicht, welche Antworten von Ihnen sind.",
        "confidential": "Ihre Antworten sind vertraulich. Geben Sie den Link nicht weiter: "
        "Wer ihn hat, kann sie lesen.",
        "named": "Wer den Link hat, kann den Fragebogen lesen und ausfüllen. Geben Sie ihn nur an Menschen weiter, "
        "die mit Ihnen antworten.",
        "legal_basis": "Rechtsgrundlage: {legal_basis}",
        "kept": "Ihre Adresse verwenden wir nur für diese Erhebung, getrennt von allen Antworten, und löschen sie "
        "spätestens {kept_days} Tage nach ihrem Ende.",
        "stop": "Möchten Sie keine Mails mehr aus diesem Programm bekommen?",
    },
    "en": {
        "subject": "Please give us your answers: {form}",
        "reminder": "Reminder: {form}, please by {due}",
        "late": "Reminder: {form}, possible until {closes}",
        "hello": "Hello,",
        "ask": "in the programme “{programme}” we ask for your answers: {form}, {wave} ({site}).",
        "ask_who": "{who} asks for your answers in the programme “{programme}”: {form}, {wave} ({site}).",
        "again": "this is a reminder: your answers to this questionnaire have not arrived yet. "
        "If you have just sent them, there is nothing to do.",
        "why": "Why we ask: {purpose}",
        "minutes": "It takes about {minutes} minutes, and you can pause.",
        "until": "Please answer by {due}.",
        "until_closes": "Please answer by {due}. It is possible until {closes}.",
        "link": "Your personal link:",
        "anonymous": "The survey is anonymous. Your link is good for one answer. We store that it was used, "
        "but not which answers are yours.",
        "confidential": "Your answers are confidential. Do not pass the link on: whoever has it can read them.",
        "named": "Whoever has the link can read and fill in the questionnaire. Pass it on only to people "
        "who answer with you.",
        "legal_basis": "Legal basis: {legal_basis}",
        "kept": "We use your address only for this survey, apart from all answers, and delete it "
        "at the latest {kept_days} days after it has ended.",
        "stop": "You want no more mails from this programme?",
    },
}


def letter(facts: Facts, *, reminder: bool = False, late: bool = False) -> Letter:
    """Return the letter; `late`: the day by which answers were asked for is over."""
    words = WORDS.get(facts.language, WORDS["en"])
    said = {key: text.format(**vars(facts)) for key, text in words.items()}
    told = ("again",) if reminder else ()
    asked = ("ask_who" if facts.who else "ask", *told, "why" if facts.purpose else "", _how_long(facts), _until(facts))
    after = (facts.kind, "legal_basis" if facts.legal_basis else "", "kept")
    subject = said["late" if late else "reminder"] if reminder else said["subject"]
    before = [said["hello"], *(said[key] for key in asked if key), said["link"]]
    return Letter(subject, tuple(before), tuple(said[key] for key in after if key), said["stop"])


def _how_long(facts: Facts) -> str:
    return "minutes" if facts.minutes else ""


def _until(facts: Facts) -> str:
    return "until" if facts.closes == facts.due else "until_closes"


def as_text(written: Letter, link: str, stop_link: str) -> str:
    """Return the letter as the text of a mail."""
    parts = (*written.before, link, *written.after, f"{written.stop}\n{stop_link}")
    return "\n\n".join(parts) + "\n"
