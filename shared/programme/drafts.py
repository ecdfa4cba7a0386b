"""A programme as read, each part with its place in the files, for checks that must point at something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared.programme.entries import FormDraft
from shared.programme.fields import Record
from shared.programme.grid import Row, Sheet
from shared.programme.model import Flag, Indicator, Measure, Scale, Site, Texts, Wave

T = TypeVar("T")


@dataclass(frozen=True)
class Draft(Generic[T]):
    """A value and the YAML mapping it was read from."""

    value: T
    record: Record


@dataclass(frozen=True)
class FormPlan:
    """An entry of `forms:` in programme.yaml."""

    id: str
    file: str
    record: Record
    title: Texts
    respondents: str
    anonymous: bool
    minutes: int | None
    complete_min: int
    complete_with: Mapping[str, tuple[str, ...]]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Frame:
    """programme.yaml without its lists."""

    record: Record
    id: str
    version: str
    languages: tuple[str, ...]
    min_n: int
    raise_after: int
    clear_after: int
    topics: Mapping[str, Texts]


@dataclass
class ProgrammeDraft:
    """Everything read from a folder; what stands in the files `unread` is not known."""

    frame: Frame
    plans: dict[str, FormPlan] = field(default_factory=dict)
    forms: dict[str, FormDraft] = field(default_factory=dict)
    waves: list[Draft[Wave]] = field(default_factory=list)
    sites: list[tuple[Site, Row]] = field(default_factory=list)
    site_sheet: Sheet | None = None
    scales: list[Draft[Scale]] = field(default_factory=list)
    indicators: list[Draft[Indicator]] = field(default_factory=list)
    flags: list[Draft[Flag]] = field(default_factory=list)
    measures: list[Draft[Measure]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
