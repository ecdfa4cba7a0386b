"""A form with repeats: events with helpers, and rooms of which a question says how many."""

from __future__ import annotations

from shared.programme.model import Form, Group, Question
from tests.support.forms import both, report_form, whole

HELPERS = Group(
    "helpers",
    both("Hilfe", "Helper"),
    (Question("helper", "text", both("Name", "Name"), required="true()"),),
    repeat=True,
)
EVENTS = Group(
    "events",
    both("Treffen", "Event"),
    (
        Question("title", "text", both("Titel", "Title"), required="true()"),
        whole("guests", "Guests at ${title}", constraint=". >= 0"),
        whole("places", "Places", relevant="${guests} > 10"),
        Question("number", "calculate", calculation="position(..)"),
        Question("before", "calculate", calculation="indexed-repeat(${guests}, ${events}, position(..) - 1)"),
        Question("share", "calculate", calculation="round(100 * ${guests} div ${all_guests})"),
        HELPERS,
    ),
    repeat=True,
)
ROOMS = Group("rooms", both("Raum", "Room"), (whole("size", "Size"),), repeat=True, count="${n}")


def events_form() -> Form:
    """Return the form."""
    return report_form(
        items=(
            EVENTS,
            Question("all_guests", "calculate", calculation="sum(${guests})"),
            Question("how_many", "calculate", calculation="count(${events})"),
            Question("helping", "calculate", calculation="count(${helpers})"),
            Question("second", "calculate", calculation="indexed-repeat(${helper}, ${events}, 2, ${helpers}, 1)"),
            Question("said", "calculate", calculation="join(', ', ${title})"),
            Question("n", "integer", both("Zahl der Räume", "Number of rooms")),
            ROOMS,
        )
    )
