"""What the API says when it refuses: in the language asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

SILENCES = "/api/notify/v1/silences"
WISH = {"programme": "minimal", "site": "nordstadt", "reason": "on leave", "ends_at": "2030-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/notify/v1/alerts?state=loud&limit=1000&surprise=1", None),
        ("GET", "/api/notify/v1/alerts?limit=ten", None),
        ("GET", "/api/notify/v1/alerts?cursor=nonsense", None),
        ("GET", "/api/notify/v1/alerts/nothing", None),
        ("POST", "/api/notify/v1/alerts/nothing/acknowledge", None),
        ("DELETE", f"{SILENCES}/nothing", None),
        ("POST", SILENCES, {}),
        ("POST", SILENCES, {**WISH, "site": None, "reason": " ", "ends_at": "tomorrow", "starts_at": "soon"}),
        ("POST", SILENCES, {**WISH, "ends_at": "2020-01-01T00:00:00.000Z"}),
        ("PUT", SILENCES, {}),
    ],
)
def test_every_sentence_of_a_refusal_is_in_the_language_asked_for(
    sign_in: Callable[..., Any], machine: Callable[[str], dict[str, str]], method: str, path: str, body: Any
) -> None:
    key = machine("read" if method == "GET" else "alerts:write")

    def words(language: str) -> list[str]:
        headers = {**key, "Accept-Language": language}
        told = sign_in().client.open(path, method=method, json=body, headers=headers).get_json()
        return [told["message"], *(fault["message"] for fault in told["errors"])]

    english, german = words("en"), words("de")
    assert len(english) == len(german)
    assert not set(english) & set(german)
