"""A programme as immutable values: what is asked, measured, flagged and offered.

Texts in several languages are mappings language code -> text (`{"de": …, "en": …}`).
Expressions are source text, already checked; consumers compile them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from shared.programme.form import CODED_TYPES, Choice, Form, Group, Question, Texts

__all__ = [
    "CODED_TYPES", "SEVERITIES", "Choice", "Flag", "Form", "Group", "Indicator", "Measure", "Peers", "Programme",
    "Question", "Scale", "Severity", "Site", "Target", "Texts", "Wave",
]  # fmt: skip

T = TypeVar("T")
Severity = Literal["info", "warn", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warn", "critical")


@dataclass(frozen=True)
class Scale:
    """Likert items scored 0–100: mean of valid items after recoding, at least `min_valid` of them."""

    id: str
    items: tuple[str, ...]
    reversed: tuple[str, ...]
    range: tuple[float, float]
    missing: tuple[str, ...]
    min_valid: int


@dataclass(frozen=True)
class Target:
    """What counts as good: bounds (inclusive), or better than the median of the peers."""

    min: float | None = None
    max: float | None = None
    peer_median: bool = False


@dataclass(frozen=True)
class Indicator:
    """One indicator. `value` is an indicator expression; `valid_when` (None = always) must hold, else
    the value is missing with reason SMALL_N. `form` is the questionnaire it is measured with; it is
    computed in waves that field the form. `min_n` is the smallest number of respondents shown.
    `audience`: `consultant` (default: everybody who may see the site's figures) or `evaluator`.
    `hidden_from`: roles that never see it, neither of a site nor over all.
    """

    id: str
    label: Texts
    form: str
    value: str
    unit: str = ""
    good: Literal["up", "down", "range"] = "up"
    target: Target | None = None
    level: Literal["", "input", "activity", "output", "outcome", "impact"] = ""
    step: int | None = None
    criterion: str = ""
    decimals: int = 1
    min_n: int = 1
    valid_when: str | None = None
    description: Texts = field(default_factory=dict)
    audience: Literal["consultant", "evaluator"] = "consultant"
    hidden_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flag:
    """One challenge rule.

    `raise_` maps severity -> condition; the highest true severity counts. `clear` is the condition
    that ends an episode (None: no severity's condition holds). Evaluated in waves that field `form`,
    and, when `overdue` is set, as that form's deadline passes: severity -> days after the due date.
    `min_sites` set: a programme-wide flag of severity `severity`, raised when one rule is open at that
    many sites; it has no conditions and its `form` may be empty.
    `audience`: `consultant` (default), `lead` or `evaluator`. `hidden_from`: roles that never see it.
    """

    id: str
    label: Texts
    form: str
    raise_: Mapping[Severity, str] = field(default_factory=dict)
    clear: str | None = None
    overdue: Mapping[Severity, int] = field(default_factory=dict)
    min_sites: int | None = None
    raise_after: int = 1
    clear_after: int = 1
    topic: str | None = None
    support: tuple[str, ...] = ()
    audience: Literal["consultant", "lead", "evaluator"] = "consultant"
    hidden_from: tuple[str, ...] = ()
    kind: Literal["threshold", "change", "peer", "missing", "self_reported", "composite", "quality"] = "threshold"
    description: Texts = field(default_factory=dict)
    severity: Severity = "info"


@dataclass(frozen=True)
class Measure:
    """One support measure of the catalogue."""

    id: str
    label: Texts
    description: Texts = field(default_factory=dict)
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wave:
    """A planned survey wave: dates are ISO days; `forms` are fielded in it; ordered by `sequence`.

    `starts_on`/`ends_on` bound the reporting period; answers are taken from `opens_on` to `closes_on`
    (inclusive) and expected by `due_on`. `features` are free codes for rules (`half: H1`).
    """

    code: str
    sequence: int
    label: Texts
    forms: tuple[str, ...]
    starts_on: str
    ends_on: str
    opens_on: str
    due_on: str
    closes_on: str
    features: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """One site or association: master data, coded features (numbers as text are fine)."""

    code: str
    name: Texts
    features: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "Europe/Berlin"


@dataclass(frozen=True)
class Peers:
    """Whether sites may be compared with each other, and how many others it takes."""

    enabled: bool = True
    min: int = 5


@dataclass(frozen=True)
class Programme:
    """A whole programme definition, one immutable version.

    `short_title` is for subjects of mails; `feature_labels` name features of sites and waves.
    """

    id: str
    version: str
    title: Texts
    languages: tuple[str, ...]
    unit: Literal["site", "association"]
    unit_label: Texts
    waves: tuple[Wave, ...]
    sites: tuple[Site, ...]
    forms: tuple[Form, ...]
    scales: tuple[Scale, ...]
    indicators: tuple[Indicator, ...]
    flags: tuple[Flag, ...]
    measures: tuple[Measure, ...]
    topics: Mapping[str, Texts]
    min_n: int = 5
    peers: Peers = field(default_factory=Peers)
    retention_days: Mapping[str, int] = field(default_factory=dict)
    purpose: Texts = field(default_factory=dict)
    legal_basis: Texts = field(default_factory=dict)
    feature_labels: Mapping[str, Texts] = field(default_factory=dict)
    short_title: Texts = field(default_factory=dict)

    def form(self, form_id: str) -> Form:
        """Return the form with this id. Raises KeyError."""
        return _by("id", form_id, self.forms)

    def wave(self, code: str) -> Wave:
        """Return the wave with this code. Raises KeyError."""
        return _by("code", code, self.waves)

    def site(self, code: str) -> Site:
        """Return the site with this code. Raises KeyError."""
        return _by("code", code, self.sites)

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator with this id. Raises KeyError."""
        return _by("id", indicator_id, self.indicators)

    def flag(self, flag_id: str) -> Flag:
        """Return the flag rule with this id. Raises KeyError."""
        return _by("id", flag_id, self.flags)


def _by(attribute: str, wanted: str, items: tuple[T, ...]) -> T:
    for item in items:
        if getattr(item, attribute) == wanted:
            return item
    raise KeyError(wanted)
