"""Programmes and forms as JSON data, and back; empty fields are left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, TypeVar

from shared.programme.model import (
    Choice,
    Flag,
    Form,
    Group,
    Indicator,
    Measure,
    Peers,
    Programme,
    Question,
    Scale,
    Site,
    Target,
    Wave,
)

T = TypeVar("T")


def programme_to_json(programme: Programme) -> dict[str, Any]:
    """Return the whole definition as JSON data, as it travels in `programme.published`."""
    return _object(programme)


def programme_from_json(data: Mapping[str, Any]) -> Programme:
    """Rebuild a programme; unknown fields are ignored. Raises ValueError when fields are missing or wrong."""
    return _build(Programme, data)


def form_to_json(form: Form) -> dict[str, Any]:
    """Return one form as JSON data."""
    return _object(form)


def form_from_json(data: Mapping[str, Any]) -> Form:
    """Rebuild a form; unknown fields are ignored. Raises ValueError when fields are missing or wrong."""
    return _build(Form, data)


def form_digest(form: Form) -> str:
    """Return a SHA-256 over the form's canonical JSON: equal digests mean equal forms."""
    canonical = json.dumps(form_to_json(form), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _object(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(value):
        item = getattr(value, field.name)
        if item != _default(field):
            found[field.name.rstrip("_")] = _plain(item)
    return found


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _item(data: Mapping[str, Any]) -> Question | Group:
    return _build(Group, data) if "items" in data else _build(Question, data)


def _many(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda items: tuple(read(item) for item in items)


def _of(kind: type[T]) -> Callable[[Any], T]:
    return lambda data: _build(kind, data)


def _by_name(read: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda data: {str(key): read(item) for key, item in data.items()}


_texts = _many(str)
_READERS: Mapping[tuple[type, str], Callable[[Any], Any]] = {
    (Group, "items"): _many(_item),
    (Form, "items"): _many(_item),
    (Form, "languages"): _texts,
    (Form, "missing"): _texts,
    (Form, "choices"): _by_name(_many(_of(Choice))),
    (Form, "complete_with"): _by_name(_texts),
    (Scale, "items"): _texts,
    (Scale, "reversed"): _texts,
    (Scale, "range"): _many(float),
    (Scale, "missing"): _texts,
    (Indicator, "target"): _of(Target),
    (Indicator, "hidden_from"): _texts,
    (Flag, "support"): _texts,
    (Flag, "hidden_from"): _texts,
    (Measure, "topics"): _texts,
    (Wave, "forms"): _texts,
    (Programme, "languages"): _texts,
    (Programme, "waves"): _many(_of(Wave)),
    (Programme, "sites"): _many(_of(Site)),
    (Programme, "forms"): _many(_of(Form)),
    (Programme, "scales"): _many(_of(Scale)),
    (Programme, "indicators"): _many(_of(Indicator)),
    (Programme, "flags"): _many(_of(Flag)),
    (Programme, "measures"): _many(_of(Measure)),
    (Programme, "peers"): _of(Peers),
}


def _build(kind: type[T], data: Any) -> T:
    values: dict[str, Any] = {}
    try:
        for field in fields(kind):  # type: ignore[arg-type]
            key = field.name.rstrip("_")
            if key in data:
                read = _READERS.get((kind, field.name))
                values[field.name] = read(data[key]) if read and data[key] is not None else data[key]
        return kind(**values)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
