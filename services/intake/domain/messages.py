"""The sentences that name a fault in an answer, in every language the platform speaks."""

from __future__ import annotations

from collections.abc import Mapping

from shared.errors import Fault

DEFAULT_LANGUAGE = "de"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "required": {"de": "Beantworten Sie diese Frage.", "en": "Answer this question."},
    "constraint": {
        "de": "Diese Angabe passt nicht zu den Regeln der Frage. Prüfen Sie sie.",
        "en": "This answer breaks a rule of the question. Check it.",
    },
    "wrong_type": {"de": "Diese Angabe hat die falsche Form: {wanted}.", "en": "This has the wrong form: {wanted}."},
    "not_a_number": {
        "de": "Geben Sie eine Zahl ein, zum Beispiel {example}.",
        "en": "Enter a number, such as {example}.",
    },
    "only_number": {
        "de": "Schreiben Sie nur eine Zahl, ohne Einheit und ohne Worte, zum Beispiel {example}.",
        "en": "Write only a number, without a unit or words, such as {example}.",
    },
    "two_readings": {
        "de": "Diese Zahl lässt sich auf zwei Arten lesen. Schreiben Sie {whole} oder {parts}, so wie Sie es meinen.",
        "en": "This number can be read in two ways. Write {whole} or {parts}, whichever you mean.",
    },
    "look_again": {
        "de": "Prüfen Sie diese Angabe und speichern Sie die Seite noch einmal.",
        "en": "Check this answer and save the page again.",
    },
    "not_whole": {"de": "Geben Sie eine ganze Zahl ein, ohne Komma.", "en": "Enter a whole number, without decimals."},
    "not_finite": {"de": "Geben Sie eine endliche Zahl ein.", "en": "Enter a finite number."},
    "out_of_range": {"de": "Diese Zahl liegt außerhalb des Möglichen.", "en": "This number is out of range."},
    "too_long": {
        "de": "Kürzen Sie den Text auf höchstens {most} Zeichen.",
        "en": "Shorten the text to at most {most} characters.",
    },
    "bad_text": {
        "de": "Der Text enthält Zeichen, die nicht gespeichert werden können. Entfernen Sie sie.",
        "en": "The text holds characters that cannot be stored. Remove them.",
    },
    "not_a_date": {
        "de": "Geben Sie ein Datum ein, das es gibt, zum Beispiel {example}.",
        "en": "Enter a date that exists, such as {example}.",
    },
    "not_a_time": {"de": "Geben Sie eine Uhrzeit ein, zum Beispiel 14:30.", "en": "Enter a time, such as 14:30."},
    "not_a_point": {
        "de": "Geben Sie Breite und Länge in Grad mit Punkt ein, zum Beispiel 52.5163 13.3777.",
        "en": "Enter latitude and longitude in degrees with a point, such as 52.5163 13.3777.",
    },
    "unknown_choice": {
        "de": "Wählen Sie eine der Antworten aus der Liste.",
        "en": "Choose one of the answers in the list.",
    },
    "not_offered": {
        "de": "Diese Antwort steht nach Ihren anderen Angaben nicht mehr zur Wahl. Wählen Sie neu.",
        "en": "After your other answers this choice is no longer offered. Choose again.",
    },
    "rank_incomplete": {
        "de": "Ordnen Sie jede Antwort genau einem Platz zu.",
        "en": "Give every answer exactly one place.",
    },
    "too_many_items": {
        "de": "Höchstens {most} Einträge sind möglich.",
        "en": "There can be at most {most} entries.",
    },
    "unknown_question": {
        "de": "Diese Frage gibt es im Fragebogen nicht.",
        "en": "The form has no question of this name.",
    },
    "not_answerable": {
        "de": "Hier wird nichts gefragt; lassen Sie das Feld weg.",
        "en": "Nothing is asked here; leave it out.",
    },
}

WANTED: Mapping[str, Mapping[str, str]] = {
    "text": {"de": "Text erwartet", "en": "text is expected"},
    "number": {"de": "Zahl erwartet", "en": "a number is expected"},
    "choice": {"de": "Kürzel einer Antwort als Text erwartet", "en": "the name of one choice, as text, is expected"},
    "choices": {
        "de": 'eine Liste von Kürzeln erwartet (["a", "b"])',
        "en": 'a list of choice names is expected (["a", "b"])',
    },
    "items": {"de": "eine Liste von Einträgen erwartet ([{{…}}])", "en": "a list of entries is expected ([{{…}}])"},
    "date": {"de": "Datum als Text erwartet (2026-01-31)", "en": "a date as text is expected (2026-01-31)"},
}


def fault(path: str, code: str, language: str, **params: object) -> Fault:
    """Return the fault with its sentence; languages we lack get German."""
    wanted = params.get("wanted")
    if isinstance(wanted, str):
        params["wanted"] = in_language(WANTED[wanted], language)
    return Fault(path, code, in_language(SENTENCES[code], language).format(**params))


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text in the language, else in German, else any."""
    return texts.get(language) or texts.get(DEFAULT_LANGUAGE) or next(iter(texts.values()), "")
