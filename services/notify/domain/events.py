"""The events notify publishes; ids follow from their causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.events import Event, derived_id

SOURCE = "notify"


def alert_event(
    name: str,
    about: Mapping[str, Any],
    episodes: Sequence[str],
    account: str,
    at: str,
    *,
    collection: str,
    once: str = "",
) -> Event:
    """Return the event that says that `account` was sent, or acknowledged, these episodes.

    `about` is the document that carries it (of `collection`); `once` tells repeated events about it apart.
    """
    data = {
        "alert": about["_id"],
        "programme": about["programme"],
        "site": about["site"],
        "episodes": list(episodes),
        "account": account,
        "at": at,
    }
    return Event(
        name=name,
        data=data,
        subject=f"{about['programme']}/{about['site']}",
        source=SOURCE,
        id=derived_id(name, about["_id"], *filter(None, [once])),
        time=at,
        origin=f"{collection}/{about['_id']}",
    )
