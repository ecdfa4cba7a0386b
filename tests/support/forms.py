"""Questionnaires for tests: a small report that uses every question type the pages know, built by hand."""

from __future__ import annotations

from shared.programme.model import Choice, Form, Group, Question


def both(de: str, en: str) -> dict[str, str]:
    """Return a text in German and English."""
    return {"de": de, "en": en}


def choice(name: str, de: str, en: str) -> Choice:
    """Return one choice."""
    return Choice(name, both(de, en))


YES_NO = (choice("yes", "Ja", "Yes"), choice("no", "Nein", "No"))
TOPICS = (
    choice("grants", "Fördermittel", "Grants"),
    choice("rooms", "Räume", "Rooms"),
    choice("none", "nichts davon", "none of these"),
)


def whole(name: str, label: str, **more: str | None) -> Question:
    """Return a required whole-number question."""
    fields: dict[str, object] = {"required": "true()", **more}
    return Question(name, "integer", both(f"{label} (de)", label), **fields)  # type: ignore[arg-type]


ITEMS = (
    Question("site_code", "hidden"),
    Question("wave", "hidden"),
    Question("prev_groups", "hidden"),
    Group(
        "g_numbers",
        both("Zahlen", "Numbers"),
        (
            Question("intro", "note", both("Bitte zählen Sie jede Gruppe einmal.", "Count each group once.")),
            whole("groups", "Groups", constraint=". >= 0 and . <= 1000"),
            whole("groups_new", "New groups", constraint=". >= 0 and . <= ${groups}"),
            Question(
                "why",
                "text",
                both("Warum so anders?", "Why so different?"),
                required="true()",
                relevant="${prev_groups} > 0 and ${groups} > ${prev_groups} * 1.5",
            ),
            Question("budget", "decimal", both("Mittel", "Funds"), both("in Euro", "in euros"), constraint=". > 0"),
        ),
    ),
    Question("asked_on", "date", both("Stichtag", "Key date")),
    Group(
        "g_topics",
        both("Themen", "Topics"),
        (
            Question(
                "topics",
                "select_multiple",
                both("Worum ging es?", "What was it about?"),
                list_name="topics",
                required="true()",
                constraint="not(selected(., 'none') and count-selected(.) > 1)",
                constraint_message=both("Entweder Themen oder nichts davon.", "Either topics or none of these."),
            ),
            Question(
                "main_topic",
                "select_one",
                both("Was vor allem?", "Which most?"),
                list_name="topics",
                required="true()",
                relevant="count-selected(${topics}) > 1",
                choice_filter="selected(${topics}, name)",
            ),
            Question("comment", "text", both("Anmerkung", "Comment"), relevant="not(selected(${topics}, 'none'))"),
        ),
    ),
    Group(
        "g_help",
        both("Hilfe", "Help"),
        (Question("help", "select_one", both("Hilfe nötig?", "Help wanted?"), list_name="yes_no", required="true()"),),
        relevant="${groups} > 0",
    ),
    Question("c_share", "calculate", calculation="if(${groups} > 0, round(100 * ${groups_new} div ${groups}, 1), '')"),
    Question("c_words", "calculate", calculation="concat(${comment}, '!')"),
)


def report_form(**changes: object) -> Form:
    """Return the form `report`, version 1, one respondent per site."""
    fields: dict[str, object] = {
        "id": "report",
        "version": "1",
        "title": both("Bericht", "Report"),
        "default_language": "de",
        "languages": ("de", "en"),
        "items": ITEMS,
        "choices": {"yes_no": YES_NO, "topics": TOPICS},
        "minutes": 5,
    }
    return Form(**{**fields, **changes})  # type: ignore[arg-type]


GOOD: dict[str, object] = {
    "groups": 10,
    "groups_new": 4,
    "budget": 1200.5,
    "asked_on": "2026-06-30",
    "topics": ["grants", "rooms"],
    "main_topic": "rooms",
    "help": "no",
}
